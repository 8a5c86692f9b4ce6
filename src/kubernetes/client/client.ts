import type { Clock } from '../../simulation/clock.ts';
import type { ConnectRequest } from '../api/connection.ts';
import type {
  Answer,
  ApiObject,
  ObjectList,
  Operation,
  OperationOptions,
  Resource,
  Status,
  Table,
  Watch,
} from '../api/operation.ts';

export { ApiError } from '../api/api-error.ts';

/**
 * What a client stands on: the simulated API server itself, or HTTP to a real one.
 * Rejects with `ApiError` of code 0 where the server can't be reached.
 */
export interface Transport {
  /** The time by which this server lives, where it is a simulated one. */
  readonly clock?: Clock;
  handle(operation: Operation): Promise<Answer>;
  /** Resolves with the exit status (0 for logs). Rejects with `ApiError` (unknown pod, container, ...). */
  connect(request: ConnectRequest): Promise<number>;
}

/** Names a namespaced object. */
export interface ObjectName {
  readonly namespace?: string;
  readonly name: string;
}

/** Typed doors over a transport; every failure is an `ApiError`. Made by `createClient(transport, user)`. */
export interface Client {
  /** The transport's. */
  readonly clock?: Clock;
  get(resource: Resource, at: ObjectName): Promise<ApiObject>;
  list(resource: Resource, at?: { namespace?: string }, options?: OperationOptions): Promise<ObjectList>;
  table(resource: Resource, at?: { namespace?: string; name?: string }, options?: OperationOptions): Promise<Table>;
  watch(resource: Resource, at?: { namespace?: string }, options?: OperationOptions): Promise<Watch>;
  create(
    resource: Resource,
    object: unknown,
    at?: { namespace?: string },
    options?: OperationOptions,
  ): Promise<ApiObject>;
  update(resource: Resource, object: ApiObject, subresource?: string): Promise<ApiObject>;
  patch(
    resource: Resource,
    at: ObjectName,
    patch: unknown,
    options: OperationOptions & { type: NonNullable<Operation['patchType']>; subresource?: string },
  ): Promise<ApiObject>;
  delete(resource: Resource, at: ObjectName, options?: OperationOptions): Promise<ApiObject | Status>;
  deleteCollection(resource: Resource, at?: { namespace?: string }, options?: OperationOptions): Promise<void>;
  /** The raw answer with its warnings, for kubectl. */
  handle(operation: Omit<Operation, 'user'>): Promise<Answer>;
  connect(request: ConnectRequest): Promise<number>;
}
