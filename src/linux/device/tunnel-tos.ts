/** RFC 6040 as the kernel's inet_ecn.h has it: what a tunnel does to the two bits of congestion notification. */
const ECN = 3;
const CONGESTED = 3;
const CAPABLE = 2;

/** The outer packet's type of service byte. `tos`: the tunnel's own; `inherit`: the inner packet's. */
export function encapsulatedTos(tos: number | 'inherit', inner: number): number {
  const outer = (tos === 'inherit' ? inner : tos) & ~ECN;
  return outer | ((inner & ECN) === CONGESTED ? CAPABLE : inner & ECN);
}

/** Congestion was met by a packet that can't tell of it, and is dropped (INET_ECN_decapsulate). */
export function congestionUntold(inner: number, outer: number): boolean {
  return (outer & ECN) === CONGESTED && (inner & ECN) === 0;
}

/** The inner packet's byte behind the tunnel: congestion that the outer packet met is told on. */
export function decapsulatedTos(inner: number, outer: number): number {
  return (outer & ECN) === CONGESTED && (inner & ECN) !== 0 ? inner | CONGESTED : inner;
}
