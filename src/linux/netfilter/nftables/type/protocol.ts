import { type DataType, fitting, parseNumber, symbols } from './datatype.ts';

/** /etc/protocols of Debian 12. */
const PROTOCOLS: Readonly<Record<string, number>> = Object.fromEntries(
  (
    'ip 0 icmp 1 igmp 2 ggp 3 ipencap 4 st 5 tcp 6 egp 8 igp 9 pup 12 udp 17 hmp 20 xns-idp 22 rdp 27 iso-tp4 29 ' +
    'dccp 33 xtp 36 ddp 37 idpr-cmtp 38 ipv6 41 ipv6-route 43 ipv6-frag 44 idrp 45 rsvp 46 gre 47 esp 50 ah 51 ' +
    'skip 57 ipv6-icmp 58 icmpv6 58 ipv6-nonxt 59 ipv6-opts 60 rspf 73 vmtp 81 eigrp 88 ospf 89 ax.25 93 ipip 94 etherip 97 ' +
    'encap 98 pim 103 ipcomp 108 vrrp 112 l2tp 115 isis 124 sctp 132 fc 133 mobility-header 135 udplite 136 ' +
    'mpls-in-ip 137 manet 138 hip 139 shim6 140 wesp 141 rohc 142 ethernet 143'
  )
    .match(/\S+ \d+/g)
    ?.map((pair) => pair.split(' '))
    .map(([name, number]) => [name as string, Number(number)]) ?? [],
);

const NAMES = symbols('inet_proto', 'Internet protocol', 8, PROTOCOLS);

export const inetProtocol: DataType = {
  ...NAMES,
  perLine: 5,
  parse: (text) => {
    const number = Object.hasOwn(PROTOCOLS, text) ? (PROTOCOLS[text] as number) : parseNumber(text);
    if (number === undefined) throw new TypeError('Could not resolve protocol name');
    return fitting(number, 8);
  },
  format: (value, style) => (style.numericProtocol === true ? String(value) : NAMES.format(value, style)),
};

/** What of /etc/services people write into rules. */
const SERVICES: Readonly<Record<string, number>> = {
  ftp: 21,
  ssh: 22,
  telnet: 23,
  smtp: 25,
  domain: 53,
  bootps: 67,
  bootpc: 68,
  tftp: 69,
  http: 80,
  kerberos: 88,
  pop3: 110,
  sunrpc: 111,
  ntp: 123,
  'netbios-ns': 137,
  imap2: 143,
  snmp: 161,
  bgp: 179,
  ldap: 389,
  https: 443,
  'microsoft-ds': 445,
  syslog: 514,
  submission: 587,
  ldaps: 636,
  imaps: 993,
  pop3s: 995,
  mysql: 3306,
  postgresql: 5432,
  'http-alt': 8080,
};
const SERVICE_NAMES = new Map(Object.entries(SERVICES).map(([name, port]) => [port, name]));

export const inetService: DataType = {
  name: 'inet_service',
  description: 'internet network service',
  bits: 16,
  kind: 'integer',
  perLine: 5,
  parse: (text) => {
    const number = parseNumber(text);
    if (number === undefined) {
      if (Object.hasOwn(SERVICES, text)) return SERVICES[text] as number;
      throw new TypeError('Could not resolve service: Servname not supported for ai_socktype');
    }
    if (number > 65535) throw new TypeError('Service out of range');
    return number;
  },
  format: (value, style) => {
    const name = style.services === true ? SERVICE_NAMES.get(value as number) : undefined;
    return name === undefined ? String(value) : `"${name}"`;
  },
};
