import type { KindDefinition } from '../kind.ts';

/** Who am I? */
export const selfSubjectReview: KindDefinition = {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectReview',
  resource: 'selfsubjectreviews',
  singular: 'selfsubjectreview',
  namespaced: false,
  verbs: ['create'],
  review(draft, username) {
    const admin = username === 'kubernetes-admin' ? ['kubeadm:cluster-admins'] : [];
    draft.status = { userInfo: { username, groups: [...admin, 'system:authenticated'] } };
  },
  columns: [],
  cells: () => [],
};
