import type { ApiObject, ObjectMeta } from '../api/operation.ts';

export type { ObjectMeta, OwnerReference } from '../api/operation.ts';

/** An object of a known kind; assignable to `ApiObject`. */
export interface Kinded<Kind extends string, ApiVersion extends string> extends ApiObject {
  readonly apiVersion: ApiVersion;
  readonly kind: Kind;
  readonly metadata: ObjectMeta;
}

export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly LabelSelectorRequirement[];
}

export interface LabelSelectorRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[];
}

/** The shape that conditions of every kind share; times are RFC 3339 in seconds, UTC. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string | null;
}
