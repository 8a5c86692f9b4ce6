import { encodePacket } from '../../../packet/encode.ts';
import type { IpPacket, Segment, TcpSegment } from '../../../packet/packet.ts';
import { packetLength, segmentLength } from '../../../packet/size.ts';
import { icmpNumbers } from '../../log.ts';
import { ipv4Address, ipv6Address } from '../type/address.ts';
import { type DataType, integer } from '../type/datatype.ts';
import { dscp, ecn, icmpCode, icmpType, icmpv6Code, icmpv6Type, tcpFlag } from '../type/header.ts';
import { inetProtocol, inetService } from '../type/protocol.ts';
import type { Scalar } from '../value.ts';
import type { Field, HeaderProtocol, Selector } from './selector.ts';

/** A header field: its place, its type, how it is read from a packet and how a changed packet is made. */
interface HeaderField extends Field {
  readonly offset: number;
  readonly type: DataType;
  readonly read?: (packet: IpPacket) => Scalar | undefined;
  readonly write?: (packet: IpPacket, value: number) => IpPacket | undefined;
}

type Fields = Readonly<Record<string, HeaderField>>;

export const protocolNumber: Readonly<Record<Segment['protocol'], number>> = {
  icmp: 1,
  ipip: 4,
  tcp: 6,
  udp: 17,
  sctp: 132,
};

/** A fragment but the first has no transport header. */
function segment(packet: IpPacket): Segment | undefined {
  return packet.fragment !== undefined && packet.fragment.offset > 0 ? undefined : packet.payload;
}

function of<P extends Segment['protocol']>(
  protocol: P,
  read: (segment: Extract<Segment, { protocol: P }>) => Scalar | undefined,
): (packet: IpPacket) => Scalar | undefined {
  return (packet) => {
    const found = segment(packet);
    return found?.protocol === protocol ? read(found as Extract<Segment, { protocol: P }>) : undefined;
  };
}

const IP_HEADER = 20;
const NO_CHECKSUM = 'packets have no checksums here';

const ip: Fields = {
  version: { summary: 'always 4', offset: 0, type: integer(4), read: () => 4 },
  hdrlength: { summary: 'always 5: there are no options', offset: 4, type: integer(4), read: () => 5 },
  dscp: {
    summary: 'the upper six bits of the type of service',
    offset: 8,
    type: dscp,
    read: (packet) => packet.tos >> 2,
    write: (packet, value) => ({ ...packet, tos: (packet.tos & 3) | (value << 2) }),
  },
  ecn: {
    summary: 'the lower two bits of the type of service',
    offset: 14,
    type: ecn,
    read: (packet) => packet.tos & 3,
    write: (packet, value) => ({ ...packet, tos: (packet.tos & 0xfc) | value }),
  },
  length: { summary: "the packet's length", offset: 16, type: integer(16), read: packetLength },
  id: { summary: 'the identification', offset: 32, type: integer(16), read: ({ id }) => id },
  'frag-off': {
    summary: 'the flags and the offset of a fragment, as the header has them',
    offset: 48,
    type: integer(16),
    read: ({ dontFragment, fragment }) =>
      (dontFragment ? 0x4000 : 0) | (fragment?.more === true ? 0x2000 : 0) | ((fragment?.offset ?? 0) >> 3),
  },
  ttl: {
    summary: 'the time to live',
    offset: 64,
    type: integer(8),
    read: ({ ttl }) => ttl,
    write: (packet, ttl) => ({ ...packet, ttl }),
  },
  protocol: {
    summary: 'the protocol of what follows the header',
    offset: 72,
    type: inetProtocol,
    read: ({ payload }) => protocolNumber[payload.protocol],
  },
  checksum: { summary: 'the checksum', offset: 80, type: integer(16), refused: NO_CHECKSUM },
  saddr: {
    summary: 'the source address',
    offset: 96,
    type: ipv4Address,
    read: ({ source }) => source,
    write: (packet, source) => ({ ...packet, source }),
  },
  daddr: {
    summary: 'the destination address',
    offset: 128,
    type: ipv4Address,
    read: ({ destination }) => destination,
    write: (packet, destination) => ({ ...packet, destination }),
  },
};

/** No packet is IPv6 here: these are read and printed, and match nothing. */
const ip6: Fields = {
  version: { summary: 'never matches', offset: 0, type: integer(4) },
  dscp: { summary: 'never matches', offset: 4, type: dscp },
  length: { summary: 'never matches', offset: 32, type: integer(16) },
  nexthdr: { summary: 'never matches', offset: 48, type: inetProtocol },
  hoplimit: { summary: 'never matches', offset: 56, type: integer(8) },
  saddr: { summary: 'never matches', offset: 64, type: ipv6Address },
  daddr: { summary: 'never matches', offset: 192, type: ipv6Address },
};

function port(side: 'sourcePort' | 'destinationPort', protocols: readonly string[]): HeaderField {
  return {
    summary: side === 'sourcePort' ? 'the source port' : 'the destination port',
    offset: side === 'sourcePort' ? 0 : 16,
    type: inetService,
    read: (packet) => {
      const found = segment(packet);
      return found !== undefined && side in found && protocols.includes(found.protocol)
        ? (found as TcpSegment)[side]
        : undefined;
    },
    write: (packet, value) => {
      const found = segment(packet);
      if (found === undefined || !(side in found) || !protocols.includes(found.protocol)) return undefined;
      return { ...packet, payload: { ...(found as TcpSegment), [side]: value } };
    },
  };
}

function flagsOf({ fin, syn, rst, psh, ack }: TcpSegment): number {
  return (fin ? 1 : 0) | (syn ? 2 : 0) | (rst ? 4 : 0) | (psh ? 8 : 0) | (ack ? 16 : 0);
}

const tcp: Fields = {
  sport: port('sourcePort', ['tcp']),
  dport: port('destinationPort', ['tcp']),
  sequence: { summary: 'the sequence number', offset: 32, type: integer(32), read: of('tcp', (s) => s.sequence) },
  ackseq: {
    summary: 'the acknowledgement number',
    offset: 64,
    type: integer(32),
    read: of('tcp', (s) => s.acknowledgement),
  },
  doff: {
    summary: "the header's length in words",
    offset: 96,
    type: integer(4),
    read: of('tcp', ({ mss }) => (mss === undefined ? 5 : 6)),
  },
  flags: { summary: 'the flags', offset: 104, type: tcpFlag, read: of('tcp', flagsOf) },
  window: { summary: 'the window', offset: 112, type: integer(16), read: of('tcp', ({ window }) => window) },
  checksum: { summary: 'the checksum', offset: 128, type: integer(16), refused: NO_CHECKSUM },
  urgptr: { summary: 'always 0', offset: 144, type: integer(16), read: of('tcp', () => 0) },
};

const udp: Fields = {
  sport: port('sourcePort', ['udp']),
  dport: port('destinationPort', ['udp']),
  length: { summary: "the datagram's length", offset: 32, type: integer(16), read: of('udp', segmentLength) },
  checksum: { summary: 'the checksum', offset: 48, type: integer(16), refused: NO_CHECKSUM },
};

const sctp: Fields = {
  sport: port('sourcePort', ['sctp']),
  dport: port('destinationPort', ['sctp']),
  vtag: { summary: 'the verification tag', offset: 32, type: integer(32), read: of('sctp', (s) => s.verificationTag) },
};

const PORTS = ['tcp', 'udp', 'sctp'];
const th: Fields = { sport: anyPort('sourcePort'), dport: anyPort('destinationPort') };

/** nft_payload reads whatever stands where ports would: of ICMP its type and code, and its checksum. */
function anyPort(side: 'sourcePort' | 'destinationPort'): HeaderField {
  const field = port(side, PORTS);
  const at = IP_HEADER + field.offset / 8;
  return {
    ...field,
    summary: `${field.summary}; what another protocol has in its place is read, but not set`,
    read: (packet) => {
      const found = segment(packet);
      if (found === undefined || PORTS.includes(found.protocol)) return field.read?.(packet);
      const bytes = encodePacket(packet);
      return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    },
  };
}

const icmp: Fields = {
  type: { summary: 'the type', offset: 0, type: icmpType, read: of('icmp', (m) => icmpNumbers(m)[0]) },
  code: { summary: 'the code', offset: 8, type: icmpCode, read: of('icmp', (m) => icmpNumbers(m)[1]) },
  checksum: { summary: 'the checksum', offset: 16, type: integer(16), refused: NO_CHECKSUM },
  id: {
    summary: "an echo's identifier",
    offset: 32,
    type: integer(16),
    read: of('icmp', (m) => ('data' in m ? m.identifier : undefined)),
  },
  sequence: {
    summary: "an echo's sequence number",
    offset: 48,
    type: integer(16),
    read: of('icmp', (m) => ('data' in m ? m.sequence : undefined)),
  },
  mtu: {
    summary: 'the MTU that fragmentation-needed tells',
    offset: 48,
    type: integer(16),
    read: of('icmp', (m) => ('data' in m ? undefined : (m.mtu ?? 0))),
  },
};

const icmpv6: Fields = {
  type: { summary: 'never matches', offset: 0, type: icmpv6Type },
  code: { summary: 'never matches', offset: 8, type: icmpv6Code },
};

/** Every header and its fields. */
export const headers: Readonly<Record<HeaderProtocol, Fields>> = { ip, ip6, tcp, udp, sctp, th, icmp, icmpv6 };

/** Headers that nft knows and packets here don't have. */
export const refusedHeaders = ['ether', 'vlan', 'arp', 'igmp', 'udplite', 'dccp', 'ah', 'esp', 'comp'];

/** The protocols that stand on IPv4 or IPv6 alone. */
export function networkOf(protocol: HeaderProtocol): 'ip' | 'ip6' | undefined {
  if (protocol === 'ip' || protocol === 'icmp') return 'ip';
  return protocol === 'ip6' || protocol === 'icmpv6' ? 'ip6' : undefined;
}

export function headerSelector(protocol: HeaderProtocol, name: string): Selector | undefined {
  const field = Object.hasOwn(headers[protocol], name) ? headers[protocol][name] : undefined;
  if (field === undefined) return undefined;
  const { read, write, type, offset } = field;
  return {
    text: `${protocol} ${name}`,
    type,
    header: { protocol, offset },
    compile: () => (read === undefined ? () => undefined : ({ packet }) => read(packet)),
    ...(write !== undefined && {
      write: () => (passage, value) => {
        const changed = write(passage.packet, value as number);
        if (changed !== undefined) passage.packet = changed;
      },
    }),
  };
}
