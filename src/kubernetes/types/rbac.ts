import type { Kinded, LabelSelector } from './meta.ts';

export interface PolicyRule {
  readonly verbs?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

export interface Role extends Kinded<'Role', 'rbac.authorization.k8s.io/v1'> {
  readonly rules?: readonly PolicyRule[] | null;
}

export interface ClusterRole extends Kinded<'ClusterRole', 'rbac.authorization.k8s.io/v1'> {
  readonly rules?: readonly PolicyRule[] | null;
  readonly aggregationRule?: { readonly clusterRoleSelectors?: readonly LabelSelector[] };
}

export interface Subject {
  readonly kind?: string;
  readonly apiGroup?: string;
  readonly name?: string;
  readonly namespace?: string;
}

interface Binding {
  readonly roleRef: { readonly apiGroup?: string; readonly kind?: string; readonly name?: string };
  readonly subjects?: readonly Subject[];
}

export interface RoleBinding extends Kinded<'RoleBinding', 'rbac.authorization.k8s.io/v1'>, Binding {}
export interface ClusterRoleBinding extends Kinded<'ClusterRoleBinding', 'rbac.authorization.k8s.io/v1'>, Binding {}
