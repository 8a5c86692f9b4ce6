import type { ApiObject, Resource } from '../api/operation.ts';
import type { Client, ObjectName } from '../client/client.ts';
import { type Informer, informer } from '../client/informer.ts';
import { controllerOf } from './ownership.ts';

type Change = 'ADDED' | 'MODIFIED' | 'DELETED';
export type Listener = (change: Change, object: ApiObject) => void;

/** One informer a resource for all controllers of a process (client-go's SharedInformerFactory). */
export class Feeds {
  readonly #client: Client;
  readonly #informers = new Map<string, Informer<ApiObject>>();
  /** Resource -> the owner's uid -> names of what it manages. */
  readonly #owned = new Map<string, Map<string, Map<string, ApiObject>>>();

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

  /** What `owner` manages, as last heard of. */
  ownedBy<T extends ApiObject>(resource: Resource, { metadata: { uid = '' } }: ApiObject): readonly T[] {
    return [...(this.#ownedIndex(resource).get(uid)?.values() ?? [])] as readonly ApiObject[] as readonly T[];
  }

  stop(): void {
    for (const one of this.#informers.values()) one.stop();
  }

  #ownedIndex(resource: Resource): Map<string, Map<string, ApiObject>> {
    const key = `${resource.group}/${resource.resource}`;
    let index = this.#owned.get(key);
    if (index !== undefined) return index;
    const owned = new Map<string, Map<string, ApiObject>>();
    index = owned;
    this.#owned.set(key, owned);
    const owners = new Map<string, string>();
    this.on(resource, (change, object) => {
      const { uid: own = '' } = object.metadata;
      const before = owners.get(own);
      const now = change === 'DELETED' ? undefined : controllerOf(object)?.uid;
      if (before !== undefined && before !== now) {
        owned.get(before)?.delete(own);
        if (owned.get(before)?.size === 0) owned.delete(before);
      }
      if (now === undefined) owners.delete(own);
      else {
        owners.set(own, now);
        const all = owned.get(now);
        if (all === undefined) owned.set(now, new Map([[own, object]]));
        else all.set(own, object);
      }
    });
    return index;
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
