import type { Errno } from '../errno.ts';
import { BROADCAST_ADDRESS, isMulticast } from '../packet/address.ts';
import { icmpErrorNumber, icmpErrorType } from '../packet/numbers.ts';
import type { IcmpEcho, IcmpError, IpPacket } from '../packet/packet.ts';

/** May a host answer this packet with an ICMP error at all? (RFC 1122, 3.2.2) */
export function mayReport(packet: IpPacket): boolean {
  const { payload, source, destination, fragment } = packet;
  if (payload.protocol === 'icmp' && payload.type !== 'echo-request' && payload.type !== 'echo-reply') return false;
  if (fragment !== undefined && fragment.offset > 0) return false;
  return source !== 0 && destination !== BROADCAST_ADDRESS && !isMulticast(source) && !isMulticast(destination);
}

export function echoReply(request: IcmpEcho): IcmpEcho {
  const { identifier, sequence, data } = request;
  return { protocol: 'icmp', type: 'echo-reply', identifier, sequence, data };
}

/** `more`: an MTU with fragmentation-needed, a router with a redirect. */
export function icmpError(
  code: IcmpError['code'],
  original: IpPacket,
  more: Pick<IcmpError, 'mtu' | 'gateway'> = {},
): IcmpError {
  const type = icmpErrorType[icmpErrorNumber[code][0]] ?? 'destination-unreachable';
  return { protocol: 'icmp', type, code, ...more, original };
}

/** What a socket is told about an ICMP error (icmp_err_convert and icmp_time_exceed in the kernel's net/ipv4). */
export function errnoOf(error: IcmpError): Errno {
  switch (error.code) {
    case 'net':
    case 'net-prohibited':
      return 'ENETUNREACH';
    case 'protocol':
      return 'ENOPROTOOPT';
    case 'port':
      return 'ECONNREFUSED';
    case 'fragmentation-needed':
      return 'EMSGSIZE';
    case 'host':
    case 'host-prohibited':
    case 'admin-prohibited':
    case 'ttl':
    case 'reassembly':
      return 'EHOSTUNREACH';
    case 'redirect-net':
    case 'redirect-host':
    case 'redirect-tos-net':
    case 'redirect-tos-host':
      return 'EREMOTEIO';
  }
}
