import type { Passage } from '../../passage.ts';
import { type Given, option, type RuleHead } from '../extension.ts';
import type { Kind, Range } from '../kind.ts';
import { portName } from '../names.ts';

/** `--sport` and `--dport` of a match with its own way to read and to say that one was given twice. */
export function ports(kind: Kind<Range>, twice?: (long: string) => string) {
  const one = (called: string) =>
    option(kind, { aliases: [called], called, invert: true, ...(twice !== undefined && { twice: twice(called) }) });
  return { sport: one('source-port'), dport: one('destination-port') };
}

/** What the older matches say. */
export const onlyOne = (long: string) => `Only one \`--${long}' allowed`;

const ALL: Range = { from: 0, to: 65535 };

/** All ports, where nothing is inverted, say nothing. */
export function settlePorts<V extends { sport?: Given<Range>; dport?: Given<Range> }>(values: V): V {
  const { sport, dport, ...rest } = values;
  const says = (given: Given<Range> | undefined) =>
    given !== undefined && (given.inverted || given.value.from !== ALL.from || given.value.to !== ALL.to);
  return { ...rest, ...(says(sport) && { sport }), ...(says(dport) && { dport }) } as V;
}

/** `spts:1000:2000`, `dpt:!22`. */
export function listPorts(
  { sport, dport }: { sport?: Given<Range>; dport?: Given<Range> },
  numeric: boolean,
  protocol: string,
): string {
  return [range('spt', sport, numeric, protocol), range('dpt', dport, numeric, protocol)].filter(Boolean).join(' ');
}

function range(name: string, given: Given<Range> | undefined, numeric: boolean, protocol: string): string {
  if (given === undefined) return '';
  const { from, to } = given.value;
  const say = (port: number) => (numeric ? String(port) : portName(port, protocol));
  const not = given.inverted ? '!' : '';
  return from === to ? `${name}:${not}${say(from)}` : `${name}s:${not}${say(from)}:${say(to)}`;
}

/** A fragment but the first has no ports. */
export function compilePorts(
  protocol: 'tcp' | 'udp' | 'sctp',
  { sport, dport }: { sport?: Given<Range>; dport?: Given<Range> },
): (passage: Passage) => boolean {
  const [sourceFrom, sourceTo, sourceNot] = numbers(sport);
  const [from, to, not] = numbers(dport);
  return ({ packet }) => {
    const { payload, fragment } = packet;
    if (payload.protocol !== protocol || (fragment !== undefined && fragment.offset > 0)) return false;
    const { sourcePort, destinationPort } = payload;
    return (
      (destinationPort >= from && destinationPort <= to) !== not &&
      (sourcePort >= sourceFrom && sourcePort <= sourceTo) !== sourceNot
    );
  };
}

function numbers(given: Given<Range> | undefined): readonly [number, number, boolean] {
  return given === undefined ? [ALL.from, ALL.to, false] : [given.value.from, given.value.to, given.inverted];
}

/** `tcp sport 1-2 tcp dport != 5`, as xlate says it. */
export function translatePorts(
  protocol: 'tcp' | 'udp' | 'sctp',
  { sport, dport }: { sport?: Given<Range>; dport?: Given<Range> },
): readonly string[] {
  const say = (name: string, given: Given<Range> | undefined): readonly string[] => {
    if (given === undefined) return [];
    const { from, to } = given.value;
    if (protocol !== 'sctp' && from === ALL.from && to === ALL.to) return [];
    // libxt_udp forgets `!` before a range of destination ports.
    const forgotten = protocol === 'udp' && name === 'dport' && from !== to;
    const not = given.inverted && !forgotten ? '!= ' : '';
    return [`${protocol} ${name} ${not}${from === to ? from : `${from}-${to}`}`];
  };
  return [...say('sport', sport), ...say('dport', dport)];
}

/** The same as nf_tables' expressions: a range from 0 on is a comparison, and one of all ports nothing. */
export function nativePorts(
  named: string,
  { sport, dport }: { sport?: Given<Range>; dport?: Given<Range> },
  { protocolInverted }: RuleHead,
): readonly string[] {
  // Of whatever is not this protocol, nft can't say more than that it has ports.
  const protocol = protocolInverted ? 'th' : named;
  const say = (name: string, given: Given<Range> | undefined): readonly string[] => {
    if (given === undefined) return [];
    const { from, to } = given.value;
    const not = given.inverted;
    if (from === to) return [`${protocol} ${name} ${not ? '!= ' : ''}${from}`];
    if (from === ALL.from) return to === ALL.to ? [] : [`${protocol} ${name} ${not ? '>' : '<='} ${to}`];
    return [`${protocol} ${name} ${not ? '!= ' : ''}${from}-${to}`];
  };
  return [...say('sport', sport), ...say('dport', dport)];
}
