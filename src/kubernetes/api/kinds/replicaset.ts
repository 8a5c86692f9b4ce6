import type { ReplicaSet, ReplicaSetSpec } from '../../types/apps.ts';
import type { Draft } from '../draft.ts';
import { column, type KindDefinition } from '../kind.ts';
import type { ApiObject } from '../operation.ts';
import { selectorOf } from '../selector/label-selector.ts';
import { age } from '../time.ts';
import { validateImmutable } from '../validation/metadata.ts';
import { validateSelector, validateTemplate } from '../validation/template.ts';
import { defaultTemplate } from './pod-defaults.ts';

export const replicaSet: KindDefinition = {
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  resource: 'replicasets',
  singular: 'replicaset',
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
  subresources: ['status', 'scale'],
  generation: true,
  defaults(draft) {
    const replicaSet = draft as Partial<Draft<ReplicaSet>>;
    replicaSet.spec ??= {} as Draft<ReplicaSetSpec>;
    const { spec } = replicaSet;
    if (Object.isFrozen(spec)) return;
    spec.replicas ??= 1;
    spec.template ??= {};
    defaultTemplate(spec.template);
  },
  prepareCreate(draft) {
    (draft as Draft<ReplicaSet>).status = { replicas: 0 };
  },
  validate(object, errors) {
    const { spec } = of(object);
    for (const field of ['replicas', 'minReadySeconds'] as const) {
      const value = spec[field];
      if (value !== undefined && value < 0)
        errors.invalid(`spec.${field}`, value, 'must be greater than or equal to 0');
    }
    validateSelector(spec.selector, errors);
    validateTemplate(spec.template, spec.selector, errors);
  },
  validateUpdate(object, old, errors) {
    validateImmutable(of(object).spec?.selector, of(old).spec.selector, 'spec.selector', errors);
  },
  fields: { 'status.replicas': (object) => String(of(object).status?.replicas ?? 0) },
  columns: [
    column('Name'),
    column('Desired', 0, 'integer'),
    column('Current', 0, 'integer'),
    column('Ready', 0, 'integer'),
    column('Age'),
    column('Containers', 1),
    column('Images', 1),
    column('Selector', 1),
  ],
  cells(object, now) {
    const { metadata, spec, status } = of(object);
    const containers = spec.template?.spec?.containers ?? [];
    return [
      metadata.name,
      spec.replicas ?? 0,
      status?.replicas ?? 0,
      status?.readyReplicas ?? 0,
      age(metadata.creationTimestamp, now),
      containers.map(({ name }) => name).join(','),
      containers.map(({ image }) => image).join(','),
      selectorOf(spec.selector).toString(),
    ];
  },
};

function of(object: ApiObject): ReplicaSet {
  return object as ReplicaSet;
}
