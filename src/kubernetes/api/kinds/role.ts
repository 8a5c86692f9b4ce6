import type { Role } from '../../types/rbac.ts';
import { column, type KindDefinition } from '../kind.ts';
import { pathSegment } from '../validation/names.ts';
import { validateRules } from '../validation/rbac.ts';

export const role: KindDefinition = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'Role',
  resource: 'roles',
  singular: 'role',
  namespaced: true,
  name: pathSegment,
  defaults(draft) {
    // Written even when there are none.
    draft.rules ??= null;
  },
  validate(object, errors) {
    validateRules((object as Role).rules ?? [], true, errors);
  },
  columns: [column('Name'), column('Created At', 0, 'date')],
  cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp ?? ''],
};
