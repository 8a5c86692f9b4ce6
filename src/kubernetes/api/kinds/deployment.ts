import type { Deployment, DeploymentSpec } from '../../types/apps.ts';
import type { Draft } from '../draft.ts';
import { column, type KindDefinition } from '../kind.ts';
import type { ApiObject } from '../operation.ts';
import { selectorOf } from '../selector/label-selector.ts';
import { age } from '../time.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { validateImmutable } from '../validation/metadata.ts';
import { regexError } from '../validation/names.ts';
import { validateSelector, validateTemplate } from '../validation/template.ts';
import { defaultTemplate } from './pod-defaults.ts';

export const deployment: KindDefinition = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  resource: 'deployments',
  singular: 'deployment',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  subresources: ['status', 'scale'],
  generation: true,
  defaults(draft) {
    const deployment = draft as Partial<Draft<Deployment>>;
    deployment.status ??= {};
    deployment.spec ??= {} as Draft<DeploymentSpec>;
    const { spec } = deployment;
    if (Object.isFrozen(spec)) return;
    spec.replicas ??= 1;
    spec.revisionHistoryLimit ??= 10;
    spec.progressDeadlineSeconds ??= 600;
    spec.strategy ??= {};
    if (!Object.isFrozen(spec.strategy)) {
      spec.strategy.type ??= 'RollingUpdate';
      if (spec.strategy.type === 'RollingUpdate') {
        const { maxUnavailable = '25%', maxSurge = '25%' } = spec.strategy.rollingUpdate ?? {};
        spec.strategy.rollingUpdate = { maxUnavailable, maxSurge };
      }
    }
    spec.template ??= {};
    defaultTemplate(spec.template);
  },
  prepareCreate(draft) {
    draft.status = {};
  },
  validate(object, errors) {
    const { spec } = of(object);
    for (const field of ['replicas', 'minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds'] as const) {
      const value = spec[field];
      if (value !== undefined && value < 0)
        errors.invalid(`spec.${field}`, value, 'must be greater than or equal to 0');
    }
    validateSelector(spec.selector, errors);
    validateTemplate(spec.template, spec.selector, errors);
    validateStrategy(of(object), errors);
    const { progressDeadlineSeconds, minReadySeconds = 0 } = spec;
    if (progressDeadlineSeconds !== undefined && progressDeadlineSeconds <= minReadySeconds) {
      errors.invalid('spec.progressDeadlineSeconds', progressDeadlineSeconds, 'must be greater than minReadySeconds');
    }
  },
  validateUpdate(object, old, errors) {
    validateImmutable(of(object).spec?.selector, of(old).spec.selector, 'spec.selector', errors);
  },
  columns: [
    column('Name'),
    column('Ready'),
    column('Up-to-date'),
    column('Available'),
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
      `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
      status?.updatedReplicas ?? 0,
      status?.availableReplicas ?? 0,
      age(metadata.creationTimestamp, now),
      containers.map(({ name }) => name).join(','),
      containers.map(({ image }) => image).join(','),
      selectorOf(spec.selector).toString(),
    ];
  },
};

function validateStrategy({ spec }: Deployment, errors: FieldErrors): void {
  const path = 'spec.strategy';
  const { type, rollingUpdate } = spec.strategy ?? {};
  if (type === 'Recreate') {
    if (rollingUpdate !== undefined) {
      errors.forbidden(`${path}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'");
    }
    return;
  }
  if (type !== 'RollingUpdate') {
    errors.notSupported(path, { Type: type, RollingUpdate: rollingUpdate ?? null }, ['Recreate', 'RollingUpdate']);
    return;
  }
  const amounts = { maxUnavailable: rollingUpdate?.maxUnavailable ?? 0, maxSurge: rollingUpdate?.maxSurge ?? 0 };
  for (const [name, amount] of Object.entries(amounts)) {
    const at = `${path}.rollingUpdate.${name}`;
    if (typeof amount === 'string' && !/^\d+%$/.test(amount)) {
      errors.invalid(
        at,
        amount,
        regexError("a valid percent string must be a numeric string followed by an ending '%'", '[0-9]+%', '1%', '93%'),
      );
    } else if (typeof amount === 'number' && amount < 0) {
      errors.invalid(at, amount, 'must be greater than or equal to 0');
    }
  }
  const { maxUnavailable, maxSurge } = amounts;
  if (typeof maxUnavailable === 'string' && Number.parseInt(maxUnavailable, 10) > 100) {
    errors.invalid(`${path}.rollingUpdate.maxUnavailable`, maxUnavailable, 'must not be greater than 100%');
  }
  if (Number.parseInt(String(maxUnavailable), 10) === 0 && Number.parseInt(String(maxSurge), 10) === 0) {
    errors.invalid(`${path}.rollingUpdate.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0');
  }
}

function of(object: ApiObject): Deployment {
  return object as Deployment;
}
