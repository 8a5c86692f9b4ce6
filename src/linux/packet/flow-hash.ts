import type { IpPacket } from './packet.ts';

/**
 * A number for a packet's flow, the same both ways (skb_get_hash, whose secret seed the simulation has fixed).
 * @returns 32 bits, unsigned
 */
export function flowHash(packet: IpPacket): number {
  const { source, destination, payload } = packet;
  const protocol = payload.protocol;
  let ports = protocol === 'icmp' || protocol === 'ipip' ? 0 : payload.sourcePort ^ payload.destinationPort;
  if (packet.fragment !== undefined) ports = 0;
  let hash = Number(source) ^ Number(destination) ^ Math.imul(ports + protocol.charCodeAt(0), 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** udp_flow_src_port: a port of the range `[least, most]` for a tunnel's outer packet. */
export function flowPort(hash: number, [least, most]: readonly [number, number]): number {
  const mixed = (hash ^ (hash << 16)) >>> 0;
  return least + Math.floor((mixed * (most - least)) / 2 ** 32);
}
