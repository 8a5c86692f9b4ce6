import { formatIp, formatMac, parseIp, parseMac } from '../../../packet/address.ts';
import type { DataType } from './datatype.ts';
import { formatIpv6, parseIpv6 } from './ipv6.ts';

const UNRESOLVED = 'Could not resolve hostname: ';

/** Host names need a resolver, which nft asks and which isn't there while rules are loaded. */
function unresolved(text: string): TypeError {
  return new TypeError(
    UNRESOLVED + (/^[\d.]+$/.test(text) ? 'Name or service not known' : 'Temporary failure in name resolution'),
  );
}

export const ipv4Address: DataType = {
  name: 'ipv4_addr',
  description: 'IPv4 address',
  bits: 32,
  kind: 'integer',
  prefixes: true,
  perLine: 2,
  parse: (text) => {
    // A bare number is an address too (inet_aton).
    const address = parseIp(text) ?? (/^\d+$/.test(text) && Number(text) <= 0xffffffff ? Number(text) : undefined);
    if (address === undefined) throw unresolved(text);
    return address;
  },
  format: (value) => formatIp(value as number),
};

export const ipv6Address: DataType = {
  name: 'ipv6_addr',
  description: 'IPv6 address',
  bits: 128,
  kind: 'integer',
  prefixes: true,
  parse: (text) => {
    const address = parseIpv6(text);
    if (address === undefined) throw unresolved(text);
    return address;
  },
  format: (value) => formatIpv6(BigInt(value)),
};

export const etherAddress: DataType = {
  name: 'ether_addr',
  description: 'Ethernet address',
  bits: 48,
  kind: 'integer',
  perLine: 2,
  parse: (text) => {
    const mac = parseMac(text.replace(/(^|:)([0-9a-fA-F])(?=:|$)/g, '$10$2'));
    if (mac === undefined) throw new TypeError('Could not parse Ethernet address');
    return mac;
  },
  format: (value) => formatMac(value as number),
};
