import type { Clock } from '../../simulation/clock.ts';
import type { ApiObject, OperationOptions, Resource, Watch } from '../api/operation.ts';
import { ApiError, type Client, type ObjectName } from './client.ts';

/** How long an informer waits before it asks again after a failure, in ms; doubled each time. */
const firstBackoff = 100;
const longestBackoff = 10_000;

export interface InformerHandlers<T extends ApiObject = ApiObject> {
  added?(object: T): void;
  updated?(object: T, before: T): void;
  deleted?(object: T): void;
}

export interface InformerOptions {
  /** Absent: the client's. */
  readonly clock?: Clock;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/**
 * A mirror of a resource's objects: lists them once, then follows their changes. After a gap (410, a
 * broken connection) it lists again and tells the difference, so handlers hear of each object's
 * coming and going once. Handlers are called in order and must not throw.
 */
export interface Informer<T extends ApiObject = ApiObject> {
  /** Resolves when the first list is in the cache and its handlers have run. Rejects if stopped before. */
  readonly synced: Promise<void>;
  get(at: ObjectName): T | undefined;
  /** Everything, or one namespace's, in no particular order. */
  list(namespace?: string): readonly T[];
  /** Adds handlers; they hear of what is there already as `added`. */
  on(handlers: InformerHandlers<T>): void;
  stop(): void;
}

/** Starts at once. `T` is the kind that the caller knows the resource to be of. */
export function informer<T extends ApiObject = ApiObject>(
  client: Client,
  resource: Resource,
  options: InformerOptions = {},
): Informer<T> {
  const clock = options.clock ?? client.clock;
  if (clock === undefined)
    throw new Error('an informer needs a clock: the client has none, so give one in its options');
  return new Reflector<T>(client, resource, options, clock);
}

class Reflector<T extends ApiObject> implements Informer<T> {
  readonly synced: Promise<void>;
  readonly #client: Client;
  readonly #resource: Resource;
  readonly #options: InformerOptions;
  readonly #objects = new Map<string, T>();
  readonly #handlers: InformerHandlers<T>[] = [];
  readonly #clock: Clock;
  readonly #stopping = new AbortController();
  #watch: Watch | undefined;

  constructor(client: Client, resource: Resource, options: InformerOptions, clock: Clock) {
    this.#client = client;
    this.#resource = resource;
    this.#options = options;
    this.#clock = clock;
    this.synced = new Promise((resolve, reject) => {
      void this.#run(resolve).finally(() => {
        clock.woke();
        reject(new Error(`the informer of ${resource.resource} was stopped before its first list`));
      });
    });
    this.synced.catch(() => {});
  }

  get({ name, namespace }: ObjectName): T | undefined {
    return this.#objects.get(keyOf(name, namespace));
  }

  list(namespace?: string): readonly T[] {
    const all = [...this.#objects.values()];
    return namespace === undefined ? all : all.filter(({ metadata }) => metadata.namespace === namespace);
  }

  on(handlers: InformerHandlers<T>): void {
    this.#handlers.push(handlers);
    for (const object of this.#objects.values()) handlers.added?.(object);
  }

  stop(): void {
    this.#stopping.abort(new Error('stopped'));
    this.#watch?.stop();
  }

  async #run(synced: () => void): Promise<void> {
    const { signal } = this.#stopping;
    let backoff = firstBackoff;
    while (!signal.aborted) {
      try {
        const from = await this.#list();
        if (signal.aborted) return;
        this.#clock.woke();
        synced();
        backoff = firstBackoff;
        await this.#follow(from);
      } catch (error) {
        if (signal.aborted || !(error instanceof ApiError)) return;
        await this.#clock.sleep(backoff, signal).catch(() => {});
        backoff = Math.min(backoff * 2, longestBackoff);
      }
    }
  }

  #place(): { namespace?: string } {
    return this.#options.namespace === undefined ? {} : { namespace: this.#options.namespace };
  }

  #selectors(): OperationOptions {
    const { labelSelector, fieldSelector } = this.#options;
    return {
      ...(labelSelector !== undefined && { labelSelector }),
      ...(fieldSelector !== undefined && { fieldSelector }),
    };
  }

  async #list(): Promise<string> {
    const { items, metadata } = await this.#client.list(this.#resource, this.#place(), this.#selectors());
    if (this.#stopping.signal.aborted) return metadata.resourceVersion;
    const gone = new Map(this.#objects);
    for (const object of items) {
      gone.delete(keyOfObject(object));
      this.#put(object as T);
    }
    for (const object of gone.values()) this.#remove(object);
    return metadata.resourceVersion;
  }

  /** Ends when the server ends the watch or tells that its history is gone. */
  async #follow(from: string): Promise<void> {
    let resourceVersion = from;
    for (;;) {
      const watch = await this.#client.watch(this.#resource, this.#place(), {
        ...this.#selectors(),
        resourceVersion,
        allowBookmarks: true,
      });
      this.#watch = watch;
      if (this.#stopping.signal.aborted) watch.stop();
      for (;;) {
        const event = await watch.next();
        if (event === undefined) break;
        if (event.type === 'ERROR') return;
        const object = event.object as T;
        resourceVersion = object.metadata.resourceVersion ?? resourceVersion;
        if (event.type === 'DELETED') this.#remove(object);
        else if (event.type !== 'BOOKMARK') this.#put(object);
      }
      if (this.#stopping.signal.aborted) return;
    }
  }

  #put(object: T): void {
    const key = keyOfObject(object);
    const before = this.#objects.get(key);
    if (before?.metadata.resourceVersion === object.metadata.resourceVersion) return;
    this.#objects.set(key, object);
    if (before !== undefined && before.metadata.uid !== object.metadata.uid) {
      // Its namesake took its place while nobody looked.
      for (const handlers of this.#handlers) handlers.deleted?.(before);
    }
    const same = before !== undefined && before.metadata.uid === object.metadata.uid;
    for (const handlers of this.#handlers) {
      if (same) handlers.updated?.(object, before);
      else handlers.added?.(object);
    }
  }

  #remove(object: T): void {
    if (!this.#objects.delete(keyOfObject(object))) return;
    for (const handlers of this.#handlers) handlers.deleted?.(object);
  }
}

function keyOfObject({ metadata: { name, namespace } }: ApiObject): string {
  return keyOf(name, namespace);
}

function keyOf(name: string, namespace = ''): string {
  return `${namespace}/${name}`;
}
