import type { CrdVersion, CustomResourceDefinition } from '../crd/crd.ts';
import { validateDefinition } from '../crd/definition-rules.ts';
import type { AnyDraft, Draft } from '../draft.ts';
import { column, type KindDefinition } from '../kind.ts';
import type { ApiObject } from '../operation.ts';

export const customResourceDefinition: KindDefinition = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  resource: 'customresourcedefinitions',
  singular: 'customresourcedefinition',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  namespaced: false,
  subresources: ['status'],
  generation: true,
  defaults(draft) {
    const crd = draft as Draft<CustomResourceDefinition>;
    const { spec } = crd;
    if (spec === undefined) return;
    if (!Object.isFrozen(spec)) {
      if (spec.names !== undefined) {
        const { kind = '' } = spec.names;
        spec.names = { ...spec.names };
        spec.names.singular ||= kind.toLowerCase();
        if (kind !== '') spec.names.listKind ||= `${kind}List`;
      }
      spec.conversion ??= { strategy: 'None' };
    }
    crd.status ??= emptyStatus(spec.versions ?? []);
  },
  prepareCreate(draft) {
    const crd = draft as Draft<CustomResourceDefinition>;
    crd.status = emptyStatus(crd.spec?.versions ?? []);
  },
  prepareUpdate(draft, old) {
    const crd = draft as Draft<CustomResourceDefinition>;
    // A version that has become the stored one joins those that etcd may hold.
    const stored = crd.spec?.versions?.find(({ storage }) => storage)?.name;
    const before = of(old).status?.storedVersions ?? [];
    if (stored === undefined || before.includes(stored)) return;
    crd.status = { ...crd.status, storedVersions: [...before, stored] };
  },
  validate: (object, errors, old) => validateDefinition(of(object), old === undefined, errors),
  validateUpdate(object, old, errors) {
    const now = of(object);
    const before = of(old);
    const established = before.status?.conditions?.some(
      ({ type, status }) => type === 'Established' && status === 'True',
    );
    const fixed = 'field is immutable';
    if (established === true) {
      if (now.spec.scope !== before.spec.scope) errors.invalid('spec.scope', now.spec.scope, fixed);
      if (now.spec.names.kind !== before.spec.names.kind) errors.invalid('spec.names.kind', now.spec.names.kind, fixed);
    }
    if (now.spec.group !== before.spec.group) errors.invalid('spec.group', now.spec.group, fixed);
    if (now.spec.names.plural !== before.spec.names.plural) {
      errors.invalid('spec.names.plural', now.spec.names.plural, fixed);
    }
  },
  columns: [
    column('Name'),
    column('Scope'),
    column('Versions'),
    column('Created At', 0, 'date'),
    column('Group', 1),
    column('Kind', 1),
    column('ShortNames', 1),
    column('Established', 1, 'boolean'),
  ],
  cells(object) {
    const { metadata, spec, status } = of(object);
    const served = spec.versions.filter((version) => version.served);
    return [
      metadata.name,
      spec.scope,
      served.map(({ name, storage }) => (storage ? `${name}(storage)` : name)).join(','),
      metadata.creationTimestamp ?? '',
      spec.group,
      spec.names.kind,
      (spec.names.shortNames ?? []).join(',') || '<none>',
      (status?.conditions ?? []).some((each) => each.type === 'Established' && each.status === 'True'),
    ];
  },
};

function emptyStatus(versions: readonly Draft<CrdVersion>[]): Draft<CustomResourceDefinition>['status'] & object {
  return {
    conditions: null,
    acceptedNames: { plural: '', kind: '' },
    storedVersions: versions.filter(({ storage }) => storage).map(({ name }) => name),
  };
}

function of(object: ApiObject | AnyDraft): CustomResourceDefinition {
  return object as ApiObject as CustomResourceDefinition;
}
