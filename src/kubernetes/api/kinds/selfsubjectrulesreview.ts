import { badRequest } from '../failure.ts';
import type { KindDefinition } from '../kind.ts';

/** What may I in a namespace? Everything, with what everyone who is known may. */
export const selfSubjectRulesReview: KindDefinition = {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectRulesReview',
  resource: 'selfsubjectrulesreviews',
  singular: 'selfsubjectrulesreview',
  namespaced: false,
  verbs: ['create'],
  defaults(draft) {
    draft.spec ??= {};
  },
  review(draft) {
    const { namespace } = draft.spec as { readonly namespace?: string };
    if (!namespace) throw badRequest('no namespace on request');
    const health = ['/healthz', '/livez', '/readyz', '/version', '/version/'];
    const discovery = ['/api', '/api/*', '/apis', '/apis/*', '/healthz', '/livez', '/openapi', '/openapi/*'];
    draft.spec = {};
    draft.status = {
      resourceRules: [
        {
          verbs: ['create'],
          apiGroups: ['authorization.k8s.io'],
          resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
        },
        { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
        { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
      ],
      nonResourceRules: [
        { verbs: ['get'], nonResourceURLs: health },
        { verbs: ['get'], nonResourceURLs: [...discovery, '/readyz', '/version', '/version/'] },
        { verbs: ['*'], nonResourceURLs: ['*'] },
      ],
      incomplete: false,
    };
  },
  columns: [],
  cells: () => [],
};
