/** An IPv4 address as an unsigned 32-bit number; IPv6 addresses are bigints, so that `typeof` tells the family. */
export type IpAddress = number | bigint;

/** A MAC address as an unsigned 48-bit number. */
export type MacAddress = number;

export interface Prefix {
  /** The address as written: host bits are kept (`10.244.1.7/24`). */
  readonly address: IpAddress;
  /** Leading bits that are the network. */
  readonly length: number;
}

export const BROADCAST_MAC: MacAddress = 0xffffffffffff;

/** Parses dotted-quad text. @returns undefined for anything else (IPv6 is not modelled yet). */
export function parseIp(text: string): IpAddress | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  let value = 0;
  for (let i = 1; i <= 4; i++) {
    const part = match[i] as string;
    const byte = Number(part);
    if (byte > 255 || (part.length > 1 && part.startsWith('0'))) return undefined;
    value = value * 256 + byte;
  }
  return value;
}

export function formatIp(address: IpAddress): string {
  const n = Number(address);
  return `${(n >>> 24) & 255}.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}`;
}

/** Parses `a.b.c.d/n`; without `/n` the whole address is the prefix. */
export function parsePrefix(text: string): Prefix | undefined {
  const slash = text.indexOf('/');
  const address = parseIp(slash < 0 ? text : text.slice(0, slash));
  const bits = slash < 0 ? '32' : text.slice(slash + 1);
  if (address === undefined || !/^\d{1,2}$/.test(bits) || Number(bits) > 32) return undefined;
  return { address, length: Number(bits) };
}

export function formatPrefix(prefix: Prefix): string {
  return `${formatIp(prefix.address)}/${prefix.length}`;
}

/** The IPv4 netmask of a prefix length, as an unsigned number. */
export function netmask(length: number): number {
  return length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0;
}

/** The prefix with its host bits cleared. */
export function networkOf(prefix: Prefix): Prefix {
  return { address: (Number(prefix.address) & netmask(prefix.length)) >>> 0, length: prefix.length };
}

export function contains(prefix: Prefix, address: IpAddress): boolean {
  const mask = netmask(prefix.length);
  return (Number(prefix.address) & mask) >>> 0 === (Number(address) & mask) >>> 0;
}

export function formatMac(mac: MacAddress): string {
  return mac
    .toString(16)
    .padStart(12, '0')
    .replace(/(..)(?=.)/g, '$1:');
}

export function parseMac(text: string): MacAddress | undefined {
  return /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text) ? Number.parseInt(text.replaceAll(':', ''), 16) : undefined;
}

/** 255.255.255.255: everybody on this link (RFC 919). */
export const BROADCAST_ADDRESS: IpAddress = 0xffffffff;

/** 224.0.0.0/4 (RFC 5771). */
export function isMulticast(address: IpAddress): boolean {
  return Number(address) >>> 28 === 14;
}
