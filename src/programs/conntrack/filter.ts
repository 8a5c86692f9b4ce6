import type { Connection } from '../../linux/netfilter/conntrack/connection.ts';
import { SCTP_STATES } from '../../linux/netfilter/conntrack/sctp-state.ts';
import { TCP_STATES } from '../../linux/netfilter/conntrack/tcp-state.ts';
import { trackers } from '../../linux/netfilter/conntrack/trackers.ts';
import { PROTOCOL_NUMBERS } from '../../linux/netfilter/conntrack/tuple.ts';
import { type IpAddress, netmask } from '../../linux/packet/address.ts';
import type { CommandLine } from './command-line.ts';
import { ConntrackFailure } from './failure.ts';
import type { OptionName } from './options.ts';

export type Filter = (connection: Connection) => boolean;

/** Everything that the options ask for at once (nfct_cmp and filter_nat of conntrack.c). */
export function readFilter({ options, protocol }: CommandLine): Filter {
  const tests: Filter[] = [];
  for (const [name, value] of options) {
    const test = TESTS[name]?.(value, options, protocol);
    if (test !== undefined) tests.push(test);
  }
  return (connection) => tests.every((test) => test(connection));
}

type Options = CommandLine['options'];
type MakeTest = (value: string | undefined, options: Options, protocol: number | undefined) => Filter | undefined;

const TESTS: Readonly<Partial<Record<OptionName, MakeTest>>> = {
  src: address((connection) => connection.original.source, 'mask-src'),
  dst: address((connection) => connection.original.destination, 'mask-dst'),
  'reply-src': address((connection) => connection.reply.source),
  'reply-dst': address((connection) => connection.reply.destination),
  protonum: (_value, _options, protocol) => (connection) => PROTOCOL_NUMBERS[connection.original.protocol] === protocol,
  family: (value) => {
    if (value !== 'ipv4' && value !== 'ipv6') throw new ConntrackFailure(`\`${value}' unsupported protocol`);
    return () => value === 'ipv4';
  },
  status: (value = '') => {
    const wanted = value.split(',').map(readStatus);
    return (connection) => wanted.every((status) => status(connection));
  },
  mark: (value = '') => {
    const [mark = '', mask] = value.split('/');
    const bits = mask === undefined ? 0xffffffff : wholeNumber(mask);
    return (connection) => ((connection.mark ^ wholeNumber(mark)) & bits) === 0;
  },
  id:
    (value = '') =>
    (connection) =>
      connection.id === wholeNumber(value),
  zone:
    (value = '') =>
    () =>
      wholeNumber(value) === 0,
  'src-nat': (value) => natTest(value, true, false),
  'dst-nat': (value) => natTest(value, false, true),
  'any-nat': (value) => natTest(value, true, true),
  sport: port((connection) => connection.original.sourcePort),
  dport: port((connection) => connection.original.destinationPort),
  'reply-port-src': port((connection) => connection.reply.sourcePort),
  'reply-port-dst': port((connection) => connection.reply.destinationPort),
  state: (value, _options, protocol) => {
    const [name, states] = protocol === 6 ? (['TCP', TCP_STATES] as const) : (['SCTP', SCTP_STATES] as const);
    if (!(states as readonly (string | undefined)[]).includes(value)) {
      throw new ConntrackFailure(`unknown ${name} state \`${value}'`);
    }
    return (connection) => trackers[connection.original.protocol].state?.(connection) === value;
  },
  'icmp-type': port((connection) => connection.original.destinationPort >> 8),
  'icmp-code': port((connection) => connection.original.destinationPort & 255),
  'icmp-id': port((connection) => connection.original.sourcePort),
};

function address(of: (connection: Connection) => IpAddress, maskOption?: OptionName): MakeTest {
  return (value = '', options) => {
    const slash = value.indexOf('/');
    const text = slash < 0 ? value : value.slice(0, slash);
    // There are no connections of IPv6.
    if (/^[\da-f]*:[\da-f:]*$/i.test(text)) return () => false;
    const wanted = readAddress(text);
    if (wanted === undefined) throw new ConntrackFailure(`Invalid IP address \`${text}'`);
    let mask = 0xffffffff;
    if (slash >= 0) mask = readMask(value.slice(slash + 1));
    const own = maskOption === undefined ? undefined : options.get(maskOption);
    if (own !== undefined) {
      const parsed = readAddress(own);
      if (parsed === undefined) throw new ConntrackFailure(`Invalid IP address \`${own}'`);
      mask = parsed;
    }
    return (connection) => ((Number(of(connection)) ^ wanted) & mask) === 0;
  };
}

function port(of: (connection: Connection) => number): MakeTest {
  return (value = '') => {
    const wanted = wholeNumber(value) & 0xffff;
    return (connection) => of(connection) === wanted;
  };
}

/** Dotted, with the last part standing for what is left out (inet_aton(3)). */
function readAddress(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length > 4 || parts.some((part) => !/^\d{1,10}$/.test(part))) return undefined;
  const last = Number(parts.pop());
  if (last >= 2 ** (8 * (4 - parts.length))) return undefined;
  let value = 0;
  for (const [i, part] of parts.entries()) {
    if (Number(part) > 255) return undefined;
    value += Number(part) * 2 ** (24 - 8 * i);
  }
  return value + last;
}

function readMask(text: string): number {
  if (/^\d+$/.test(text) && Number(text) <= 32) return netmask(Number(text));
  throw new ConntrackFailure('Invalid netmask');
}

/** strtoul(3) with base 0: what isn't a number is 0. */
function wholeNumber(text: string): number {
  const match = /^\s*(0x[\da-f]+|\d+)/i.exec(text);
  return match === null ? 0 : Number(match[1]) >>> 0;
}

function readStatus(word: string): Filter {
  switch (word) {
    case 'ASSURED':
      return (connection) => connection.assured;
    case 'SEEN_REPLY':
      return (connection) => connection.seenReply;
    case 'UNREPLIED':
      return (connection) => !connection.seenReply;
    case 'FIXED_TIMEOUT':
      return (connection) => connection.clashed;
    case 'EXPECTED':
      return (connection) => connection.master !== undefined;
    case 'UNSET':
      throw new ConntrackFailure('Operation failed: invalid parameters', 1);
    default:
      throw new ConntrackFailure(`Bad parameter \`${word}'`);
  }
}

/** filter_nat: what answers go to, or come from, is not what was asked for. */
function natTest(value: string | undefined, source: boolean, destination: boolean): Filter {
  const [text = '', portText] = (value ?? '').split(':');
  const wanted = text === '' ? undefined : readAddress(text);
  if (text !== '' && wanted === undefined) throw new ConntrackFailure(`Invalid IP address \`${text}'`);
  const wantedPort = portText === undefined ? undefined : wholeNumber(portText);
  const fits = (was: IpAddress, is: IpAddress, wasPort: number, isPort: number): boolean => {
    if (wanted === undefined && wantedPort === undefined) return was !== is || wasPort !== isPort;
    if (wanted !== undefined && (was === is || is !== wanted)) return false;
    return wantedPort === undefined || (wasPort !== isPort && isPort === wantedPort);
  };
  // Of ICMP what stands for ports differs always, so that each binding seems to be a translation.
  return ({ original, reply, sourceNatDone, destinationNatDone }) =>
    (source && sourceNatDone && fits(original.source, reply.destination, original.sourcePort, reply.destinationPort)) ||
    (destination &&
      destinationNatDone &&
      fits(original.destination, reply.source, original.destinationPort, reply.sourcePort));
}
