import type { ClusterRoleBinding, RoleBinding } from '../../types/rbac.ts';
import { type AnyDraft, type Draft, semanticallyEqual } from '../draft.ts';
import { type Cell, column } from '../kind.ts';
import type { ApiObject } from '../operation.ts';
import { age } from '../time.ts';
import type { FieldErrors } from '../validation/field-errors.ts';

/** What RoleBindings and ClusterRoleBindings share. */
const GROUP = 'rbac.authorization.k8s.io';

export function defaultBinding(draft: AnyDraft): void {
  const binding = draft as Draft<RoleBinding>;
  binding.roleRef = { apiGroup: GROUP, ...binding.roleRef };
  if (binding.subjects === undefined) return;
  binding.subjects = binding.subjects.map((subject) =>
    subject.apiGroup === undefined && (subject.kind === 'User' || subject.kind === 'Group')
      ? { ...subject, apiGroup: GROUP }
      : subject,
  );
}

export function validateRoleRef(object: ApiObject, old: ApiObject, errors: FieldErrors): void {
  const now = (object as RoleBinding).roleRef;
  if (semanticallyEqual(now, (old as RoleBinding).roleRef)) return;
  const shown = { APIGroup: now.apiGroup ?? '', Kind: now.kind ?? '', Name: now.name ?? '' };
  errors.invalid('roleRef', shown, 'field is immutable');
}

export const bindingColumns = [
  column('Role'),
  column('Age'),
  column('Users', 1),
  column('Groups', 1),
  column('ServiceAccounts', 1),
];

export function bindingCells(binding: RoleBinding | ClusterRoleBinding, now: number): Cell[] {
  const { metadata, roleRef, subjects = [] } = binding;
  const named = (kind: string) => subjects.filter((subject) => subject.kind === kind);
  const accounts = named('ServiceAccount').map(({ name = '', namespace }) =>
    namespace ? `${namespace}/${name}` : `${metadata.namespace ?? ''}/${name}`,
  );
  return [
    metadata.name,
    `${roleRef.kind ?? ''}/${roleRef.name ?? ''}`,
    age(metadata.creationTimestamp, now),
    named('User')
      .map(({ name }) => name)
      .join(', '),
    named('Group')
      .map(({ name }) => name)
      .join(', '),
    accounts.join(', '),
  ];
}
