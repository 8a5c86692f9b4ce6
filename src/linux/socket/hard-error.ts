import type { IcmpError } from '../packet/packet.ts';

/** icmp_err_convert in the kernel's net/ipv4/icmp.c: these may pass by themselves, so a connection goes on trying. */
const SOFT: ReadonlySet<string> = new Set(['net', 'host', 'ttl', 'reassembly']);

/**
 * Does an ICMP error end what a socket was doing (RFC 1122, 4.2.3.9)? A path's smaller MTU is no end for TCP, which sends
 * smaller segments, but what a connected UDP socket is told at once.
 */
export function isHard(code: IcmpError['code'], protocol: 'udp' | 'tcp'): boolean {
  return code === 'fragmentation-needed' ? protocol === 'udp' : !SOFT.has(code);
}
