import type { Type } from '../../schema/schema.ts';

/** A constructor that gives back what it gets, so that a subclass's private field lands on that. */
class Same {
  constructor(value: object) {
    // biome-ignore lint/correctness/noConstructorReturn: the return is the point.
    return value;
  }
}

/**
 * Remembers on a value itself as which type it was checked and frozen; then it needs no second look.
 * A private field is invisible (no copy, clone or JSON has it) and, unlike a WeakMap's million
 * entries, costs the garbage collector nothing.
 */
class Checked extends Same {
  readonly #type: Type;

  constructor(value: object, type: Type) {
    super(value);
    this.#type = type;
  }

  static typeOf(value: object): Type | undefined {
    return #type in value ? value.#type : undefined;
  }
}

/** Marks a value that is about to be frozen. */
export function markChecked(value: object, type: Type): void {
  new Checked(value, type);
}

/** The type that a frozen value was checked as; undefined for any other value. */
export function checkedAs(value: object): Type | undefined {
  return Checked.typeOf(value);
}
