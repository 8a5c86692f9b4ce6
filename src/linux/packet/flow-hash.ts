import type { IpPacket } from './packet.ts';

/**
 * A number for a packet's flow, the same both ways (skb_get_hash, whose secret seed the simulation has fixed).
 * @returns 32 bits, unsigned
 */
export function flowHash(packet: IpPacket): number {
  const { source, destination, payload } = packet;
  const { protocol } = payload;
  let hash = mix(protocol.charCodeAt(0), Number(source), Number(destination));
  if (protocol !== 'icmp' && protocol !== 'ipip' && packet.fragment === undefined) {
    hash = mix(hash, payload.sourcePort, payload.destinationPort);
  }
  return hash;
}

/** Both ways alike (__flow_hash_consistentify). */
function mix(hash: number, a: number, b: number): number {
  for (const word of a < b ? [a, b] : [b, a]) {
    hash = Math.imul(hash ^ word, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash >>> 0;
}

/** udp_flow_src_port: a port of the range `[least, most]` for a tunnel's outer packet. */
export function flowPort(hash: number, [least, most]: readonly [number, number]): number {
  const mixed = (hash ^ (hash << 16)) >>> 0;
  return least + Math.floor((mixed * (most - least)) / 2 ** 32);
}
