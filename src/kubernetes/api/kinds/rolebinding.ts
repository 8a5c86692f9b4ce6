import type { RoleBinding } from '../../types/rbac.ts';
import { column, type KindDefinition } from '../kind.ts';
import { pathSegment } from '../validation/names.ts';
import { validateBinding } from '../validation/rbac.ts';
import { bindingCells, bindingColumns, defaultBinding, validateRoleRef } from './binding.ts';

export const roleBinding: KindDefinition = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'RoleBinding',
  resource: 'rolebindings',
  singular: 'rolebinding',
  namespaced: true,
  name: pathSegment,
  defaults: defaultBinding,
  validate: (object, errors) => validateBinding(object as RoleBinding, ['Role', 'ClusterRole'], errors),
  validateUpdate: validateRoleRef,
  columns: [column('Name'), ...bindingColumns],
  cells: (object, now) => bindingCells(object as RoleBinding, now),
};
