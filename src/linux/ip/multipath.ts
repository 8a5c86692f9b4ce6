import type { IpAddress } from '../packet/address.ts';
import type { IpPacket } from '../packet/packet.ts';
import type { Flow } from './flow.ts';
import type { Route } from './route.ts';

export interface HashPolicy {
  /** net.ipv4.fib_multipath_hash_policy: 0 addresses, 1 ports too. */
  readonly policy: number;
  /** The kernel draws it when it starts. */
  readonly seed: number;
}

/** Murmur3's steps; which hash it is can't be seen, only that one flow has one way. */
function mix(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const h = hash ^ k;
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

/** fib_multipath_hash: 31 bits. An ICMP error goes the way of the packets that it is about. */
function flowHash(flow: Flow, { policy, seed }: HashPolicy): number {
  let { source = 0, destination, payload } = flow;
  const original = (payload as Partial<{ original: IpPacket }> | undefined)?.original;
  if (original !== undefined && policy === 0) ({ source, destination } = original);
  let hash = mix(mix(seed, Number(source)), Number(destination));
  if (policy === 1 && payload !== undefined) {
    hash = mix(hash, ((payload.sourcePort ?? 0) << 16) | (payload.destinationPort ?? 0));
    hash = mix(hash, String(payload.protocol).length + String(payload.protocol).charCodeAt(0));
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  return hash >>> 1;
}

/** Can packets go this way now? */
function open({ device }: Route): boolean {
  if (device === undefined || !device.up) return false;
  return device.carrier || device.inet.ignore_routes_with_linkdown === 0;
}

/**
 * fib_select_multipath: the next hop whose share of the hash's range this flow falls into; of the namespace's own
 * packets, sooner one whose device has the packet's source (Linux 6.15).
 */
export function choosePath(paths: readonly Route[], flow: Flow, policy: HashPolicy): Route | undefined {
  let total = 0;
  for (const path of paths) if (open(path)) total += path.weight ?? 1;
  if (total === 0) return undefined;
  const at = (flowHash(flow, policy) / 2 ** 31) * total;
  const source: IpAddress = flow.in === undefined ? (flow.source ?? 0) : 0;
  let best: Route | undefined;
  let score = -1;
  let sum = 0;
  for (const path of paths) {
    if (!open(path)) continue;
    sum += path.weight ?? 1;
    let own = at < sum ? 1 : 0;
    if (source !== 0 && path.nextHopSource === source) own += 2;
    if (own > score) [best, score] = [path, own];
    if (score === 3 || (source === 0 && score === 1)) break;
  }
  return best;
}
