import { formatIp, netmask } from '../../../packet/address.ts';
import { conntrackOf } from '../../conntrack/conntrack.ts';
import type { ConnectionEntry, Tracked, Tuple } from '../../conntrack/tracked.ts';
import { type Given, match, type Values as OptionValues, option } from '../extension.ts';
import { type Kind, type MaskedAddress, maskText, parseAddress, portPair, type Range, wordList } from '../kind.ts';
import { parseNumber, parseProtocol } from '../names.ts';
import { Problem } from '../problem.ts';
import { protocolNumber } from '../protocol-number.ts';
import { stateBit, translateState } from './state.ts';

/** By bit; SNAT and DNAT are no states but whether the connection's addresses are translated. */
const STATES = ['INVALID', 'NEW', 'RELATED', 'ESTABLISHED', 'UNTRACKED', 'SNAT', 'DNAT'] as const;
const [SNAT, DNAT] = [1 << 5, 1 << 6];
const STATUSES = ['NONE', 'EXPECTED', 'SEEN_REPLY', 'ASSURED', 'CONFIRMED'] as const;

const states = wordList(STATES, (rest) => `Bad ctstate "${rest}"`);
const statusWords = wordList(STATUSES, (rest) => `Bad ctstatus "${rest}"`);
/** `NONE` beside others says nothing. */
const statuses: Kind<number> = {
  ...statusWords,
  parse(value, extension, name) {
    const bits = statusWords.parse(value, extension, name);
    return bits > 1 ? bits & ~1 : bits;
  },
};

const protocol: Kind<number> = {
  argument: true,
  parse(value) {
    const found = parseProtocol(value);
    if (found === undefined) throw new Problem(`unknown protocol "${value}" specified`);
    return found;
  },
  save: String,
};

const address: Kind<MaskedAddress> = {
  argument: true,
  parse(value, extension, name) {
    const [host = '', mask] = value.split(/\/(.*)/s);
    const found = parseAddress(host);
    if (found === undefined) throw new Problem('getaddrinfo: Temporary failure in name resolution\n');
    if (mask === undefined) return { address: found, mask: 0xffffffff };
    const length = parseNumber(mask, 0xffffffff);
    if (length !== undefined && length <= 32) return { address: found, mask: netmask(length) };
    const dotted = parseAddress(mask);
    if (dotted !== undefined) return { address: found, mask: dotted };
    const neither = 'neither a valid network mask nor valid CIDR (0-32)';
    throw new Problem(`${extension}: bad value for option "--${name}", ${neither}.\n`);
  },
  save: ({ address: value, mask }) => formatIp(value) + lengthText(mask),
};

/** A mask that is no prefix is not written. */
function lengthText(mask: number): string {
  const text = maskText(mask);
  return text === '32' || text.includes('.') ? '' : `/${text}`;
}

const direction: Kind<'ORIGINAL' | 'REPLY'> = {
  argument: true,
  parse(value, extension, name) {
    const found = (['ORIGINAL', 'REPLY'] as const).find((one) => one === value.toUpperCase());
    if (found === undefined) throw new Problem(`${extension}: Bad value for "--${name}" option: "${value}"`);
    return found;
  },
  save: (value) => value,
};

/** conntrack3_mt_xlate: SNAT and DNAT hide the other states, and are inverted where the status is. */
function translation(values: Values): string {
  const { ctdir, ctproto, ctstate, ctstatus } = values;
  const parts: string[] = [];
  if (ctdir !== undefined) parts.push(`ct direction ${ctdir.value.toLowerCase()}`);
  const not = (given: Given<unknown>) => (given.inverted ? '!= ' : '');
  if (ctproto !== undefined) {
    parts.push(`ct ${ctdir?.value === 'REPLY' ? 'reply' : 'original'} protocol ${not(ctproto)}${ctproto.value}`);
  }
  if (ctstate !== undefined && (ctstate.value & (SNAT | DNAT)) !== 0) {
    parts.push(`ct status ${ctstatus?.inverted ? '!=' : ''}${(ctstate.value & SNAT) !== 0 ? 'snat' : 'dnat'}`);
  } else if (ctstate !== undefined) parts.push(`ct state ${translateState(ctstate)}`);
  if (ctstatus !== undefined) {
    const names = STATUSES.filter((_, i) => i > 0 && (ctstatus.value & (1 << i)) !== 0);
    const words = names.map((name) => name.toLowerCase().replace('_', '-')).join(',');
    parts.push(`ct status ${[ctstatus.inverted ? '!' : '', words].filter(Boolean).join(' ')}`.trimEnd());
  }
  for (const side of ['orig', 'repl'] as const) {
    for (const end of ['src', 'dst'] as const) {
      const given = values[`ct${side}${end}`];
      const whose = side === 'orig' ? 'original' : 'reply';
      const field = end === 'src' ? 'saddr' : 'daddr';
      if (given !== undefined) parts.push(`ct ${whose} ${field} ${not(given)}${address.save(given.value)}`);
    }
  }
  for (const side of ['orig', 'repl'] as const) {
    for (const end of ['src', 'dst'] as const) {
      const given = values[`ct${side}${end}port`];
      if (given === undefined) continue;
      const { from, to } = given.value;
      const ports = from === to ? String(from) : `${from}-${to}`;
      parts.push(`ct ${side === 'orig' ? 'original' : 'reply'} proto-${end} ${not(given)}${ports}`);
    }
  }
  return parts.join(' ');
}

type Test = (connection: Tracked) => boolean;

const options = {
  ctstate: option(states, { invert: true }),
  ctproto: option(protocol, { invert: true }),
  ctorigsrc: option(address, { invert: true }),
  ctorigdst: option(address, { invert: true }),
  ctreplsrc: option(address, { invert: true }),
  ctrepldst: option(address, { invert: true }),
  ctorigsrcport: option(portPair, { invert: true }),
  ctorigdstport: option(portPair, { invert: true }),
  ctreplsrcport: option(portPair, { invert: true }),
  ctrepldstport: option(portPair, { invert: true }),
  ctstatus: option(statuses, { invert: true }),
  ctdir: option(direction),
};

type Values = OptionValues<typeof options>;

export const conntrack = match({
  name: 'conntrack',
  summary: "the connection's state, status, direction, protocol, addresses and ports",
  leavesOut: '--ctexpire',
  options,
  settle(values) {
    if (Object.keys(values).length === 0) throw new Problem('conntrack: At least one option is required');
    return values;
  },
  list(values) {
    return Object.entries(this.options)
      .flatMap(([name, { kind }]) => {
        const given = (values as Readonly<Record<string, Given<unknown> | undefined>>)[name];
        if (given === undefined) return [];
        return [`${given.inverted ? '! ' : ''}${name} ${(kind as Kind<unknown>).save(given.value)}`];
      })
      .join(' ');
  },
  translate: translation,
  compile(values, { stack }) {
    conntrackOf(stack);
    const { ctstate, ctstatus, ctproto, ctdir } = values;
    const tests: Test[] = [];
    const { ctorigsrc, ctorigdst, ctreplsrc, ctrepldst } = values;
    tests.push(...addressTest(ctorigsrc, ({ original }) => original.source));
    tests.push(...addressTest(ctorigdst, ({ original }) => original.destination));
    tests.push(...addressTest(ctreplsrc, ({ reply }) => reply.source));
    tests.push(...addressTest(ctrepldst, ({ reply }) => reply.destination));
    if (ctproto !== undefined) {
      const { value, inverted } = ctproto;
      tests.push(({ entry }) => (protocolNumber[entry.original.protocol] === value) !== inverted);
    }
    tests.push(...portTest(values.ctorigsrcport, ({ original }) => original, 'sourcePort'));
    tests.push(...portTest(values.ctorigdstport, ({ original }) => original, 'destinationPort'));
    tests.push(...portTest(values.ctreplsrcport, ({ reply }) => reply, 'sourcePort'));
    tests.push(...portTest(values.ctrepldstport, ({ reply }) => reply, 'destinationPort'));
    if (ctstatus !== undefined) {
      const { value, inverted } = ctstatus;
      tests.push(
        ({ entry }) => (value === 1 ? statusBits(entry) === 0 : (statusBits(entry) & value) !== 0) !== inverted,
      );
    }
    if (ctdir !== undefined) {
      const wanted = ctdir.value === 'ORIGINAL' ? 'original' : 'reply';
      tests.push(({ direction: seen }) => seen === wanted);
    }
    const wanted = ctstate?.value ?? 0;
    const not = ctstate?.inverted ?? false;
    return ({ skb: { connection } }) => {
      if (ctstate !== undefined && ((bits(connection) & wanted) !== 0) === not) return false;
      if (tests.length === 0) return true;
      if (connection === undefined || connection.state === 'untracked') return false;
      for (const test of tests) if (!test(connection)) return false;
      return true;
    };
  },
});

function bits(connection: Tracked | undefined): number {
  const bit = stateBit(connection);
  if (connection === undefined) return bit;
  return bit | (connection.entry.sourceNat ? SNAT : 0) | (connection.entry.destinationNat ? DNAT : 0);
}

function statusBits({ master, seenReply, assured, confirmed }: ConnectionEntry): number {
  return (master !== undefined ? 2 : 0) | (seenReply ? 4 : 0) | (assured ? 8 : 0) | (confirmed ? 16 : 0);
}

function addressTest(
  given: Given<MaskedAddress> | undefined,
  pick: (entry: ConnectionEntry) => Tuple['source'],
): readonly Test[] {
  if (given === undefined) return [];
  const { value, inverted } = given;
  return [({ entry }) => (((Number(pick(entry)) ^ value.address) & value.mask) === 0) !== inverted];
}

function portTest(
  given: Given<Range> | undefined,
  pick: (entry: ConnectionEntry) => Tuple,
  side: 'sourcePort' | 'destinationPort',
): readonly Test[] {
  if (given === undefined) return [];
  const { from, to } = given.value;
  return [
    ({ entry }) => {
      const port = pick(entry)[side];
      return (port >= from && port <= to) !== given.inverted;
    },
  ];
}
