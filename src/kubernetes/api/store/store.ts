import type { ApiObject } from '../operation.ts';
import { Collection } from './collection.ts';

/** One change of one object; `before` is absent on its first, `after` is its last form when `deleted`. */
export interface Change {
  readonly revision: number;
  readonly before?: ApiObject;
  readonly after: ApiObject;
  readonly deleted: boolean;
}

interface Shelf {
  readonly objects: Collection;
  readonly history: Change[];
  /** Changes at or before this revision are forgotten. */
  forgotten: number;
  readonly listeners: Set<(change: Change) => void>;
}

/**
 * All objects in memory, under one counter of revisions (etcd's): each write takes the next number,
 * and every listener hears of it before the next one happens.
 */
export class Store {
  readonly #shelves = new Map<string, Shelf>();
  readonly #window: number;
  #revision = 1;

  /** `window`: how many changes of each resource are remembered for watches. */
  constructor(window: number) {
    this.#window = window;
  }

  get revision(): number {
    return this.#revision;
  }

  objects(key: string): Collection {
    return this.#shelf(key).objects;
  }

  /** Writes what `make` gives for the next revision. */
  put(key: string, before: ApiObject | undefined, make: (revision: string) => ApiObject): ApiObject {
    const shelf = this.#shelf(key);
    const after = make(String(++this.#revision));
    shelf.objects.set(after);
    this.#record(shelf, { revision: this.#revision, ...(before && { before }), after, deleted: false });
    return after;
  }

  /** Removes an object; watchers see the form that `make` gives it, with the revision of its end. */
  remove(key: string, before: ApiObject, make: (revision: string) => ApiObject): ApiObject {
    const shelf = this.#shelf(key);
    const after = make(String(++this.#revision));
    shelf.objects.delete(before);
    this.#record(shelf, { revision: this.#revision, before, after, deleted: true });
    return after;
  }

  /** The changes after `revision`; undefined where some of them are forgotten. */
  since(key: string, revision: number): readonly Change[] | undefined {
    const { history, forgotten } = this.#shelf(key);
    if (revision < forgotten) return undefined;
    let at = history.length;
    while (at > 0 && (history[at - 1]?.revision ?? 0) > revision) at--;
    return history.slice(at);
  }

  /** The oldest revision that a watch of this resource can start from. */
  oldest(key: string): number {
    return this.#shelf(key).forgotten;
  }

  listen(key: string, listener: (change: Change) => void): () => void {
    const { listeners } = this.#shelf(key);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  #record(shelf: Shelf, change: Change): void {
    shelf.history.push(change);
    // Half the window at a time, so that forgetting costs nothing per write.
    if (shelf.history.length > this.#window * 1.5) {
      const gone = shelf.history.splice(0, shelf.history.length - this.#window);
      shelf.forgotten = gone.at(-1)?.revision ?? shelf.forgotten;
    }
    for (const listener of shelf.listeners) listener(change);
  }

  #shelf(key: string): Shelf {
    let shelf = this.#shelves.get(key);
    if (shelf === undefined) {
      shelf = { objects: new Collection(), history: [], forgotten: 0, listeners: new Set() };
      this.#shelves.set(key, shelf);
    }
    return shelf;
  }
}
