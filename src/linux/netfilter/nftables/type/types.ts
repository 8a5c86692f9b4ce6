import { etherAddress, ipv4Address, ipv6Address } from './address.ts';
import { ctDirection, ctState, ctStatus } from './conntrack.ts';
import type { DataType } from './datatype.ts';
import {
  boolean,
  dscp,
  ecn,
  etherType,
  icmpCode,
  icmpType,
  icmpv6Code,
  icmpv6Type,
  icmpxCode,
  tcpFlag,
} from './header.ts';
import {
  addressType,
  groupId,
  interfaceIndex,
  interfaceName,
  interfaceType,
  mark,
  networkProtocol,
  packetType,
  userId,
} from './meta.ts';
import { inetProtocol, inetService } from './protocol.ts';
import { relativeTime } from './time.ts';

/** What a verdict map has for data. */
export const verdictType: DataType = {
  name: 'verdict',
  description: 'netfilter verdict',
  bits: 0,
  kind: 'verdict',
  parse: () => {
    throw new TypeError('Could not parse netfilter verdict');
  },
  format: String,
};

const ALL: readonly DataType[] = [
  verdictType,
  ipv4Address,
  ipv6Address,
  etherAddress,
  etherType,
  inetProtocol,
  inetService,
  mark,
  interfaceName,
  interfaceIndex,
  interfaceType,
  packetType,
  networkProtocol,
  userId,
  groupId,
  addressType,
  ctState,
  ctStatus,
  ctDirection,
  dscp,
  ecn,
  tcpFlag,
  icmpType,
  icmpCode,
  icmpv6Type,
  icmpv6Code,
  icmpxCode,
  boolean,
  relativeTime,
];

/** The type that a set's declaration names. */
export function typeNamed(name: string): DataType | undefined {
  return ALL.find((type) => type.name === name);
}

/** How errors describe a key: `concatenation of (IPv4 address, internet network service)`. */
export function describeType(parts: readonly DataType[]): string {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first.description;
  return `concatenation of (${parts.map(({ description }) => description).join(', ')})`;
}
