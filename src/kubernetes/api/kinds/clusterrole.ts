import type { ClusterRole } from '../../types/rbac.ts';
import { column, type KindDefinition } from '../kind.ts';
import { pathSegment } from '../validation/names.ts';
import { validateAggregation, validateRules } from '../validation/rbac.ts';

export const clusterRole: KindDefinition = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRole',
  resource: 'clusterroles',
  singular: 'clusterrole',
  namespaced: false,
  name: pathSegment,
  defaults(draft) {
    // Written even when there are none.
    draft.rules ??= null;
  },
  validate(object, errors) {
    validateRules((object as ClusterRole).rules ?? [], false, errors);
    validateAggregation((object as ClusterRole).aggregationRule, errors);
  },
  columns: [column('Name'), column('Created At', 0, 'date')],
  cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp ?? ''],
};
