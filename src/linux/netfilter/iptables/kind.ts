import { formatIp, netmask, parseIp } from '../../packet/address.ts';
import { parseNumber, parsePort } from './names.ts';
import { Problem } from './problem.ts';

/** What an option's argument may be: how it is read, and how it is written. */
export interface Kind<T> {
  /** false: the option stands alone. */
  readonly argument: boolean;
  /** Throws `Problem`. `extension` and `option` are named in it. */
  parse(text: string, extension: string, option: string): T;
  save(value: T): string;
}

/** An option without an argument. */
export const flag: Kind<true> = { argument: false, parse: () => true, save: () => '' };

/** A whole number. */
export function number(most: number, least = 0): Kind<number> {
  return {
    argument: true,
    parse(text, extension, option) {
      const value = parseNumber(text, most);
      if (value !== undefined && value >= least) return value;
      throw new Problem(`${extension}: bad value for option "--${option}", or out of range (${least}-${most}).\n`);
    },
    save: String,
  };
}

/** Text; what is longer than `most` is cut. */
export function text(most: number, least = 0): Kind<string> {
  return {
    argument: true,
    parse(value) {
      if (value.length < least) throw new Problem(`Argument must have a minimum length of ${least} characters\n`);
      return value.slice(0, most);
    },
    save: quoted,
  };
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** `8080`, `8000:8099`, `:1023`, `1024:`, names of services too (xtables_parse_port of the older extensions). */
export const portRange: Kind<Range> = {
  argument: true,
  parse(value) {
    const colon = value.indexOf(':');
    if (colon < 0) {
      const port = aPort(value);
      return { from: port, to: port };
    }
    const from = colon === 0 ? 0 : aPort(value.slice(0, colon));
    const to = colon === value.length - 1 ? 65535 : aPort(value.slice(colon + 1));
    if (from > to) throw new Problem('invalid portrange (min > max)');
    return { from, to };
  },
  save: ({ from, to }) => (from === to ? String(from) : `${from}:${to}`),
};

function aPort(value: string): number {
  const port = parsePort(value);
  if (port === undefined) throw new Problem(`invalid port/service \`${value}' specified`);
  return port;
}

/** The same as the newer extensions read it (xtopt_parse_mport): no check of the order, and of numbers the low 16 bits. */
export const portPair: Kind<Range> = {
  argument: true,
  parse(value, extension, option) {
    const parts = value.split(':');
    if (parts.length > 2) throw new Problem(`${extension}: Too many components for option "--${option}" (max: 2)\n`);
    const [from, to] = parts.map((part, i) => {
      if (part === '') return i === 0 ? 0 : 65535;
      const port = parsePort(part) ?? parseNumber(part, 0xffffffff);
      if (port === undefined) throw new Problem(`Port "${part}" does not resolve to anything.\n`);
      return port & 0xffff;
    }) as [number, number?];
    return { from, to: to ?? from };
  },
  save: ({ from, to }) => (from === to ? String(from) : `${from}:${to}`),
};

/** Words with commas between them, each known by its beginning; `bad` says what is none. Kept as bits in the order of `names`. */
export function wordList(
  names: readonly string[],
  bad: (rest: string) => string,
  write: readonly string[] = names,
): Kind<number> {
  return {
    argument: true,
    parse(value) {
      let bits = 0;
      let rest = value;
      for (;;) {
        const comma = rest.indexOf(',');
        const word = (comma < 0 ? rest : rest.slice(0, comma)).toLowerCase();
        const at = names.findIndex((name) => word !== '' && name.toLowerCase().startsWith(word));
        if (at < 0) throw new Problem(bad(comma < 0 ? rest : word === '' ? rest : rest.slice(0, comma)));
        bits |= 1 << at;
        if (comma < 0) return bits;
        rest = rest.slice(comma + 1);
      }
    },
    save: (bits) => write.filter((name) => (bits & (1 << names.indexOf(name))) !== 0).join(','),
  };
}

export interface Masked {
  readonly value: number;
  readonly mask: number;
}

/** `0x1/0xff`: a mark and its mask, each 32 bits. */
export const markMask: Kind<Masked> = {
  argument: true,
  parse(argument, extension, option) {
    const slash = argument.indexOf('/');
    const value = parseNumber(slash < 0 ? argument : argument.slice(0, slash), 0xffffffff);
    const mask = slash < 0 ? 0xffffffff : parseNumber(argument.slice(slash + 1), 0xffffffff);
    if (value !== undefined && mask !== undefined) return { value, mask };
    const garbage = /^(0x[0-9a-f]+|\d+)(\/(0x[0-9a-f]+|\d+))?[^\d/]/i.test(argument);
    throw new Problem(
      garbage
        ? `${extension}: trailing garbage after value for option "--${option}".\n`
        : `${extension}: bad integer value for option "--${option}", or out of range.\n`,
    );
  },
  save: ({ value, mask }) => (mask === 0xffffffff ? hex(value) : `${hex(value)}/${hex(mask)}`),
};

/** An address with its mask, as a pair of 32-bit numbers. */
export interface MaskedAddress {
  readonly address: number;
  readonly mask: number;
}

export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

/** Prefix length of a mask, or its dotted form where it is none. */
export function maskText(mask: number): string {
  for (let length = 32; length >= 0; length--) if (netmask(length) === mask) return String(length);
  return formatIp(mask);
}

/** An address as inet_aton(3) reads it: `10.1` is 10.0.0.1, `010.1.2.3` begins with an octal number. */
export function parseAddress(value: string): number | undefined {
  const plain = parseIp(value);
  if (plain !== undefined) return Number(plain);
  const parts = value.split('.').map((part) => parseNumber(part, 0xffffffff));
  if (parts.length > 4) return undefined;
  let address = 0;
  for (const [i, part] of parts.entries()) {
    if (part === undefined) return undefined;
    const last = i === parts.length - 1;
    if (part > (last ? 256 ** (4 - i) - 1 : 255)) return undefined;
    address += last ? part : part * 256 ** (3 - i);
  }
  return address;
}

/** How iptables-save writes a text argument: between quotes where a restore would take it apart (xtables_save_string). */
export function quoted(value: string): string {
  if (/^[\w-]+$/.test(value)) return value;
  return `"${value.replace(/["'\\]/g, '\\$&')}"`;
}
