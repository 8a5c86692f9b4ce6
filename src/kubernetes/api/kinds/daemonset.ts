import type { DaemonSet, DaemonSetSpec } from '../../types/apps.ts';
import { type AnyDraft, type Draft, semanticallyEqual } from '../draft.ts';
import { column, type KindDefinition } from '../kind.ts';
import type { ApiObject } from '../operation.ts';
import { selectorOf } from '../selector/label-selector.ts';
import { age } from '../time.ts';
import { amountValue, validateAmount } from '../validation/amount.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { validateImmutable } from '../validation/metadata.ts';
import { isEmpty, isUsable, validateLabelSelector, validateWorkloadTemplate } from '../validation/template.ts';
import { formatMap } from './cells.ts';
import { defaultTemplate } from './pod-defaults.ts';

/** How often the template changed: v1 keeps the older API's field as an annotation. */
const GENERATION = 'deprecated.daemonset.template.generation';

export const daemonSet: KindDefinition = {
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  resource: 'daemonsets',
  singular: 'daemonset',
  shortNames: ['ds'],
  categories: ['all'],
  namespaced: true,
  subresources: ['status'],
  generation: true,
  defaults(draft) {
    const set = draft as Partial<Draft<DaemonSet>> & AnyDraft;
    set.status ??= noneScheduled();
    set.metadata.annotations = { [GENERATION]: '0', ...set.metadata.annotations };
    set.spec ??= {} as Draft<DaemonSetSpec>;
    const spec = set.spec as Draft<DaemonSetSpec>;
    if (Object.isFrozen(spec)) return;
    spec.updateStrategy = { ...spec.updateStrategy };
    spec.updateStrategy.type ??= 'RollingUpdate';
    if (spec.updateStrategy.type === 'RollingUpdate') {
      const { maxUnavailable = 1, maxSurge = 0 } = spec.updateStrategy.rollingUpdate ?? {};
      spec.updateStrategy.rollingUpdate = { maxSurge, maxUnavailable };
    }
    spec.revisionHistoryLimit ??= 10;
    spec.template ??= {};
    defaultTemplate(spec.template);
  },
  prepareCreate(draft) {
    draft.status = noneScheduled();
    setGeneration(draft, Math.max(1, Number(draft.metadata.annotations?.[GENERATION] ?? 0)));
  },
  prepareUpdate(draft, old) {
    const before = Number(old.metadata.annotations?.[GENERATION] ?? 0);
    const changed = !semanticallyEqual(of(draft).spec?.template, of(old).spec.template);
    setGeneration(draft, changed ? before + 1 : before);
  },
  validate(object, errors) {
    const { spec } = of(object);
    if (spec.selector !== undefined) validateLabelSelector(spec.selector, 'spec.selector', errors);
    const labels = spec.template.metadata?.labels;
    // No selector matches nothing.
    const matches = spec.selector !== undefined && isUsable(spec.selector) && selectorOf(spec.selector).matches(labels);
    if (!matches && (spec.selector === undefined || isUsable(spec.selector))) {
      errors.invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`');
    }
    if (spec.selector !== undefined && isEmpty(spec.selector)) {
      errors.invalid('spec.selector', spec.selector, 'empty selector is invalid for daemonset');
    }
    validateWorkloadTemplate(spec.template, 'DaemonSet', errors);
    atLeastZero(spec.minReadySeconds, 'spec.minReadySeconds', errors);
    validateStrategy(spec.updateStrategy, errors);
    atLeastZero(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit', errors);
  },
  updateFirst: true,
  validateUpdate: (object, old, errors) =>
    validateImmutable(of(object).spec?.selector, of(old).spec.selector, 'spec.selector', errors),
  columns: [
    column('Name'),
    column('Desired', 0, 'integer'),
    column('Current', 0, 'integer'),
    column('Ready', 0, 'integer'),
    column('Up-to-date', 0, 'integer'),
    column('Available', 0, 'integer'),
    column('Node Selector'),
    column('Age'),
    column('Containers', 1),
    column('Images', 1),
    column('Selector', 1),
  ],
  cells(object, now) {
    const { metadata, spec, status } = of(object);
    const containers = spec.template.spec?.containers ?? [];
    return [
      metadata.name,
      status?.desiredNumberScheduled ?? 0,
      status?.currentNumberScheduled ?? 0,
      status?.numberReady ?? 0,
      status?.updatedNumberScheduled ?? 0,
      status?.numberAvailable ?? 0,
      formatMap(spec.template.spec?.nodeSelector),
      age(metadata.creationTimestamp, now),
      containers.map(({ name }) => name).join(','),
      containers.map(({ image }) => image).join(','),
      selectorOf(spec.selector).toString(),
    ];
  },
};

function noneScheduled() {
  return { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 };
}

function setGeneration({ metadata }: AnyDraft, generation: number): void {
  metadata.annotations = { ...metadata.annotations, [GENERATION]: String(generation) };
}

function atLeastZero(value: number | undefined, path: string, errors: FieldErrors): void {
  if (value !== undefined && value < 0) errors.invalid(path, value, 'must be greater than or equal to 0');
}

function validateStrategy(strategy: DaemonSetSpec['updateStrategy'], errors: FieldErrors): void {
  const path = 'spec.updateStrategy';
  if (strategy?.type === 'OnDelete') return;
  if (strategy?.type !== 'RollingUpdate') {
    const shown = { Type: strategy?.type ?? '', RollingUpdate: strategy?.rollingUpdate ?? null };
    errors.notSupported(path, shown, ['RollingUpdate', 'OnDelete']);
    return;
  }
  const { maxUnavailable = 1, maxSurge = 0 } = strategy.rollingUpdate ?? {};
  validateAmount(maxUnavailable, `${path}.rollingUpdate.maxUnavailable`, errors);
  validateAmount(maxSurge, `${path}.rollingUpdate.maxSurge`, errors);
  const unavailable = amountValue(maxUnavailable) !== 0;
  const surge = amountValue(maxSurge) !== 0;
  if (unavailable && surge) {
    errors.invalid(`${path}.rollingUpdate.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero');
  } else if (!unavailable && !surge) {
    errors.required(`${path}.rollingUpdate.maxUnavailable`, 'cannot be 0 when maxSurge is 0');
  }
}

function of(object: ApiObject | AnyDraft): DaemonSet {
  return object as DaemonSet;
}
