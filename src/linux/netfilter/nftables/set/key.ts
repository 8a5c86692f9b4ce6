import type { DataType, Style } from '../type/datatype.ts';
import type { Scalar } from '../value.ts';

/** One part of a key: a value (`from` equals `to`), an interval, or names that begin alike. */
export interface KeyPart {
  readonly from: Scalar;
  readonly to: Scalar;
  /** `eth*`: `from` without the asterisk. */
  readonly wildcard?: boolean;
}

/** A concatenation has one part a field; `any` is the element `*`. */
export type Key = readonly KeyPart[] | 'any';

export function single(value: Scalar): KeyPart {
  return { from: value, to: value };
}

export function isInterval({ from, to, wildcard }: KeyPart): boolean {
  return from !== to || wildcard === true;
}

/** The interval that a prefix is. */
export function prefixPart(value: number | bigint, length: number, bits: number): KeyPart {
  const hosts = 2n ** BigInt(bits - length) - 1n;
  const from = (BigInt(value) / (hosts + 1n)) * (hosts + 1n);
  return typeof value === 'bigint' ? { from, to: from + hosts } : { from: Number(from), to: Number(from + hosts) };
}

/** Leading bits that all of an interval have in common, if these are what makes it; undefined for any other interval. */
export function prefixLength({ from, to }: KeyPart, bits: number): number | undefined {
  if (typeof from === 'string' || typeof to === 'string') return undefined;
  const size = BigInt(to) - BigInt(from) + 1n;
  if ((size & (size - 1n)) !== 0n || BigInt(from) % size !== 0n) return undefined;
  return bits - (size.toString(2).length - 1);
}

/** `prefixes`: an interval that is a prefix is written as one, as in sets and after a mask; not what was given as a range. */
export function formatPart(part: KeyPart, type: DataType, style: Style, prefixes = true): string {
  if (part.wildcard === true) return `"${part.from}*"`;
  const from = type.format(part.from, style);
  if (part.from === part.to) return from;
  const length = prefixes && type.prefixes === true ? prefixLength(part, type.bits) : undefined;
  if (length !== undefined) return `${from}/${length}`;
  const numeric = { ...style, numeric: true, numericProtocol: true, numericTime: true };
  return `${type.format(part.from, numeric)}-${type.format(part.to, numeric)}`;
}

export function formatKey(key: Key, types: readonly DataType[], style: Style): string {
  if (key === 'any') return '*';
  return key.map((part, i) => formatPart(part, types[i] as DataType, style)).join(' . ');
}

/**
 * How nft sorts what it lists (expr_msort_cmp): numbers by value; names, and concatenations as a whole, as numbers whose
 * last byte weighs most. Names among intervals (`eth*`) sort as they are spelled.
 */
export function compareKeys(a: Key, b: Key, types: readonly DataType[], intervals: boolean): number {
  if (a === 'any' || b === 'any') return a === b ? 0 : a === 'any' ? 1 : -1;
  const type = types[0] as DataType;
  if (types.length === 1 && (type.kind !== 'string' || intervals)) return order(a[0]?.from ?? 0, b[0]?.from ?? 0);
  const x = bytesOf(a, types);
  const y = bytesOf(b, types);
  for (let i = Math.max(x.length, y.length) - 1; i >= 0; i--) {
    const difference = (x[i] ?? 0) - (y[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export function order(a: Scalar, b: Scalar): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function bytesOf(key: readonly KeyPart[], types: readonly DataType[]): number[] {
  const bytes: number[] = [];
  key.forEach(({ from }, i) => {
    const { bits } = types[i] as DataType;
    const length = Math.ceil(bits / 8);
    if (typeof from === 'string') {
      for (let at = 0; at < length; at++) bytes.push(at < from.length ? from.charCodeAt(at) & 255 : 0);
    } else {
      for (let at = length - 1; at >= 0; at--) bytes.push(Number((BigInt(from) >> BigInt(at * 8)) & 255n));
    }
  });
  return bytes;
}
