/** The API server's door: requests and answers as immutable values, before they become HTTP. */

/** Any API object, as plain JSON. Objects that the server gives out are frozen; treat them as immutable. */
export interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly generateName?: string;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly managedFields?: readonly unknown[];
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** Which resource: `{group: 'apps', version: 'v1', resource: 'deployments'}`; the core group is `''`. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

export interface Operation extends Resource {
  readonly verb: Verb;
  /** Absent on cluster-scoped resources, and on list and watch across all namespaces. */
  readonly namespace?: string;
  readonly name?: string;
  /** `status`, `scale`, `binding`, ... (log, exec, attach go through `connect`). */
  readonly subresource?: string;
  readonly body?: unknown;
  readonly patchType?: 'json' | 'merge' | 'strategic' | 'apply';
  readonly options?: OperationOptions;
  /** Who asks: `kubernetes-admin`, `system:node:hop-worker`, ... */
  readonly user: string;
}

export interface OperationOptions {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly resourceVersion?: string;
  /** Lists: at most so many, and where the rest begins: an earlier answer's `continue`. */
  readonly limit?: number;
  readonly continue?: string;
  /** Watches: tell from time to time how far the watch has come (a BOOKMARK event). */
  readonly allowBookmarks?: boolean;
  /** Watches: every object first, then (with bookmarks) the one that ends this (KEP-3157). */
  readonly sendInitialEvents?: boolean;
  /** Watches: end after this long. */
  readonly timeoutSeconds?: number;
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  /** Server-side apply: take fields over from other managers. */
  readonly force?: boolean;
  /** How unknown and duplicate fields are treated (KEP-2885); kubectl asks for Strict. */
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan';
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  /** Answer lists, gets and watches as meta.k8s.io/v1 Tables (what kubectl get prints). */
  readonly table?: boolean;
}

/** meta.k8s.io/v1 Status, as the API server answers failures. `handle` answers it, it doesn't throw. */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  /** Empty, but for the way to go on with a list that is too old. */
  readonly metadata: { readonly continue?: string };
  readonly status: 'Success' | 'Failure';
  readonly message: string;
  readonly reason?: StatusReason;
  readonly details?: {
    readonly name?: string;
    readonly group?: string;
    readonly kind?: string;
    readonly uid?: string;
    readonly retryAfterSeconds?: number;
    readonly causes?: readonly { readonly reason?: string; readonly message: string; readonly field?: string }[];
  };
  readonly code: number;
}

export type StatusReason =
  | 'NotFound'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Invalid'
  | 'BadRequest'
  | 'Forbidden'
  | 'MethodNotAllowed'
  | 'UnsupportedMediaType'
  | 'RequestEntityTooLarge'
  | 'Expired'
  | 'Timeout'
  | 'ServiceUnavailable'
  | 'InternalError';

export interface ListMeta {
  readonly resourceVersion: string;
  /** Where the next part begins; absent on the last. */
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

export interface ObjectList {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ListMeta;
  readonly items: readonly ApiObject[];
}

/** meta.k8s.io/v1 Table. */
export interface Table {
  readonly kind: 'Table';
  readonly apiVersion: 'meta.k8s.io/v1';
  readonly metadata: Partial<ListMeta>;
  readonly columnDefinitions: readonly TableColumn[];
  readonly rows: readonly {
    readonly cells: readonly (string | number | boolean | null)[];
    readonly object: ApiObject;
  }[];
}

export interface TableColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly format: string;
  readonly description: string;
  /** 0: always shown; above 0: only with `-o wide`. */
  readonly priority: number;
}

export type WatchType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
export interface WatchEvent {
  readonly type: WatchType;
  readonly object: ApiObject | Table | Status;
}

/** A running watch: events in the order of their resourceVersions, each once. */
export interface Watch {
  /** The next event; `undefined` when the server or `stop` has ended the watch. */
  next(signal?: AbortSignal): Promise<WatchEvent | undefined>;
  stop(): void;
}

export type Answer =
  | {
      readonly code: number;
      readonly body: ApiObject | ObjectList | Table | Status;
      readonly warnings?: readonly string[];
    }
  | { readonly code: 200; readonly watch: Watch; readonly warnings?: readonly string[] };
