import { serviceName, servicePort } from './services.ts';

/** What iptables calls protocols by itself (xtables_chain_protos); the last name of a number is the one it prints. */
const OWN: readonly (readonly [string, number])[] = [
  ['tcp', 6],
  ['sctp', 132],
  ['udp', 17],
  ['udplite', 136],
  ['icmp', 1],
  ['icmpv6', 58],
  ['ipv6-icmp', 58],
  ['esp', 50],
  ['ah', 51],
  ['ipv6-mh', 135],
  ['mh', 135],
  ['all', 0],
];

/** What Debian's /etc/protocols adds, as far as somebody may write it into a rule. */
const PROTOCOLS: readonly (readonly [string, number])[] = [
  ['ip', 0],
  ['igmp', 2],
  ['ggp', 3],
  ['ipencap', 4],
  ['st', 5],
  ['egp', 8],
  ['igp', 9],
  ['hmp', 20],
  ['xns-idp', 22],
  ['rdp', 27],
  ['iso-tp4', 29],
  ['dccp', 33],
  ['xtp', 36],
  ['ddp', 37],
  ['idpr-cmtp', 38],
  ['ipv6', 41],
  ['ipv6-route', 43],
  ['ipv6-frag', 44],
  ['idrp', 45],
  ['rsvp', 46],
  ['gre', 47],
  ['skip', 57],
  ['ipv6-nonxt', 59],
  ['ipv6-opts', 60],
  ['rspf', 73],
  ['vmtp', 81],
  ['eigrp', 88],
  ['ospf', 89],
  ['ax.25', 93],
  ['ipip', 94],
  ['etherip', 97],
  ['encap', 98],
  ['pim', 103],
  ['ipcomp', 108],
  ['vrrp', 112],
  ['l2tp', 115],
  ['isis', 124],
  ['fc', 133],
  ['mobility-header', 135],
  ['mpls-in-ip', 137],
  ['manet', 138],
  ['hip', 139],
  ['shim6', 140],
  ['wesp', 141],
  ['rohc', 142],
  ['ethernet', 143],
];

const protocolNumbers = new Map([...PROTOCOLS, ...OWN]);
const ownNames = new Map<number, string>();
for (const [name, number] of OWN) if (!ownNames.has(number) || name === 'ipv6-icmp') ownNames.set(number, name);
const protocolNames = new Map(PROTOCOLS.map(([name, number]) => [number, name]));

/** @returns undefined where no such protocol is known. */
export function parseProtocol(text: string): number | undefined {
  return parseNumber(text, 255) ?? protocolNumbers.get(text.toLowerCase());
}

/** `tcp`; `undefined`: it has a number only. */
export function protocolName(number: number): string | undefined {
  return ownNames.get(number) ?? protocolNames.get(number);
}

/** A port's number or its service's name. @returns undefined for neither. */
export function parsePort(text: string): number | undefined {
  return parseNumber(text, 65535) ?? servicePort(text);
}

/** `http`; the number where no service is known for it. */
export function portName(port: number, protocol: string): string {
  return serviceName(port, protocol) ?? String(port);
}

/** A whole number as strtoul(3) reads it: decimal, `0x...` or octal. @returns undefined for anything else. */
export function parseNumber(text: string, most: number): number | undefined {
  if (!/^(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/.test(text)) return undefined;
  const octal = /^0[0-7]+$/.test(text);
  const value = octal ? Number.parseInt(text, 8) : Number(text);
  return value > most ? undefined : value;
}
