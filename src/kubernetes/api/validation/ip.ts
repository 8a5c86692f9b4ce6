import type { FieldErrors } from './field-errors.ts';

/** An address of either family, as Go's `net.IP` understands it: one that is IPv4 written as IPv6 is IPv4. */
export interface Address {
  readonly family: 'IPv4' | 'IPv6';
  readonly bytes: readonly number[];
  /** Written as Go's older parser took it, and the strict one doesn't: with leading zeros. */
  readonly zeros: boolean;
  /** Written as `::ffff:1.2.3.4`. */
  readonly mapped: boolean;
}

export interface Prefix {
  readonly address: Address;
  readonly length: number;
  readonly zeros: boolean;
}

const IP = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const CIDR = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

export function parseAddress(text: string): Address | undefined {
  return text.includes(':') ? parse6(text) : parse4(text);
}

function parse4(text: string): Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d+$/.test(part) && Number(part) <= 255)) return undefined;
  const zeros = parts.some((part) => part.length > 1 && part.startsWith('0'));
  return { family: 'IPv4', bytes: parts.map(Number), zeros, mapped: false };
}

function parse6(text: string): Address | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => groups(half));
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const zeros = head.zeros || tail?.zeros === true;
  const missing = 16 - head.bytes.length - (tail?.bytes.length ?? 0);
  if (halves.length === 2 ? missing < 2 : missing !== 0) return undefined;
  const bytes = [...head.bytes, ...new Array<number>(missing).fill(0), ...(tail?.bytes ?? [])];
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  if (mapped) return { family: 'IPv4', bytes: bytes.slice(12), zeros, mapped };
  return { family: 'IPv6', bytes, zeros, mapped };
}

function groups(text: string): { readonly bytes: number[]; readonly zeros: boolean } | undefined {
  const bytes: number[] = [];
  let zeros = false;
  const parts = text === '' ? [] : text.split(':');
  for (const [index, part] of parts.entries()) {
    if (index === parts.length - 1 && part.includes('.')) {
      const inner = parse4(part);
      if (inner === undefined) return undefined;
      zeros = inner.zeros;
      bytes.push(...inner.bytes);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined;
      const value = Number.parseInt(part, 16);
      bytes.push(value >> 8, value & 255);
    }
  }
  return { bytes, zeros };
}

/** The canonical text (RFC 5952). */
export function formatAddress({ family, bytes }: Pick<Address, 'family' | 'bytes'>): string {
  if (family === 'IPv4') return bytes.join('.');
  const words = Array.from({ length: 8 }, (_, i) =>
    (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16),
  );
  let best = { start: 0, length: 0 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (words[start + length] === '0') length++;
    if (length > best.length) best = { start, length };
  }
  if (best.length < 2) return words.join(':');
  return `${words.slice(0, best.start).join(':')}::${words.slice(best.start + best.length).join(':')}`;
}

export function parseCidr(text: string): Prefix | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const address = parseAddress(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  if (address === undefined || !/^\d+$/.test(digits)) return undefined;
  const written = Number(digits);
  // The length of a mapped address counts from the IPv6 form's start.
  const length = address.mapped ? written - 96 : written;
  if (length < 0 || length > address.bytes.length * 8) return undefined;
  return { address, length, zeros: address.zeros || (digits.length > 1 && digits.startsWith('0')) };
}

/** The prefix's first address. */
export function maskedBytes({ address, length }: Prefix): number[] {
  return address.bytes.map((byte, i) => byte & (0xff00 >> Math.min(8, Math.max(0, length - 8 * i))) & 255);
}

export function formatCidr(prefix: Prefix): string {
  return `${formatAddress({ family: prefix.address.family, bytes: maskedBytes(prefix) })}/${prefix.length}`;
}

export function contains(prefix: Prefix, address: Address): boolean {
  if (prefix.address.family !== address.family) return false;
  return maskedBytes({ address, length: prefix.length, zeros: false }).join() === maskedBytes(prefix).join();
}

export function isIpv6(text: string): boolean {
  return parseAddress(text)?.family === 'IPv6';
}

/** What is wrong with an address; nothing with one of `kept`, which was accepted before. */
export function ipProblem(value: string, kept: readonly string[] = []): string | undefined {
  if (kept.includes(value)) return undefined;
  const address = parseAddress(value);
  if (address === undefined) return IP;
  if (address.zeros) return 'must not have leading 0s';
  return address.mapped ? 'must not be an IPv4-mapped IPv6 address' : undefined;
}

/** As `ipProblem`, for the newer fields, where only one way of writing is right. */
export function canonicalIpProblem(value: string): string | undefined {
  const problem = ipProblem(value);
  const address = parseAddress(value);
  if (problem !== undefined || address === undefined) return problem;
  const canonical = formatAddress(address);
  return value === canonical ? undefined : `must be in canonical form (${JSON.stringify(canonical)})`;
}

export function cidrProblem(value: string, kept: readonly string[] = []): string | undefined {
  if (kept.includes(value)) return undefined;
  const prefix = parseCidr(value);
  if (prefix === undefined) return CIDR;
  if (prefix.zeros) return 'must not have leading 0s in IP or prefix length';
  if (prefix.address.mapped) return 'must not have an IPv4-mapped IPv6 address';
  if (maskedBytes(prefix).join() !== prefix.address.bytes.join()) {
    return 'must not have bits set beyond the prefix length';
  }
  return undefined;
}

export function canonicalCidrProblem(value: string): string | undefined {
  const problem = cidrProblem(value);
  const prefix = parseCidr(value);
  if (problem !== undefined || prefix === undefined) return problem;
  const canonical = formatCidr(prefix);
  return value === canonical ? undefined : `must be in canonical form (${JSON.stringify(canonical)})`;
}

/** Reports a problem at `path`; true where there is none. */
export function report(path: string, value: string, problem: string | undefined, errors: FieldErrors): boolean {
  if (problem !== undefined) errors.invalid(path, value, problem);
  return problem === undefined;
}

/** Addresses that no endpoint may have. */
export function validateEndpointIp(value: string, path: string, errors: FieldErrors): void {
  const address = parseAddress(value);
  if (address === undefined) {
    errors.invalid(path, value, 'must be a valid IP address');
    return;
  }
  const { family, bytes } = address;
  const [a = 0, b = 0, c = 0] = bytes;
  const four = family === 'IPv4';
  const zerosBefore = bytes.slice(0, -1).every((byte) => byte === 0);
  const last = bytes.at(-1);
  if (zerosBefore && last === 0) errors.invalid(path, value, `may not be unspecified (${value})`);
  if (four ? a === 127 : zerosBefore && last === 1) {
    errors.invalid(path, value, 'may not be in the loopback range (127.0.0.0/8, ::1/128)');
  }
  if (four ? a === 169 && b === 254 : a === 0xfe && (b & 0xc0) === 0x80) {
    errors.invalid(path, value, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)');
  }
  if (four ? a === 224 && b === 0 && c === 0 : a === 0xff && (b & 0x0f) === 2) {
    errors.invalid(path, value, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)');
  }
}
