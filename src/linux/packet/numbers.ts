import type { IcmpError, SctpChunk, Segment } from './packet.ts';

/** EtherTypes (IEEE 802). */
export const ETHERTYPE_IP = 0x0800;
export const ETHERTYPE_ARP = 0x0806;

/** IANA's protocol numbers. */
export const protocolNumber = { icmp: 1, ipip: 4, tcp: 6, udp: 17, sctp: 132 } as const satisfies Record<
  Segment['protocol'],
  number
>;

/** Type and code of ICMP errors (RFC 792, RFC 1812, RFC 1191). */
export const icmpErrorNumber: Readonly<Record<IcmpError['code'], readonly [type: number, code: number]>> = {
  net: [3, 0],
  host: [3, 1],
  protocol: [3, 2],
  port: [3, 3],
  'fragmentation-needed': [3, 4],
  'net-prohibited': [3, 9],
  'host-prohibited': [3, 10],
  'admin-prohibited': [3, 13],
  'redirect-net': [5, 0],
  'redirect-host': [5, 1],
  'redirect-tos-net': [5, 2],
  'redirect-tos-host': [5, 3],
  ttl: [11, 0],
  reassembly: [11, 1],
};

/** Their types by number. */
export const icmpErrorType: Readonly<Record<number, IcmpError['type']>> = {
  3: 'destination-unreachable',
  5: 'redirect',
  11: 'time-exceeded',
};

/** RFC 9260, 3.2. */
export const sctpChunkNumber: Readonly<Record<SctpChunk['type'], number>> = {
  data: 0,
  init: 1,
  'init-ack': 2,
  sack: 3,
  heartbeat: 4,
  'heartbeat-ack': 5,
  abort: 6,
  shutdown: 7,
  'shutdown-ack': 8,
  error: 9,
  'cookie-echo': 10,
  'cookie-ack': 11,
  'shutdown-complete': 14,
};

/** UDP ports on which a VXLAN header follows: IANA's, and the kernel's own default, which Flannel and Calico keep. */
export const VXLAN_PORTS: readonly number[] = [4789, 8472];
