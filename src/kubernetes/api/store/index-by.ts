import type { ApiObject } from '../operation.ts';

/** The objects that have a value of some attribute; those without one are not in it. */
export class IndexBy {
  readonly #value: (object: ApiObject) => string | undefined;
  readonly #objects = new Map<string, Set<ApiObject>>();

  constructor(value: (object: ApiObject) => string | undefined, objects: Iterable<ApiObject>) {
    this.#value = value;
    for (const object of objects) this.add(object);
  }

  get(value: string): Iterable<ApiObject> {
    return this.#objects.get(value) ?? [];
  }

  add(object: ApiObject): void {
    const value = this.#value(object);
    if (value === undefined) return;
    const same = this.#objects.get(value);
    if (same === undefined) this.#objects.set(value, new Set([object]));
    else same.add(object);
  }

  remove(object: ApiObject): void {
    const value = this.#value(object);
    if (value === undefined) return;
    const same = this.#objects.get(value);
    same?.delete(object);
    if (same?.size === 0) this.#objects.delete(value);
  }
}
