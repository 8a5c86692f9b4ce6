import type { Passage } from '../passage.ts';

/** What an expression yields: integers up to 53 bits as numbers, longer ones as bigints, names as strings. */
export type Scalar = number | bigint | string;

/** A concatenation has one value a part. */
export type Value = Scalar | readonly Scalar[];

/** Reads a value from a packet; `undefined`: the packet has no such thing, and the rule doesn't match (NFT_BREAK). */
export type Read = (passage: Passage) => Value | undefined;

/** A value as a key of a hash table. */
export function keyOf(value: Value): Scalar {
  if (typeof value !== 'object') return value;
  // Two parts, often an address and a port, fit into one number.
  return value.length === 1 ? (value[0] as Scalar) : value.join(' ');
}
