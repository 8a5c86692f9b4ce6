import type { ApiObject, Resource } from '../api/operation.ts';
import type { Client, ObjectName } from '../client/client.ts';
import { type Informer, informer } from '../client/informer.ts';

type Change = 'ADDED' | 'MODIFIED' | 'DELETED';
export type Listener = (change: Change, object: ApiObject) => void;

/** One informer a resource for all controllers of a process (client-go's SharedInformerFactory). */
export class Feeds {
  readonly #client: Client;
  readonly #informers = new Map<string, Informer<ApiObject>>();

  constructor(client: Client) {
    this.#client = client;
  }

  /** Tells `listener` of every change, and of what is there already as ADDED. */
  on(resource: Resource, listener: Listener): void {
    this.#informer(resource).on({
      added: (object) => listener('ADDED', object),
      updated: (object) => listener('MODIFIED', object),
      deleted: (object) => listener('DELETED', object),
    });
  }

  /** What was last heard of; it may lag behind the server. */
  list<T extends ApiObject>(resource: Resource): readonly T[] {
    return this.#informer(resource).list() as readonly T[];
  }

  get<T extends ApiObject>(resource: Resource, at: ObjectName): T | undefined {
    return this.#informer(resource).get(at) as T | undefined;
  }

  stop(): void {
    for (const one of this.#informers.values()) one.stop();
  }

  #informer(resource: Resource): Informer<ApiObject> {
    const key = `${resource.group}/${resource.resource}`;
    let known = this.#informers.get(key);
    if (known === undefined) {
      known = informer(this.#client, resource);
      this.#informers.set(key, known);
    }
    return known;
  }
}
