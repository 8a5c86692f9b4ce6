import { formatIp } from '../../../linux/packet/address.ts';
import type { Printer } from '../printer.ts';
import { printName, skipName } from './domain-name.ts';

const types: ReadonlyMap<number, string> = new Map([
  ...(
    'A NS MD MF CNAME SOA MB MG MR NULL WKS PTR HINFO MINFO MX TXT RP AFSDB X25 ISDN RT NSAP NSAP_PTR SIG KEY PX ' +
    'GPOS AAAA LOC NXT EID NIMLOC SRV ATMA NAPTR KX CERT A6 DNAME SINK OPT APL DS SSHFP IPSECKEY RRSIG NSEC DNSKEY'
  )
    .split(' ')
    .map((name, index) => [index + 1, name] as const),
  ...'SPF UINFO UID GID UNSPEC UNSPECA'.split(' ').map((name, index) => [index + 99, name] as const),
  ...'TKEY TSIG IXFR AXFR MAILB MAILA ANY URI'.split(' ').map((name, index) => [index + 249, name] as const),
]);
const classes: ReadonlyMap<number, string> = new Map([
  [1, 'IN'],
  [3, 'CHAOS'],
  [4, 'HS'],
  [255, 'ANY'],
]);
const options: ReadonlyMap<number, string> = new Map([
  [3, 'NSID'],
  [8, 'ECS'],
  [9, 'EXPIRE'],
  [10, 'COOKIE'],
  [11, 'KEEPALIVE'],
  [12, 'PADDING'],
]);
const [IN, A, NS, CNAME, SOA, PTR, MX, TXT, AAAA, SRV, DNAME, OPT] = [1, 1, 2, 5, 6, 12, 15, 16, 28, 33, 39, 41];
const COOKIE = 10;

export const typeName = (type: number): string => types.get(type) ?? `Type${type}`;
export const className = (kind: number): string => classes.get(kind) ?? `(Class ${kind})`;

/** One resource record (ns_rprint). @returns what is behind it; `undefined`: it is cut. */
export function printRecord(printer: Printer, from: number, base: number, multicast: boolean): number | undefined {
  const { verbose } = printer.options;
  let at: number | undefined;
  if (verbose > 0) {
    printer.put(' ');
    at = printName(printer, from, base);
    if (at === undefined) return undefined;
  } else at = skipName(printer, from);
  if (at === undefined || !printer.has(at, 10)) return printer.end;
  const type = printer.uint16(at);
  const found = printer.uint16(at + 2);
  const kind = multicast ? found & 0x7fff : found;
  if (kind !== IN && type !== OPT) printer.put(` ${className(kind)}`);
  if (multicast && (found & 0x8000) !== 0) printer.put(' (Cache flush)');
  if (type !== OPT && verbose > 2) printer.put(` [${duration(printer.uint32(at + 4))}]`);
  const flags = printer.uint16(at + 6);
  const length = printer.uint16(at + 8);
  const data = at + 10;
  const behind = data + length;
  printer.put(` ${typeName(type)}`);
  if (behind > printer.end) return undefined;
  return printData(printer, type, data, length, base, kind, flags) ? behind : undefined;
}

function printData(
  printer: Printer,
  type: number,
  at: number,
  length: number,
  base: number,
  size: number,
  flags: number,
): boolean {
  const name = (where: number) => printName(printer, where, base);
  switch (type) {
    case A:
      if (!printer.has(at, 4)) return false;
      printer.put(` ${formatIp(printer.uint32(at))}`);
      return true;
    case AAAA:
      if (!printer.has(at, 16)) return false;
      printer.put(` ${ip6Text(printer, at)}`);
      return true;
    case NS:
    case CNAME:
    case PTR:
    case DNAME:
      printer.put(' ');
      return name(at) !== undefined;
    case MX:
      printer.put(' ');
      if (!printer.has(at, 2) || name(at + 2) === undefined) return false;
      printer.put(` ${printer.uint16(at)}`);
      return true;
    case SRV:
      printer.put(' ');
      if (!printer.has(at, 6) || name(at + 6) === undefined) return false;
      printer.put(`:${printer.uint16(at + 4)} ${printer.uint16(at)} ${printer.uint16(at + 2)}`);
      return true;
    case TXT:
      for (let next = at; next < at + length; ) {
        const count = printer.uint8(next);
        if (!printer.has(next + 1, count)) return false;
        printer.put(` "${printer.characters(next + 1, count)}"`);
        next += 1 + count;
      }
      return true;
    case SOA: {
      if (printer.options.verbose === 0) return true;
      printer.put(' ');
      const owner = name(at);
      if (owner === undefined) return false;
      printer.put(' ');
      const numbers = name(owner);
      if (numbers === undefined || !printer.has(numbers, 20)) return false;
      for (let i = 0; i < 5; i++) printer.put(` ${printer.uint32(numbers + i * 4)}`);
      return true;
    }
    case OPT:
      printer.put(` UDPsize=${size}${(flags & 0x8000) === 0 ? '' : ' DO'}`);
      return length === 0 || printOptions(printer, at, at + length);
    default:
      return true;
  }
}

/** EDNS options. */
function printOptions(printer: Printer, from: number, end: number): boolean {
  printer.put(' [');
  for (let at = from; at < end; ) {
    if (!printer.has(at, 4)) return false;
    const kind = printer.uint16(at);
    const length = printer.uint16(at + 2);
    at += 4;
    printer.put(options.get(kind) ?? `Opt${kind}`);
    if (!printer.has(at, length)) return false;
    const bytes = Array.from({ length }, (_, i) =>
      printer
        .uint8(at + i)
        .toString(16)
        .padStart(2, '0'),
    );
    if (kind === COOKIE && length > 8) bytes.splice(8, 0, ' ');
    if (length > 0) printer.put(` ${bytes.join('')}`);
    at += length;
    if (at < end) printer.put(',');
  }
  printer.put(']');
  return true;
}

/** `1h2m3s` */
function duration(seconds: number): string {
  if (seconds === 0) return '0s';
  const units = [
    [31536000, 'y'],
    [604800, 'w'],
    [86400, 'd'],
    [3600, 'h'],
    [60, 'm'],
    [1, 's'],
  ] as const;
  let left = seconds;
  let text = '';
  for (const [size, unit] of units) {
    if (left < size) continue;
    text += `${Math.floor(left / size)}${unit}`;
    left %= size;
  }
  return text;
}

/** RFC 5952: the longest run of zero words is left out. */
function ip6Text(printer: Printer, at: number): string {
  const words = Array.from({ length: 8 }, (_, i) => printer.uint16(at + i * 2).toString(16));
  let best = { start: 0, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (words[start + length] === '0') length++;
    if (length > best.length) best = { start, length };
  }
  if (best.length < 2) return words.join(':');
  return `${words.slice(0, best.start).join(':')}::${words.slice(best.start + best.length).join(':')}`;
}
