import type { Condition } from '../../types/meta.ts';
import { equal } from '../draft.ts';
import type { Answer, Operation } from '../operation.ts';
import type { Registry } from '../registry.ts';
import { timestamp } from '../time.ts';
import type { CrdNames, CustomResourceDefinition } from './crd.ts';
import { customKind } from './custom-kind.ts';

const CRDS = { group: 'apiextensions.k8s.io', version: 'v1', resource: 'customresourcedefinitions' } as const;
const CRD_KEY = 'apiextensions.k8s.io/v1/customresourcedefinitions';
/** How long the server takes to accept the names of a new definition, in ms. */
const NAMING = 10;

/**
 * Serves what CustomResourceDefinitions define: accepts their names, establishes them, and lets their
 * objects go with them. Source: apiextensions-apiserver, the controllers `status` and `establish`.
 */
export function serveDefinitions(registry: Registry, handle: (operation: Operation) => Answer): void {
  const { clock, store } = registry;
  const metadata = registry.schema.struct('meta.v1.ObjectMeta');
  store.listen(CRD_KEY, ({ before, after, deleted }) => {
    const crd = after as CustomResourceDefinition;
    if (deleted) {
      withdraw(crd);
      removeObjects(crd);
      return;
    }
    if (isEstablished(crd)) serve(crd, before as CustomResourceDefinition | undefined);
    if (equal(before?.spec, after.spec)) return;
    clock.after(NAMING, () => name(after.metadata.name));
  });

  function name(crdName: string): void {
    const crd = store.objects(CRD_KEY).get(undefined, crdName) as CustomResourceDefinition | undefined;
    if (crd === undefined) return;
    const status = { ...crd.status, ...namesOf(crd) };
    if (equal(status, crd.status)) return;
    handle({
      verb: 'update',
      ...CRDS,
      name: crdName,
      subresource: 'status',
      body: { ...crd, status },
      options: { fieldManager: 'kube-apiserver' },
      user: 'system:apiserver',
    });
  }

  function namesOf(crd: CustomResourceDefinition) {
    const others = (store.objects(CRD_KEY).list() as readonly CustomResourceDefinition[]).filter(
      (each) => each.spec.group === crd.spec.group && each.metadata.name !== crd.metadata.name,
    );
    const taken = others.flatMap(({ status }) => (status?.acceptedNames === undefined ? [] : [status.acceptedNames]));
    const words = new Set(
      taken.flatMap(({ plural, singular = '', shortNames = [] }) => [plural, singular, ...shortNames]),
    );
    const kinds = new Set(taken.flatMap(({ kind, listKind = '' }) => [kind, listKind]));
    const accepted: Record<string, unknown> = { ...crd.status?.acceptedNames };
    const conflicts: { readonly reason: string; readonly message: string }[] = [];
    const offer = (field: keyof CrdNames, used: ReadonlySet<string>, reason: string) => {
      const wanted = crd.spec.names[field];
      const list = Array.isArray(wanted)
        ? (wanted as readonly string[])
        : wanted === undefined
          ? []
          : [wanted as string];
      const clash = equal(wanted, accepted[field]) ? [] : list.filter((word) => used.has(word));
      if (clash.length > 0) {
        const texts = clash.map((word) => `${JSON.stringify(word)} is already in use`);
        conflicts.push({ reason, message: texts.length > 1 ? `[${texts.join(', ')}]` : (texts[0] ?? '') });
      } else if (wanted === undefined) delete accepted[field];
      else accepted[field] = wanted;
    };
    offer('plural', words, 'PluralConflict');
    offer('singular', words, 'SingularConflict');
    offer('shortNames', words, 'ShortNamesConflict');
    offer('kind', kinds, 'KindConflict');
    offer('listKind', kinds, 'ListKindConflict');
    offer('categories', new Set(), '');
    const conflict = conflicts.at(-1);
    const old = crd.status?.conditions ?? [];
    const conditions = [
      condition(
        old,
        'NamesAccepted',
        conflict === undefined,
        conflict ?? { reason: 'NoConflicts', message: 'no conflicts found' },
      ),
      established(old, conflict === undefined),
    ];
    return { acceptedNames: accepted as unknown as CrdNames, conditions };
  }

  function established(old: readonly Condition[], accepted: boolean): Condition {
    const before = old.find(({ type }) => type === 'Established');
    if (before?.status === 'True') return before;
    const why = accepted
      ? { reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' }
      : { reason: 'NotAccepted', message: 'not all names are accepted' };
    return condition(old, 'Established', accepted, why);
  }

  function condition(
    old: readonly Condition[],
    type: string,
    holds: boolean,
    why: { readonly reason: string; readonly message: string },
  ): Condition {
    const status = holds ? 'True' : 'False';
    const before = old.find((each) => each.type === type);
    const lastTransitionTime =
      before?.status === status ? (before.lastTransitionTime ?? null) : timestamp(clock.wall());
    return { type, status, lastTransitionTime, ...why };
  }

  function serve(crd: CustomResourceDefinition, before: CustomResourceDefinition | undefined): void {
    if (before !== undefined) withdraw(before);
    const storage = crd.spec.versions.find((version) => version.storage)?.name ?? '';
    for (const version of crd.spec.versions) {
      if (!version.served) continue;
      const kind = customKind(crd, version, metadata);
      registry.serveCustom(kind, version.schema?.openAPIV3Schema ?? {}, `${crd.spec.group}/${storage}`);
    }
  }

  function withdraw({ spec }: CustomResourceDefinition): void {
    for (const { name: version } of spec.versions) {
      registry.withdraw({ group: spec.group, version, resource: spec.names.plural });
    }
  }

  function removeObjects({ spec }: CustomResourceDefinition): void {
    const key = registry.customKey(spec.group, spec.names.plural);
    for (const object of store.objects(key).list()) {
      store.remove(key, object, (revision) => ({
        ...object,
        metadata: { ...object.metadata, resourceVersion: revision },
      }));
    }
  }
}

function isEstablished({ status }: CustomResourceDefinition): boolean {
  return (status?.conditions ?? []).some((each) => each.type === 'Established' && each.status === 'True');
}
