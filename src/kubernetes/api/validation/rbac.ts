import type { ClusterRole, PolicyRule, RoleBinding, Subject } from '../../types/rbac.ts';
import type { FieldErrors } from './field-errors.ts';
import { dnsSubdomain, pathSegment } from './names.ts';
import { isUsable, validateLabelSelector } from './template.ts';

const GROUP = 'rbac.authorization.k8s.io';

/** Roles are stored and judged; nobody is refused anything by them. Source: pkg/apis/rbac/validation. */
export function validateRules(rules: readonly PolicyRule[], namespaced: boolean, errors: FieldErrors): void {
  for (const [index, rule] of rules.entries()) {
    const path = `rules[${index}]`;
    if (!rule.verbs?.length) errors.later.required(`${path}.verbs`);
    if (rule.nonResourceURLs?.length) {
      const at = `${path}.nonResourceURLs`;
      if (namespaced) errors.invalid(at, rule.nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs');
      if (rule.apiGroups?.length || rule.resources?.length || rule.resourceNames?.length) {
        const why = 'rules cannot apply to both regular resources and non-resource URLs';
        errors.invalid(at, rule.nonResourceURLs, why);
      }
      continue;
    }
    if (!rule.apiGroups?.length) {
      errors.required(`${path}.apiGroups`, 'resource rules must supply at least one api group');
    }
    if (!rule.resources?.length) {
      errors.required(`${path}.resources`, 'resource rules must supply at least one resource');
    }
  }
}

export function validateAggregation(rule: ClusterRole['aggregationRule'], errors: FieldErrors): void {
  if (rule === undefined) return;
  const path = 'aggregationRule.clusterRoleSelectors';
  const selectors = rule.clusterRoleSelectors ?? [];
  if (selectors.length === 0) {
    errors.required(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil');
  }
  for (const [index, selector] of selectors.entries()) {
    validateLabelSelector(selector, `${path}[${index}]`, errors);
    if (!isUsable(selector)) errors.invalid(`${path}[${index}]`, null, 'invalid label selector.');
  }
}

export function validateBinding(
  { roleRef, subjects = [] }: Pick<RoleBinding, 'roleRef' | 'subjects'>,
  kinds: readonly string[],
  errors: FieldErrors,
): void {
  const { apiGroup, kind = '', name = '' } = roleRef;
  if (apiGroup !== GROUP) errors.notSupported('roleRef.apiGroup', apiGroup ?? '', [GROUP]);
  if (!kinds.includes(kind)) errors.notSupported('roleRef.kind', kind, kinds);
  if (name !== '') for (const problem of pathSegment(name)) errors.invalid('roleRef.name', name, problem);
  for (const [index, subject] of subjects.entries()) {
    validateSubject(subject, kinds.includes('Role'), `subjects[${index}]`, errors);
  }
  if (name === '') errors.later.required('roleRef.name');
}

function validateSubject(subject: Subject, namespaced: boolean, path: string, errors: FieldErrors): void {
  const { kind = '', name = '', apiGroup = '', namespace = '' } = subject;
  if (name === '') errors.later.required(`${path}.name`);
  switch (kind) {
    case 'ServiceAccount':
      if (name !== '') for (const problem of dnsSubdomain(name)) errors.invalid(`${path}.name`, name, problem);
      if (apiGroup !== '') errors.notSupported(`${path}.apiGroup`, apiGroup, ['']);
      if (!namespaced && namespace === '') errors.required(`${path}.namespace`);
      break;
    case 'User':
    case 'Group':
      if (apiGroup !== GROUP) errors.notSupported(`${path}.apiGroup`, apiGroup, [GROUP]);
      break;
    default:
      errors.notSupported(`${path}.kind`, kind, ['ServiceAccount', 'User', 'Group']);
  }
}
