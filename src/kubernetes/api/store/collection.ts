import type { ApiObject } from '../operation.ts';

/** The objects of one resource, by namespace and name; lists come in the order of etcd's keys. */
export class Collection {
  readonly #namespaces = new Map<string, Map<string, ApiObject>>();
  readonly #sorted = new Map<string, readonly ApiObject[]>();

  get(namespace: string | undefined, name: string): ApiObject | undefined {
    return this.#namespaces.get(namespace ?? '')?.get(name);
  }

  set(object: ApiObject): void {
    const namespace = object.metadata.namespace ?? '';
    let names = this.#namespaces.get(namespace);
    if (names === undefined) {
      names = new Map();
      this.#namespaces.set(namespace, names);
    }
    names.set(object.metadata.name, object);
    this.#sorted.delete(namespace);
  }

  delete(object: ApiObject): void {
    const namespace = object.metadata.namespace ?? '';
    this.#namespaces.get(namespace)?.delete(object.metadata.name);
    this.#sorted.delete(namespace);
  }

  /** One namespace's objects, or everything. */
  list(namespace?: string): readonly ApiObject[] {
    if (namespace !== undefined) return this.#list(namespace);
    return [...this.#namespaces.keys()].sort(byText).flatMap((each) => this.#list(each));
  }

  #list(namespace: string): readonly ApiObject[] {
    let sorted = this.#sorted.get(namespace);
    if (sorted === undefined) {
      const objects = this.#namespaces.get(namespace)?.values() ?? [];
      sorted = [...objects].sort((a, b) => byText(a.metadata.name, b.metadata.name));
      this.#sorted.set(namespace, sorted);
    }
    return sorted;
  }
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
