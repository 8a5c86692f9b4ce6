import type { Milliseconds } from '../../../../simulation/clock.ts';
import type { DataType, Style } from '../type/datatype.ts';
import { formatTime } from '../type/time.ts';
import type { Value } from '../value.ts';
import { formatVerdict, type Verdict } from '../verdict.ts';
import { formatKey, type Key } from './key.ts';

/** What a map has behind a key: a verdict, or values (a range of addresses too, for NAT to prefixes). */
export type Data = { readonly verdict: Verdict } | { readonly value: Value };

/** A counter or limit that an element has for itself. */
export interface ElementStatement {
  print(style: Style): string;
  /** @returns false where the element counts as not found (a limit that is used up). */
  pass(bytes: number): boolean;
}

/** An element of a set or map. */
export interface Element {
  readonly key: Key;
  readonly data: Data | undefined;
  readonly comment: string | undefined;
  /** Its own, else the set's holds. */
  timeout: Milliseconds | undefined;
  /** Virtual time; undefined: never. */
  expires: Milliseconds | undefined;
  readonly statements: readonly ElementStatement[];
}

export interface ElementFormat {
  readonly types: readonly DataType[];
  readonly dataTypes: readonly DataType[];
  /** The set's own timeout, which isn't repeated at its elements. */
  readonly timeout: Milliseconds | undefined;
  readonly now: Milliseconds;
}

/** As `nft list` prints one: `10.0.0.1 counter packets 0 bytes 0 timeout 5s expires 3s comment "x" : accept`. */
export function formatElement(element: Element, format: ElementFormat, style: Style): string {
  const { data, comment, timeout, expires, statements } = element;
  let text = formatKey(element.key, format.types, style);
  for (const statement of statements) text += ` ${statement.print(style)}`;
  if (timeout !== undefined && timeout !== format.timeout) text += ` timeout ${formatTime(timeout, style)}`;
  if (expires !== undefined && style.stateless !== true) {
    text += ` expires ${formatTime(Math.max(0, expires - format.now), style)}`;
  }
  if (comment !== undefined) text += ` comment "${comment}"`;
  if (data === undefined) return text;
  return `${text} : ${'verdict' in data ? formatVerdict(data.verdict) : formatValue(data.value, format.dataTypes, style)}`;
}

export function formatValue(value: Value, types: readonly DataType[], style: Style): string {
  const parts = typeof value === 'object' ? value : [value];
  return parts.map((part, i) => (types[i] as DataType).format(part, style)).join(' . ');
}
