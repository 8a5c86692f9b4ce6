import { icmpError } from '../../ip/icmp.ts';
import { BROADCAST_ADDRESS, isMulticast } from '../../packet/address.ts';
import type { IpPacket } from '../../packet/packet.ts';

/** What no path may be narrower than, to be told of (net/ipv4/ip_tunnel_core.c). */
const LEAST_MTU = 576;

/**
 * iptunnel_pmtud_check_icmp, iptunnel_pmtud_build_icmp: what a packet's sender is told in the name of its receiver, where
 * a bridge has led it into a tunnel that is too narrow. @returns undefined for packets that bring no ICMP error.
 */
export function pathMtuError(cause: IpPacket, mtu: number): IpPacket | undefined {
  const { source, destination, dontFragment, fragment, payload, ttl } = cause;
  if (mtu < LEAST_MTU || !dontFragment || fragment !== undefined) return undefined;
  if (destination === BROADCAST_ADDRESS || source === BROADCAST_ADDRESS) return undefined;
  if (isMulticast(destination) || isMulticast(source)) return undefined;
  const network = Number(source) >>> 24;
  if (network === 0 || network === 127) return undefined;
  if (payload.protocol === 'icmp' && 'original' in payload) return undefined;
  const error = icmpError('fragmentation-needed', cause, { mtu });
  return {
    kind: 'ip',
    source: destination,
    destination: source,
    ttl,
    tos: 0,
    id: 0,
    dontFragment: true,
    payload: error,
  };
}
