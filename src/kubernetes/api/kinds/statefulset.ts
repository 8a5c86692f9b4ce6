import type { StatefulSet, StatefulSetSpec } from '../../types/apps.ts';
import type { AnyDraft, Draft } from '../draft.ts';
import { column, type KindDefinition } from '../kind.ts';
import type { ApiObject } from '../operation.ts';
import { selectorOf } from '../selector/label-selector.ts';
import { age } from '../time.ts';
import { amountValue, validateAmount } from '../validation/amount.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { validateImmutable } from '../validation/metadata.ts';
import { dnsLabel } from '../validation/names.ts';
import { isEmpty, isUsable, validateSelector, validateWorkloadTemplate } from '../validation/template.ts';
import { defaultTemplate } from './pod-defaults.ts';

export const statefulSet: KindDefinition = {
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  resource: 'statefulsets',
  singular: 'statefulset',
  shortNames: ['sts'],
  categories: ['all'],
  namespaced: true,
  subresources: ['status', 'scale'],
  generation: true,
  name: dnsLabel,
  defaults(draft) {
    const set = draft as Partial<Draft<StatefulSet>>;
    set.status ??= { replicas: 0 };
    set.spec ??= {} as Draft<StatefulSetSpec>;
    const { spec } = set;
    if (Object.isFrozen(spec)) return;
    spec.serviceName ??= '';
    spec.podManagementPolicy ??= 'OrderedReady';
    spec.updateStrategy = { ...spec.updateStrategy };
    if (spec.updateStrategy.type === undefined) {
      spec.updateStrategy.type = 'RollingUpdate';
      spec.updateStrategy.rollingUpdate ??= {};
    }
    if (spec.updateStrategy.type === 'RollingUpdate' && spec.updateStrategy.rollingUpdate !== undefined) {
      spec.updateStrategy.rollingUpdate = { partition: 0, maxUnavailable: 1, ...spec.updateStrategy.rollingUpdate };
    }
    spec.persistentVolumeClaimRetentionPolicy = {
      whenDeleted: 'Retain',
      whenScaled: 'Retain',
      ...spec.persistentVolumeClaimRetentionPolicy,
    };
    spec.replicas ??= 1;
    spec.revisionHistoryLimit ??= 10;
    spec.template ??= {};
    defaultTemplate(spec.template);
  },
  prepareCreate(draft) {
    draft.status = { availableReplicas: 0, replicas: 0 };
  },
  validate(object, errors) {
    const { spec } = of(object);
    validateSpec(spec, errors);
  },
  validateUpdate(object, old, errors) {
    const fields = ['selector', 'volumeClaimTemplates', 'serviceName', 'podManagementPolicy'] as const;
    const now = of(object).spec as unknown as Readonly<Record<string, unknown>>;
    const before = of(old).spec as unknown as Readonly<Record<string, unknown>>;
    for (const field of fields) validateImmutable(now[field], before[field], `spec.${field}`, errors);
  },
  warnings(object) {
    const limit = of(object).spec.revisionHistoryLimit ?? 0;
    if (limit >= 0) return [];
    return [
      'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended',
    ];
  },
  columns: [column('Name'), column('Ready'), column('Age'), column('Containers', 1), column('Images', 1)],
  cells(object, now) {
    const { metadata, spec, status } = of(object);
    const containers = spec.template.spec?.containers ?? [];
    return [
      metadata.name,
      `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
      age(metadata.creationTimestamp, now),
      containers.map(({ name }) => name).join(','),
      containers.map(({ image }) => image).join(','),
    ];
  },
};

function validateSpec(spec: StatefulSetSpec, errors: FieldErrors): void {
  const policy = spec.podManagementPolicy;
  if (policy !== 'OrderedReady' && policy !== 'Parallel') {
    errors.invalid('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'");
  }
  validateStrategy(spec.updateStrategy, errors);
  for (const field of ['whenDeleted', 'whenScaled'] as const) {
    const value = spec.persistentVolumeClaimRetentionPolicy?.[field];
    const path = `spec.persistentVolumeClaimRetentionPolicy.${field}`;
    if (value !== 'Retain' && value !== 'Delete') errors.notSupported(path, value ?? '', ['Retain', 'Delete']);
  }
  for (const [path, value] of [
    ['spec.replicas', spec.replicas],
    ['spec.minReadySeconds', spec.minReadySeconds],
    ['spec.ordinals.start', spec.ordinals?.start],
  ] as const) {
    if (value !== undefined && value < 0) errors.invalid(path, value, 'must be greater than or equal to 0');
  }
  if (spec.serviceName) {
    for (const problem of dnsLabel(spec.serviceName)) errors.invalid('spec.serviceName', spec.serviceName, problem);
  }
  validateSelector(spec.selector, errors, 'statefulset');
  if (spec.selector !== undefined && !isUsable(spec.selector)) {
    errors.invalid('spec.selector', spec.selector, '');
    return;
  }
  const labels = spec.template.metadata?.labels;
  // No selector at all matches nothing, and isn't empty either.
  if (spec.selector === undefined || (!isEmpty(spec.selector) && !selectorOf(spec.selector).matches(labels))) {
    errors.invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`');
  }
  validateWorkloadTemplate(spec.template, 'StatefulSet', errors);
}

function validateStrategy(strategy: StatefulSetSpec['updateStrategy'], errors: FieldErrors): void {
  const path = 'spec.updateStrategy';
  const { type, rollingUpdate } = strategy ?? {};
  if (!type) errors.required(path);
  else if (type === 'OnDelete') {
    if (rollingUpdate !== undefined) {
      const shown = { Partition: rollingUpdate.partition ?? 0, MaxUnavailable: rollingUpdate.maxUnavailable ?? null };
      errors.invalid(`${path}.rollingUpdate`, shown, "only allowed for updateStrategy 'RollingUpdate'");
    }
  } else if (type !== 'RollingUpdate') {
    const shown = { Type: type, RollingUpdate: rollingUpdate ?? null };
    errors.invalid(path, shown, "must be 'RollingUpdate' or 'OnDelete'");
  } else if (rollingUpdate !== undefined) {
    const { partition = 0, maxUnavailable } = rollingUpdate;
    const at = `${path}.rollingUpdate`;
    if (partition < 0) errors.invalid(`${at}.partition`, partition, 'must be greater than or equal to 0');
    if (maxUnavailable === undefined) return;
    validateAmount(maxUnavailable, `${at}.maxUnavailable`, errors);
    if (amountValue(maxUnavailable) === 0) errors.invalid(`${at}.maxUnavailable`, maxUnavailable, 'cannot be 0');
  }
}

function of(object: ApiObject | AnyDraft): StatefulSet {
  return object as StatefulSet;
}
