/** TCP's sequence numbers count modulo 2^32 (RFC 9293, 3.4). */
export function add(sequence: number, bytes: number): number {
  return (sequence + bytes) >>> 0;
}

/** How far `to` is ahead of `from`; negative when it is behind. */
export function distance(from: number, to: number): number {
  return (to - from) | 0;
}
