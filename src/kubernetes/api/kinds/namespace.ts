import type { Namespace } from '../../types/cluster.ts';
import type { Draft } from '../draft.ts';
import { column, type KindDefinition } from '../kind.ts';
import { age } from '../time.ts';
import { dnsLabel } from '../validation/names.ts';

/** The label by which policies can select one namespace (KEP-2161). */
const nameLabel = 'kubernetes.io/metadata.name';

/** They exist from the start and can't be deleted. */
export const initialNamespaces = ['default', 'kube-node-lease', 'kube-public', 'kube-system'] as const;
const immortal: readonly string[] = ['default', 'kube-public', 'kube-system'];

export const namespace: KindDefinition = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  resource: 'namespaces',
  singular: 'namespace',
  shortNames: ['ns'],
  namespaced: false,
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: ['status', 'finalize'],
  answersDeleted: true,
  name: dnsLabel,
  defaults(draft) {
    const { metadata } = draft;
    if (!metadata.name || metadata.labels?.[nameLabel] === metadata.name) return;
    metadata.labels = { ...metadata.labels, [nameLabel]: metadata.name };
  },
  prepareCreate(draft) {
    const namespace = draft as Draft<Namespace>;
    namespace.status = { phase: 'Active' };
    const finalizers = namespace.spec?.finalizers ?? [];
    namespace.spec = { finalizers: finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'] };
  },
  prepareFinalize(draft) {
    const namespace = draft as Draft<Namespace>;
    if (namespace.spec?.finalizers?.length === 0) namespace.spec = {};
  },
  prepareUpdate(draft, old) {
    const { spec } = old as Namespace;
    if (spec !== undefined) draft.spec = spec;
  },
  fields: { 'status.phase': (object) => (object as Namespace).status?.phase ?? '' },
  undeletable: ({ metadata }) => (immortal.includes(metadata.name) ? 'this namespace may not be deleted' : undefined),
  deleting(draft) {
    const namespace = draft as Draft<Namespace>;
    namespace.status = { ...namespace.status, phase: 'Terminating' };
  },
  kept: (object) => ((object as Namespace).spec?.finalizers ?? []).length > 0,
  columns: [column('Name'), column('Status'), column('Age')],
  cells: (object, now) => [
    object.metadata.name,
    (object as Namespace).status?.phase ?? '',
    age(object.metadata.creationTimestamp, now),
  ],
};
