import type { Random } from '../../simulation/random.ts';
import type { Step } from './crd/json-path.ts';
import type { Decoded } from './decode/decode.ts';
import type { AnyDraft, JsonMap } from './draft.ts';
import type { ApiObject, Resource, TableColumn, Verb } from './operation.ts';
import type { NodePorts } from './service/node-ports.ts';
import type { Transaction } from './service/transaction.ts';
import type { FieldErrors } from './validation/field-errors.ts';
import type { NameRule } from './validation/names.ts';

/** One cell of a printed row. */
export type Cell = string | number | boolean | null;

/** What a kind's rules may look at beside the object itself. */
export interface KindContext {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly random: Random;
  /** Nothing may be changed. */
  readonly dryRun: boolean;
  readonly nodePorts: NodePorts;
  /** Other objects; cluster-scoped ones without a namespace. */
  find(resource: Resource, name: string, namespace?: string): ApiObject | undefined;
  list(resource: Resource, namespace?: string): readonly ApiObject[];
  /** What the server itself makes and removes along with this one. */
  create(resource: Resource, object: ApiObject): void;
  remove(resource: Resource, name: string): void;
}

/**
 * Everything that is particular to one kind. Rules work on drafts whose parts may be shared with
 * stored objects and then are frozen: a default is written where a field is absent, and only there.
 */
/** Where a custom kind has its replicas. */
export interface ScalePaths {
  readonly spec: readonly Step[];
  readonly status: readonly Step[];
  readonly selector?: readonly Step[];
}

export interface KindDefinition {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Plural, as in paths. */
  readonly resource: string;
  readonly singular: string;
  /** Absent: the kind with `List` behind it. */
  readonly listKind?: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly namespaced: boolean;
  /** Absent: all of them. */
  readonly verbs?: readonly Verb[];
  readonly subresources?: readonly Subresource[];
  /** Whether the server counts changes of `spec` (or what `counts` says) in `metadata.generation`. */
  readonly generation?: boolean;
  counts?(draft: AnyDraft, old: ApiObject): boolean;
  /** Whether an update may leave out `metadata.resourceVersion`. Absent: it may. */
  readonly unconditionalUpdate?: boolean;
  /** Whether a delete that is done at once answers with the object, and not with a Status. */
  readonly answersDeleted?: boolean;
  /** Absent: a DNS subdomain. */
  readonly name?: NameRule;
  /** Defined by a CustomResourceDefinition. */
  readonly custom?: true;
  /** Absent: `spec.replicas`, `status.replicas`, `spec.selector`. */
  readonly scale?: ScalePaths;
  /** Reads a body in the kind's own way; absent: by its type. */
  decode?(body: JsonMap): Decoded;
  defaults?(draft: AnyDraft): void;
  /** What admission adds or refuses before an object is created. Throws `Failure`. */
  admit?(draft: AnyDraft, context: KindContext): void;
  /**
   * Sets aside what the object needs out of the server's pools and writes it into the draft, before
   * the two preparations. Throws `Failure` when something can't be had.
   */
  allocate?(draft: AnyDraft, old: ApiObject | undefined, context: KindContext): Transaction;
  /** Answers an object that is a question of `user`'s, and is not stored. Throws `Failure`. */
  review?(draft: AnyDraft, user: string): void;
  /** Gives back what an object held, when it is gone. */
  release?(object: ApiObject, context: KindContext): void;
  /** Clears what clients can't set, gives first values. */
  prepareCreate?(draft: AnyDraft, context: KindContext): void;
  /** Takes from `old` what this kind's plain updates can't change. */
  prepareUpdate?(draft: AnyDraft, old: ApiObject, context: KindContext): void;
  /** The same for the status subresource; `spec` is kept already. */
  prepareStatus?(draft: AnyDraft, old: ApiObject, context: KindContext): void;
  /** Leaves of an update through `ephemeralcontainers` only what that may change. */
  prepareEphemeral?(draft: AnyDraft, old: ApiObject): void;
  /** The same for the finalize subresource; `status` is kept already. */
  prepareFinalize?(draft: AnyDraft): void;
  /** On updates `old` is what is judged no more where it stays as it is. */
  validate?(object: ApiObject, errors: FieldErrors, old?: ApiObject): void;
  /** Whether an update is judged as such before it is judged as an object. */
  readonly updateFirst?: boolean;
  validateUpdate?(object: ApiObject, old: ApiObject, errors: FieldErrors, subresource?: string): void;
  validateStatus?(object: ApiObject, old: ApiObject, errors: FieldErrors): void;
  /** What a client that writes it is told (RFC 7234 warnings). */
  warnings?(object: ApiObject, old: ApiObject | undefined): readonly string[];
  /** What a client is told whatever it does with this kind. */
  readonly deprecated?: string;
  /** Selectable fields beside metadata.name and metadata.namespace; empty text where unset. */
  readonly fields?: Readonly<Record<string, (object: ApiObject) => string>>;
  /** Seconds that a delete leaves the object to end by itself; absent: none. */
  grace?(object: ApiObject, asked: number | undefined): number;
  /** Why this one may not be deleted. */
  undeletable?(object: ApiObject): string | undefined;
  /** What starting its deletion changes beside metadata (namespaces: the phase). */
  deleting?(draft: AnyDraft): void;
  /** Whether something beside `metadata.finalizers` keeps a deleted object (namespaces: `spec.finalizers`). */
  kept?(object: ApiObject): boolean;
  readonly columns: readonly TableColumn[];
  cells(object: ApiObject, now: number): readonly Cell[];
}

export type Subresource =
  | 'status'
  | 'scale'
  | 'binding'
  | 'eviction'
  | 'ephemeralcontainers'
  | 'finalize'
  | 'log'
  | 'exec'
  | 'attach'
  | 'portforward';

/** A printed column; the first of a table is the name. Descriptions are prose, which the page leaves out. */
export function column(name: string, priority: 0 | 1 = 0, type: TableColumn['type'] = 'string'): TableColumn {
  return { name, type, format: name === 'Name' ? 'name' : '', description: '', priority };
}
