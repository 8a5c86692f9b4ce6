import type { TcpSegment } from '../../../packet/packet.ts';
import { match, option, type RuleHead } from '../extension.ts';
import { flag, type Kind, portRange } from '../kind.ts';
import { parseNumber } from '../names.ts';
import { Problem } from '../problem.ts';
import { compilePorts, listPorts, nativePorts, onlyOne, ports, settlePorts, translatePorts } from './ports.ts';

/** By bit, from FIN on. */
const FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG'] as const;
const NAMED: Readonly<Record<string, number>> = {
  FIN: 1,
  SYN: 2,
  RST: 4,
  PSH: 8,
  ACK: 16,
  URG: 32,
  ALL: 63,
  NONE: 0,
};
const SYN_MASK = 0x17;

interface Flags {
  readonly mask: number;
  readonly set: number;
}

const flagsKind: Kind<Flags> = {
  argument: true,
  parse(value) {
    const [mask = '', set = ''] = value.split(' ');
    if (set === '') throw new Problem('--tcp-flags requires two args.');
    return { mask: parseFlags(mask), set: parseFlags(set) };
  },
  save: ({ mask, set }) => `${flagNames(mask)} ${flagNames(set)}`,
};

function parseFlags(value: string): number {
  let bits = 0;
  for (const name of value.split(',').filter((part) => part !== '')) {
    const bit = NAMED[name.toUpperCase()];
    if (bit === undefined) throw new Problem(`Unknown TCP flag \`${name}'`);
    bits |= bit;
  }
  return bits;
}

function flagNames(bits: number): string {
  return bits === 0 ? 'NONE' : FLAGS.filter((_, i) => (bits & (1 << i)) !== 0).join(',');
}

/** As nft says them, in the order of their bits. */
function nftFlags(bits: number, between = ','): string {
  const names = FLAGS.filter((_, i) => (bits & (1 << i)) !== 0).map((name) => name.toLowerCase());
  return names.length === 0 ? '0x0' : names.join(between);
}

const optionKind: Kind<number> = {
  argument: true,
  parse(value) {
    const number = parseNumber(value, 255);
    if (number === undefined || number === 0) throw new Problem(`Bad TCP option "${value}"`);
    return number;
  },
  save: String,
};

const FLAGS_TWICE = "Only one of `--syn' or `--tcp-flags'  allowed";

export const tcp = match({
  name: 'tcp',
  summary: 'ports, flags and options of a TCP segment',
  leavesOut: 'of TCP options, segments here have the maximum segment size alone',
  options: {
    ...ports(portRange, onlyOne),
    'tcp-option': option(optionKind, { invert: true, twice: "Only one `--tcp-option' allowed" }),
    'tcp-flags': option(flagsKind, { invert: true, words: 2, twice: FLAGS_TWICE }),
    syn: option(flag, { invert: true, twice: FLAGS_TWICE }),
  },
  settle(values, head) {
    requireProtocol(values, head, 6, "TCP match requires '-p tcp'");
    const { syn, ...rest } = settlePorts(values);
    if (syn === undefined) return rest;
    if (rest['tcp-flags'] !== undefined) throw new Problem(FLAGS_TWICE);
    return { ...rest, 'tcp-flags': { value: { mask: SYN_MASK, set: 2 }, inverted: syn.inverted } };
  },
  // Without an option to TCP's options it becomes expressions of nftables, which ask for no protocol; xt_tcp does.
  refused: (values, head) =>
    (head.protocol !== 6 || head.protocolInverted) &&
    (Object.keys(values).length === 0 || values['tcp-option'] !== undefined),
  list(values, numeric) {
    const parts = ['tcp', listPorts(values, numeric, 'tcp')];
    const wanted = values['tcp-option'];
    if (wanted !== undefined) parts.push(`option=${wanted.inverted ? '!' : ''}${wanted.value}`);
    const flags = values['tcp-flags'];
    if (flags !== undefined) {
      const { mask, set } = flags.value;
      const text = numeric ? `${hexByte(mask)}/${hexByte(set)}` : `${flagNames(mask)}/${flagNames(set)}`;
      parts.push(`flags:${flags.inverted ? '!' : ''}${text}`);
    }
    return parts.filter(Boolean).join(' ');
  },
  translate(values) {
    const parts = [...translatePorts('tcp', values)];
    const flags = values['tcp-flags'];
    if (flags !== undefined && flags.value.mask !== 0) {
      const { mask, set } = flags.value;
      parts.push(`tcp flags ${flags.inverted ? '!= ' : ''}${nftFlags(set)} / ${nftFlags(mask)}`);
    }
    const wanted = values['tcp-option'];
    if (wanted !== undefined) parts.push(`tcp option ${wanted.value} ${wanted.inverted ? 'missing' : 'exists'}`);
    return parts.join(' ');
  },
  native(values, head) {
    const flags = values['tcp-flags'];
    const { mask, set } = flags?.value ?? { mask: 0, set: 0 };
    if (values['tcp-option'] !== undefined) return undefined;
    if (mask === 0 && set === 0 && !values.sport && !values.dport) return undefined;
    const parts = [...nativePorts('tcp', values, head)];
    if (mask === 0) return parts;
    const compared = flags?.inverted ? '!=' : '==';
    return [`tcp flags & (${nftFlags(mask, '|')}) ${compared} ${set === 0 ? '0' : nftFlags(set, '|')}`, ...parts];
  },
  compile(values) {
    const samePorts = compilePorts('tcp', values);
    const flags = values['tcp-flags'];
    const wanted = values['tcp-option'];
    if (flags === undefined && wanted === undefined) return samePorts;
    return (passage) => {
      if (!samePorts(passage)) return false;
      const segment = passage.packet.payload as TcpSegment;
      if (flags !== undefined) {
        const { mask, set } = flags.value;
        if (((bitsOf(segment) & mask) === set) === flags.inverted) return false;
      }
      return wanted === undefined || (wanted.value === 2 && segment.mss !== undefined) !== wanted.inverted;
    };
  },
});

function hexByte(value: number): string {
  return `0x${value.toString(16).toUpperCase().padStart(2, '0')}`;
}

function bitsOf({ fin, syn, rst, psh, ack }: TcpSegment): number {
  return (fin ? 1 : 0) | (syn ? 2 : 0) | (rst ? 4 : 0) | (psh ? 8 : 0) | (ack ? 16 : 0);
}

/** Some of the protocols' matches ask for `-p` themselves, where they were given an option. */
function requireProtocol(values: object, head: RuleHead, protocol: number, message: string): void {
  if (Object.keys(values).length > 0 && head.protocol !== protocol) throw new Problem(message);
}
