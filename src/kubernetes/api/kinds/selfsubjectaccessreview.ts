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
      readonly nonResourceAttributes?: unknown;
    };
    const spec = 'spec';
    if ((resourceAttributes === undefined) === (nonResourceAttributes === undefined)) {
      const why =
        resourceAttributes === undefined
          ? 'exactly one of nonResourceAttributes or resourceAttributes must be specified'
          : 'cannot be specified in combination with resourceAttributes';
      errors.invalid(resourceAttributes === undefined ? spec : `${spec}.nonResourceAttributes`, null, why);
    }
  },
  review(draft, user) {
    const reason =
      'RBAC: allowed by ClusterRoleBinding "kubeadm:cluster-admins" of ClusterRole "cluster-admin" to Group "kubeadm:cluster-admins"';
    draft.status = { allowed: true, ...(user === 'kubernetes-admin' && { reason }) };
  },
  columns: [],
  cells: () => [],
};
