import type { ApiObject } from '../operation.ts';
import { IndexBy } from './index-by.ts';

/** Below so many objects looking at each is as fast as an index. */
const WORTH_AN_INDEX = 50;

interface Shelf {
  readonly byName: Map<string, ApiObject>;
  /** In the order of etcd's keys. */
  readonly names: string[];
  /** What was last listed; undefined since the last change. */
  listed: readonly ApiObject[] | undefined;
}

/** The objects of one resource, by namespace and name; lists come in the order of etcd's keys. */
export class Collection {
  readonly #shelves = new Map<string, Shelf>();
  readonly #indexes = new Map<string, IndexBy>();
  #size = 0;

  get(namespace: string | undefined, name: string): ApiObject | undefined {
    return this.#shelves.get(namespace ?? '')?.byName.get(name);
  }

  set(object: ApiObject): void {
    const { namespace = '', name } = object.metadata;
    let shelf = this.#shelves.get(namespace);
    if (shelf === undefined) {
      shelf = { byName: new Map(), names: [], listed: undefined };
      this.#shelves.set(namespace, shelf);
    }
    const old = shelf.byName.get(name);
    if (old === undefined) {
      shelf.names.splice(placeOf(shelf.names, name), 0, name);
      this.#size++;
    }
    shelf.byName.set(name, object);
    shelf.listed = undefined;
    for (const index of this.#indexes.values()) {
      if (old !== undefined) index.remove(old);
      index.add(object);
    }
  }

  delete({ metadata: { namespace = '', name } }: ApiObject): void {
    const shelf = this.#shelves.get(namespace);
    const old = shelf?.byName.get(name);
    if (shelf === undefined || old === undefined) return;
    shelf.byName.delete(name);
    shelf.names.splice(placeOf(shelf.names, name), 1);
    shelf.listed = undefined;
    this.#size--;
    for (const index of this.#indexes.values()) index.remove(old);
  }

  /** One namespace's objects, or everything. */
  list(namespace?: string): readonly ApiObject[] {
    if (namespace !== undefined) return this.#list(namespace);
    return [...this.#shelves.keys()].sort(byText).flatMap((each) => this.#list(each));
  }

  /**
   * Those whose attribute `name`, read by `value`, is `wanted`, in key order: everything where looking at all is no
   * more work. A name stands for one attribute for ever; it is indexed from its first use on.
   */
  having(
    name: string,
    value: (object: ApiObject) => string | undefined,
    wanted: string,
    namespace?: string,
  ): readonly ApiObject[] {
    let index = this.#indexes.get(name);
    if (index === undefined) {
      if (this.#size < WORTH_AN_INDEX) return this.list(namespace);
      index = new IndexBy(value, this.list());
      this.#indexes.set(name, index);
    }
    const found: ApiObject[] = [];
    for (const object of index.get(wanted)) {
      if (namespace === undefined || object.metadata.namespace === namespace) found.push(object);
    }
    return found.sort(byKey);
  }

  #list(namespace: string): readonly ApiObject[] {
    const shelf = this.#shelves.get(namespace);
    if (shelf === undefined) return [];
    shelf.listed ??= shelf.names.flatMap((name) => shelf.byName.get(name) ?? []);
    return shelf.listed;
  }
}

/** Where `name` stands in sorted `names`, or would. */
function placeOf(names: readonly string[], name: string): number {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((names[middle] as string) < name) low = middle + 1;
    else high = middle;
  }
  return low;
}

function byKey({ metadata: a }: ApiObject, { metadata: b }: ApiObject): number {
  return byText(a.namespace ?? '', b.namespace ?? '') || byText(a.name, b.name);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
