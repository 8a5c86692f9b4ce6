/** Protocols that stand before `host`, `port`, `[...]`, or alone. */
export const protocols = ['ether', 'ip', 'arp', 'rarp', 'ip6', 'tcp', 'udp', 'sctp', 'icmp', 'icmp6', 'igmp'] as const;
export type Protocol = (typeof protocols)[number];

const modelled = [
  'src dst host net mask port portrange proto gateway less greater byte broadcast multicast and or not len length',
  'inbound outbound ifindex link',
];

/** Words of pcap-filter(7) that libpcap knows and this simulation has nothing for. */
const others = [
  'ppp slip fddi tr wlan igrp pim vrrp carp radio ah esp atalk aarp decnet lat sca moprc mopdl iso esis es-is isis is-is',
  'l1 l2 iih lsp snp csnp psnp clnp stp ipx netbeui protochain type subtype direction dir address1 addr1 address2 addr2',
  'address3 addr3 address4 addr4 ra ta vlan mpls pppoed pppoes geneve lane llc metac bcc oam oamf4 oamf4ec oamf4sc sc',
  'ilmic vpi vci connectmsg metaconnect on ifname rset ruleset rnr rulenum srnr subrulenum reason action fisu lssu lsu',
  'msu hfisu hlssu hmsu sio opc dpc sls hsio hopc hdpc hsls',
];

const split = (lines: readonly string[]) => lines.flatMap((line) => line.split(' '));

/** Each word that is none of a host's or a port's, and whether it is modelled. */
export const keywords: ReadonlyMap<string, boolean> = new Map([
  ...[...split(modelled), ...protocols].map((word) => [word, true] as const),
  ...split(others).map((word) => [word, false] as const),
]);

/** Names for numbers: offsets of fields, and values that they have. */
export const constants: ReadonlyMap<string, number> = new Map(
  Object.entries({
    icmptype: 0,
    icmpcode: 1,
    'icmp-echoreply': 0,
    'icmp-unreach': 3,
    'icmp-sourcequench': 4,
    'icmp-redirect': 5,
    'icmp-echo': 8,
    'icmp-routeradvert': 9,
    'icmp-routersolicit': 10,
    'icmp-timxceed': 11,
    'icmp-paramprob': 12,
    'icmp-tstamp': 13,
    'icmp-tstampreply': 14,
    'icmp-ireq': 15,
    'icmp-ireqreply': 16,
    'icmp-maskreq': 17,
    'icmp-maskreply': 18,
    icmp6type: 0,
    icmp6code: 1,
    'icmp6-echo': 128,
    'icmp6-echoreply': 129,
    tcpflags: 13,
    'tcp-fin': 0x01,
    'tcp-syn': 0x02,
    'tcp-rst': 0x04,
    'tcp-push': 0x08,
    'tcp-ack': 0x10,
    'tcp-urg': 0x20,
    'tcp-ece': 0x40,
    'tcp-cwr': 0x80,
  }),
);
