import type { KindDefinition } from '../kind.ts';

/** May I? Nobody is refused anything here: roles are objects and no more. */
export const selfSubjectAccessReview: KindDefinition = {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectAccessReview',
  resource: 'selfsubjectaccessreviews',
  singular: 'selfsubjectaccessreview',
  namespaced: false,
  verbs: ['create'],
  defaults(draft) {
    draft.spec ??= {};
  },
  validate(object, errors) {
    const { resourceAttributes, nonResourceAttributes } = object.spec as {
      readonly resourceAttributes?: unknown;
      readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string };
    };
    if ((resourceAttributes === undefined) !== (nonResourceAttributes === undefined)) return;
    const why = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    const shown = nonResourceAttributes && {
      Path: nonResourceAttributes.path ?? '',
      Verb: nonResourceAttributes.verb ?? '',
    };
    errors.invalid('spec', shown, why);
  },
  review(draft, user) {
    const reason =
      'RBAC: allowed by ClusterRoleBinding "kubeadm:cluster-admins" of ClusterRole "cluster-admin" to Group "kubeadm:cluster-admins"';
    draft.status = { allowed: true, ...(user === 'kubernetes-admin' && { reason }) };
  },
  columns: [],
  cells: () => [],
};
