import type { Scalar, Value } from '../value.ts';
import { keyOf } from '../value.ts';
import type { Element } from './element.ts';
import { isInterval, type KeyPart, order } from './key.ts';

/**
 * The elements of a set. Values and concatenations of values are found in a hash table, the intervals of one field by
 * binary search. Concatenations with intervals and names with an asterisk are tried one after the other.
 */
export class ElementTable {
  readonly #exact = new Map<Scalar, Element>();
  /** By their beginning; they don't overlap. */
  readonly #intervals: Element[] = [];
  readonly #listed: Element[] = [];
  #any: Element | undefined;

  get size(): number {
    return this.#exact.size + this.#intervals.length + this.#listed.length + (this.#any === undefined ? 0 : 1);
  }

  *[Symbol.iterator](): Generator<Element, void> {
    yield* this.#exact.values();
    yield* this.#intervals;
    yield* this.#listed;
    if (this.#any !== undefined) yield this.#any;
  }

  /** What a packet's value finds. */
  find(value: Value): Element | undefined {
    return (
      this.#exact.get(keyOf(value)) ??
      (this.#intervals.length > 0 ? this.#interval(value as Scalar) : undefined) ??
      (this.#listed.length > 0
        ? this.#listed.find(({ key }) => matches(key as readonly KeyPart[], value))
        : undefined) ??
      this.#any
    );
  }

  /** The element with this very key. */
  same({ key }: Element): Element | undefined {
    if (key === 'any') return this.#any;
    const kind = kindOf(key);
    if (kind === 'exact') return this.#exact.get(exactKey(key));
    if (kind === 'listed') return this.#listed.find((other) => equal(other.key as readonly KeyPart[], key));
    const [{ from, to }] = key as [KeyPart];
    const found = this.#interval(from);
    const part = found === undefined ? undefined : (found.key as [KeyPart])[0];
    return part?.from === from && part.to === to ? found : undefined;
  }

  /** An element of one field that shares a value with this one. */
  overlapping({ key }: Element): Element | undefined {
    if (key === 'any') return undefined;
    const [{ from, to }] = key as [KeyPart];
    for (const element of this) {
      if (element.key === 'any') continue;
      const [other] = element.key as [KeyPart];
      if (other.from <= to && from <= other.to) return element;
    }
    return undefined;
  }

  add(element: Element): void {
    const { key } = element;
    if (key === 'any') {
      this.#any = element;
      return;
    }
    const kind = kindOf(key);
    if (kind === 'exact') this.#exact.set(exactKey(key), element);
    else if (kind === 'listed') this.#listed.push(element);
    else this.#intervals.splice(this.#position((key as [KeyPart])[0].from), 0, element);
  }

  remove(element: Element): void {
    const { key } = element;
    if (key === 'any') {
      this.#any = undefined;
      return;
    }
    const kind = kindOf(key);
    if (kind === 'exact') this.#exact.delete(exactKey(key));
    else {
      const list = kind === 'listed' ? this.#listed : this.#intervals;
      const at = list.indexOf(element);
      if (at >= 0) list.splice(at, 1);
    }
  }

  /** Where the first interval begins that begins behind `value`. */
  #position(value: Scalar): number {
    let low = 0;
    let high = this.#intervals.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const [{ from }] = (this.#intervals[middle] as Element).key as [KeyPart];
      if (order(from, value) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #interval(value: Scalar): Element | undefined {
    const element = this.#intervals[this.#position(value) - 1];
    if (element === undefined) return undefined;
    return value <= (element.key as [KeyPart])[0].to ? element : undefined;
  }
}

function kindOf(key: readonly KeyPart[]): 'exact' | 'interval' | 'listed' {
  if (!key.some(isInterval)) return 'exact';
  return key.length === 1 && key[0]?.wildcard !== true ? 'interval' : 'listed';
}

function exactKey(key: readonly KeyPart[]): Scalar {
  return keyOf(key.length === 1 ? (key[0] as KeyPart).from : key.map(({ from }) => from));
}

function equal(a: readonly KeyPart[], b: readonly KeyPart[]): boolean {
  return a.every(({ from, to, wildcard }, i) => from === b[i]?.from && to === b[i]?.to && wildcard === b[i]?.wildcard);
}

export function matchesPart({ from, to, wildcard }: KeyPart, value: Scalar): boolean {
  if (wildcard === true) return (value as string).startsWith(from as string);
  return from <= value && value <= to;
}

function matches(key: readonly KeyPart[], value: Value): boolean {
  if (typeof value !== 'object') return matchesPart(key[0] as KeyPart, value);
  return key.every((part, i) => matchesPart(part, value[i] as Scalar));
}
