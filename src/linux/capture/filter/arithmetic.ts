import { FilterError } from './error.ts';
import type { Test, View } from './view.ts';

/** A number that is read from, or worked out of, a packet: 32 bits, unsigned. */
export interface Value {
  readonly of: (view: View) => number;
  /** What must hold for it to be there: `tcp[13]` needs a TCP packet. */
  readonly needs?: Test | undefined;
  /** Set for a number that stands in the text. */
  readonly constant?: number;
}

export const constant = (value: number): Value => ({ of: () => value, constant: value });

export function negative({ of, needs }: Value): Value {
  return { of: (view) => -of(view) >>> 0, needs };
}

const operations: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => (a + b) >>> 0,
  '-': (a, b) => (a - b) >>> 0,
  '*': (a, b) => Math.imul(a, b) >>> 0,
  '/': (a, b) => Math.floor(a / b),
  '%': (a, b) => a % b,
  '&': (a, b) => (a & b) >>> 0,
  '|': (a, b) => (a | b) >>> 0,
  '^': (a, b) => (a ^ b) >>> 0,
  '<<': (a, b) => (b > 31 ? 0 : (a << b) >>> 0),
  '>>': (a, b) => (b > 31 ? 0 : a >>> b),
};

/** Each binary operator and how strongly it binds; `%` and `^` have no precedence in libpcap's grammar. */
export const precedence: ReadonlyMap<string, number | undefined> = new Map([
  ['|', 1],
  ['&', 2],
  ['<<', 3],
  ['>>', 3],
  ['+', 4],
  ['-', 4],
  ['*', 5],
  ['/', 5],
  ['%', undefined],
  ['^', undefined],
]);

/** libpcap's gen_arth, which forgets what its right operand needs. Division by zero ends the filter, as in BPF. */
export function operate(operator: string, left: Value, right: Value, at: number): Value {
  if (right.constant === 0 && operator === '/') throw new FilterError('division by zero', at);
  if (right.constant === 0 && operator === '%') throw new FilterError('modulus by zero', at);
  const shift = operator === '<<' || operator === '>>';
  if (shift && right.constant !== undefined && right.constant > 31) {
    throw new FilterError('shift by more than 31 bits', at);
  }
  const apply = operations[operator] as (a: number, b: number) => number;
  const divides = operator === '/' || operator === '%';
  return {
    needs: left.needs,
    of: (view) => {
      const a = left.of(view);
      const b = right.of(view);
      if (divides && b === 0) {
        view.overrun = true;
        return 0;
      }
      return apply(a, b);
    },
  };
}

const relations: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
};

export const isRelation = (text: string): boolean => Object.hasOwn(relations, text);

export function relate(relation: string, left: Value, right: Value): Test {
  const holds = relations[relation] as (a: number, b: number) => boolean;
  return (view) => {
    if (left.needs !== undefined && !left.needs(view)) return false;
    if (right.needs !== undefined && !right.needs(view)) return false;
    return holds(left.of(view), right.of(view));
  };
}
