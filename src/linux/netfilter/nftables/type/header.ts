import { type DataType, integer, symbols } from './datatype.ts';

/** Types of header fields whose values have names. */

export const dscp = symbols(
  'dscp',
  'Differentiated Services Code Point',
  6,
  {
    cs0: 0x00,
    cs1: 0x08,
    cs2: 0x10,
    cs3: 0x18,
    cs4: 0x20,
    cs5: 0x28,
    cs6: 0x30,
    cs7: 0x38,
    df: 0x00,
    be: 0x00,
    lephb: 0x01,
    af11: 0x0a,
    af12: 0x0c,
    af13: 0x0e,
    af21: 0x12,
    af22: 0x14,
    af23: 0x16,
    af31: 0x1a,
    af32: 0x1c,
    af33: 0x1e,
    af41: 0x22,
    af42: 0x24,
    af43: 0x26,
    va: 0x2c,
    ef: 0x2e,
  },
  { unknown: 'hex' },
);

export const ecn = symbols(
  'ecn',
  'Explicit Congestion Notification',
  2,
  { 'not-ect': 0, ect1: 1, ect0: 2, ce: 3 },
  { unknown: 'hex' },
);

export const tcpFlag = symbols(
  'tcp_flag',
  'TCP flag',
  8,
  { fin: 0x01, syn: 0x02, rst: 0x04, psh: 0x08, ack: 0x10, urg: 0x20, ecn: 0x40, cwr: 0x80 },
  { kind: 'bitmask', unknown: 'hex' },
);

export const icmpType = symbols('icmp_type', 'ICMP type', 8, {
  'echo-reply': 0,
  'destination-unreachable': 3,
  'source-quench': 4,
  redirect: 5,
  'echo-request': 8,
  'router-advertisement': 9,
  'router-solicitation': 10,
  'time-exceeded': 11,
  'parameter-problem': 12,
  'timestamp-request': 13,
  'timestamp-reply': 14,
  'info-request': 15,
  'info-reply': 16,
  'address-mask-request': 17,
  'address-mask-reply': 18,
});

export const icmpCode = symbols('icmp_code', 'icmp code', 8, {
  'net-unreachable': 0,
  'host-unreachable': 1,
  'prot-unreachable': 2,
  'port-unreachable': 3,
  'net-prohibited': 9,
  'host-prohibited': 10,
  'admin-prohibited': 13,
  'frag-needed': 4,
});

export const icmpv6Type = symbols('icmpv6_type', 'ICMPv6 type', 8, {
  'destination-unreachable': 1,
  'packet-too-big': 2,
  'time-exceeded': 3,
  'parameter-problem': 4,
  'echo-request': 128,
  'echo-reply': 129,
  'mld-listener-query': 130,
  'mld-listener-report': 131,
  'mld-listener-done': 132,
  'nd-router-solicit': 133,
  'nd-router-advert': 134,
  'nd-neighbor-solicit': 135,
  'nd-neighbor-advert': 136,
  'nd-redirect': 137,
  'router-renumbering': 138,
});

export const icmpv6Code = symbols('icmpv6_code', 'icmpv6 code', 8, {
  'no-route': 0,
  'admin-prohibited': 1,
  'addr-unreachable': 3,
  'port-unreachable': 4,
  'policy-fail': 5,
  'reject-route': 6,
});

/** Reasons that fit both families, for `reject with icmpx`. */
export const icmpxCode = symbols('icmpx_code', 'icmpx code', 8, {
  'port-unreachable': 1,
  'admin-prohibited': 3,
  'no-route': 0,
  'host-unreachable': 2,
});

export const etherType = symbols('ether_type', 'Ethernet protocol', 16, {
  ip: 0x0800,
  arp: 0x0806,
  ip6: 0x86dd,
  '8021q': 0x8100,
  '8021ad': 0x88a8,
  vlan: 0x8100,
});

export const boolean: DataType = symbols('boolean', 'boolean type', 1, { exists: 1, missing: 0 });

export const plain16 = integer(16);
