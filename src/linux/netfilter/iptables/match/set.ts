import type { IpPacket, Segment } from '../../../packet/packet.ts';
import { packetLength } from '../../../packet/size.ts';
import type { Value } from '../../ipset/element.ts';
import type { Entry } from '../../ipset/ip-set.ts';
import type { Part } from '../../ipset/set-type.ts';
import { setsOf } from '../../ipset/sets.ts';
import { icmpNumbers } from '../../log.ts';
import { type Given, type Match, match, option, type Use } from '../extension.ts';
import { flag, type Kind, number } from '../kind.ts';
import { Problem } from '../problem.ts';
import { protocolNumber } from '../protocol-number.ts';

interface SetMatch {
  readonly name: string;
  /** Per part of the set's elements: is it the source's, or the destination's? */
  readonly source: readonly boolean[];
}

const matchSet: Kind<SetMatch> = {
  argument: true,
  parse(value) {
    const [name = '', flags = ''] = value.split(' ');
    if (flags === '') throw new Problem('--match-set requires two args.');
    if (name.length > 31) throw new Problem(`setname \`${name}' too long, max 31 characters.`);
    const source = flags.split(',').map((one) => {
      if (one !== 'src' && one !== 'dst')
        throw new Problem("You must specify (the comma separated list of) 'src' or 'dst'.");
      return one === 'src';
    });
    if (source.length > 6) throw new Problem("Can't be more src/dst options than 6.");
    return { name, source };
  },
  save: ({ name, source }) => `${name} ${source.map((one) => (one ? 'src' : 'dst')).join(',')}`,
};

/** What a packet has at the place of each part; a fragment that is not the first has no ports (ip_set_get_ip4_port). */
function valuesOf(packet: IpPacket, source: readonly boolean[], parts: readonly Part[]): Value[] | undefined {
  const values: Value[] = [];
  for (const [i, part] of parts.entries()) {
    const bySource = source[i] === true;
    const address = Number(bySource ? packet.source : packet.destination);
    if (part === 'ip') values.push(address);
    else if (part === 'net') values.push(address * 64 + 32);
    else {
      if (packet.fragment !== undefined && packet.fragment.offset > 0) return undefined;
      const { protocol } = packet.payload;
      const port = portOf(packet.payload, bySource);
      if (part === 'port') values.push(protocolNumber[protocol] * 65536 + port);
      else if (protocol === 'tcp' || protocol === 'udp') values.push(port);
      else return undefined;
    }
  }
  return values;
}

/** 0 where the protocol has none. */
function portOf(payload: Segment, bySource: boolean): number {
  if ('sourcePort' in payload) return bySource ? payload.sourcePort : payload.destinationPort;
  if (payload.protocol !== 'icmp') return 0;
  const [type, code] = icmpNumbers(payload);
  return type * 256 + code;
}

const comparisons = ['packets-eq', 'packets-lt', 'packets-gt', 'bytes-eq', 'bytes-lt', 'bytes-gt'] as const;
const count = (invert: boolean) => option(number(Number.MAX_SAFE_INTEGER), { invert });

export const set = match({
  name: 'set',
  summary: "whether the packet's addresses and ports are in a set of ipset",
  options: {
    'match-set': option(matchSet, { invert: true, words: 2, twice: '--match-set can be specified only once' }),
    'return-nomatch': option(flag),
    'update-counters': option(flag, { invert: true }),
    'update-subcounters': option(flag, { invert: true }),
    'packets-eq': count(true),
    'packets-lt': count(false),
    'packets-gt': count(false),
    'bytes-eq': count(true),
    'bytes-lt': count(false),
    'bytes-gt': count(false),
  },
  settle(values, _head, { stack }) {
    const asked = values['match-set'];
    if (asked === undefined) throw new Problem("You must specify `--match-set' with proper arguments");
    if (setsOf(stack).find(asked.value.name) === undefined)
      throw new Problem(`Set ${asked.value.name} doesn't exist.\n`);
    const { 'update-counters': counters, 'update-subcounters': subcounters, ...rest } = values;
    return {
      ...rest,
      ...(counters?.inverted && { 'update-counters': counters }),
      ...(subcounters?.inverted && { 'update-subcounters': subcounters }),
    };
  },
  list(values) {
    const asked = values['match-set'];
    let text = `${asked?.inverted ? '! ' : ''}match-set ${asked && matchSet.save(asked.value)}`;
    if (values['return-nomatch']) text += ' return-nomatch';
    if (values['update-counters']) text += ' ! update-counters';
    if (values['update-subcounters']) text += ' ! update-subcounters';
    for (const name of comparisons) {
      const given = values[name];
      if (given !== undefined) text += `${given.inverted ? ' !' : ''} ${name} ${given.value}`;
    }
    return text;
  },
  compile(values, { stack }) {
    const sets = setsOf(stack);
    const { name, source } = values['match-set']?.value ?? { name: '', source: [] };
    const inverted = values['match-set']?.inverted ?? false;
    const counts = values['update-counters'] === undefined;
    const subCounts = counts && values['update-subcounters'] === undefined;
    const wantsNomatch = values['return-nomatch'] !== undefined;
    const tests = comparisons.flatMap((one) => {
      const given = values[one];
      return given === undefined ? [] : [[one, given] as const];
    });
    const count = (entry: Entry, packet: IpPacket) => {
      entry.packets++;
      entry.bytes += packetLength(packet);
    };
    return ({ packet }) => {
      const found = sets.meets(name, {
        valuesOf: (parts) => valuesOf(packet, source, parts),
        most: source.length,
        wantsNomatch,
        takes(entry, counters) {
          if (!counters) return true;
          // It counts first, and compares what it then has.
          if (counts) count(entry, packet);
          return tests.every(([one, given]) => holds(one, given, entry));
        },
        takesSub(entry, counters) {
          if (counters && subCounts) count(entry, packet);
          return true;
        },
      });
      return found !== inverted;
    };
  },
});

/** ip_set_match_counter */
function holds(one: (typeof comparisons)[number], { value, inverted }: Given<number>, entry: Entry): boolean {
  const seen = one.startsWith('packets') ? entry.packets : entry.bytes;
  return (one.endsWith('eq') ? seen === value : one.endsWith('lt') ? seen < value : seen > value) !== inverted;
}

/** Does this match hold the set? */
export function usesSet({ extension, values }: Use<Match>, name: string): boolean {
  return extension === set && (values['match-set']?.value as SetMatch | undefined)?.name === name;
}
