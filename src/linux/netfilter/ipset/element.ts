import { formatIp, netmask, parseIp } from '../../packet/address.ts';
import { parseNumber, parsePort, parseProtocol, protocolName } from '../iptables/names.ts';
import { SetProblem } from './set-problem.ts';
import type { Part, SetType } from './set-type.ts';

/** A part's value as a number: an address; network * 64 + prefix length; protocol * 65536 + port. Sets: their name. */
export type Value = number | string;

/** An element, part by part. */
export type Element = readonly Value[];

const TCP = 6;
const ICMP = 1;
/** Ranges of more than this are refused: so many elements no set here should have. */
const MOST = 65536;

/** ICMP's types and codes by name, in the order in which ipset looks for one to print. */
const ICMP_NAMES: readonly (readonly [string, number, number])[] = [
  ['echo-reply', 0, 0],
  ['pong', 0, 0],
  ['network-unreachable', 3, 0],
  ['host-unreachable', 3, 1],
  ['protocol-unreachable', 3, 2],
  ['port-unreachable', 3, 3],
  ['fragmentation-needed', 3, 4],
  ['source-route-failed', 3, 5],
  ['network-unknown', 3, 6],
  ['host-unknown', 3, 7],
  ['network-prohibited', 3, 9],
  ['host-prohibited', 3, 10],
  ['TOS-network-unreachable', 3, 11],
  ['TOS-host-unreachable', 3, 12],
  ['communication-prohibited', 3, 13],
  ['host-precedence-violation', 3, 14],
  ['precedence-cutoff', 3, 15],
  ['source-quench', 4, 0],
  ['network-redirect', 5, 0],
  ['host-redirect', 5, 1],
  ['TOS-network-redirect', 5, 2],
  ['TOS-host-redirect', 5, 3],
  ['echo-request', 8, 0],
  ['ping', 8, 0],
  ['router-advertisement', 9, 0],
  ['router-solicitation', 10, 0],
  ['ttl-zero-during-transit', 11, 0],
  ['ttl-zero-during-reassembly', 11, 1],
  ['ip-header-bad', 12, 0],
  ['required-option-missing', 12, 1],
  ['timestamp-request', 13, 0],
  ['timestamp-reply', 14, 0],
  ['address-mask-request', 17, 0],
  ['address-mask-reply', 18, 0],
];

export function formatElement(type: SetType, element: Element): string {
  return element.map((value, i) => formatPart(type.parts[i] as Part, value)).join(',');
}

function formatPart(part: Part, value: Value): string {
  if (typeof value === 'string') return value;
  switch (part) {
    case 'ip':
      return formatIp(value);
    case 'net': {
      const length = value % 64;
      const network = formatIp(Math.floor(value / 64));
      return length === 32 ? network : `${network}/${length}`;
    }
    case 'port': {
      const protocol = Math.floor(value / 65536);
      const port = value % 65536;
      if (protocol !== ICMP) return `${protocolName(protocol) ?? protocol}:${port}`;
      const [icmpType, code] = [port >>> 8, port & 255];
      const name = ICMP_NAMES.find((one) => one[1] === icmpType && one[2] === code)?.[0];
      return `icmp:${name ?? `${icmpType}/${code}`}`;
    }
    default:
      return String(value);
  }
}

/**
 * The elements that a text stands for: `10.0.0.0/30` is four addresses in a set of addresses.
 * Throws `SetProblem` in ipset's words.
 */
export function parseElements(type: SetType, text: string): readonly Element[] {
  const words = text.split(',');
  const wanted = type.parts.length;
  if (words.length > wanted) {
    const numbers = ['', 'one', 'two'];
    if (wanted === 1)
      throw new SetProblem(`Syntax error: Elem separator in ${text}, but settype ${type.name} supports none.`);
    const found = words.length === 3 ? 'Two' : 'Three';
    const supports = `but settype ${type.name} supports ${numbers[wanted - 1]}.`;
    throw new SetProblem(`Syntax error: ${found} elem separators in ${text}, ${supports}`);
  }
  if (words.length < wanted) {
    const missing = words.length === 1 ? 'Second' : 'Third';
    throw new SetProblem(`Syntax error: ${missing} element is missing from ${text}.`);
  }
  let elements: Element[] = [[]];
  for (const [i, word] of words.entries()) {
    const values = parsePart(type.parts[i] as Part, word);
    if (elements.length * values.length > MOST)
      throw new SetProblem(`${text}: more elements than this simulation adds at once`);
    elements = elements.flatMap((element) => values.map((value) => [...element, value]));
  }
  return elements;
}

function parsePart(part: Part, word: string): readonly Value[] {
  switch (part) {
    case 'ip':
      return addresses(word);
    case 'net':
      return networks(word);
    case 'port':
      return ports(word);
    case 'plain-port':
      return plainPorts(word.replace(/^(tcp|udp):/, ''), 'tcp');
    case 'set':
      return [word];
  }
}

/** From the first to the last address that the text stands for. */
function bounds(word: string): readonly [number, number] {
  const dash = word.indexOf('-');
  if (dash > 0) {
    const [from, to] = [address(word.slice(0, dash)), address(word.slice(dash + 1))];
    return from <= to ? [from, to] : [to, from];
  }
  const [host = '', prefix] = word.split(/\/(.*)/s);
  const from = address(host);
  if (prefix === undefined) return [from, from];
  const length = parseNumber(prefix, 255);
  if (length === undefined) throw new SetProblem(`Syntax error: '${prefix}' is invalid as number`);
  if (length > 32) throw new SetProblem(`Syntax error: '${prefix}' is out of range 0-32`);
  const mask = netmask(length);
  return [(from & mask) >>> 0, ((from & mask) | ~mask) >>> 0];
}

function addresses(word: string): readonly number[] {
  const [from, to] = bounds(word);
  if (to - from >= MOST) throw new SetProblem(`${word}: more elements than this simulation adds at once`);
  if (/\/0+$/.test(word)) throw cidr();
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function networks(word: string): readonly number[] {
  if (/\/0+$/.test(word)) throw cidr();
  let [from, to] = bounds(word);
  if (!word.includes('-')) return [from * 64 + 32 - Math.log2(to - from + 1)];
  // ip_set_range_to_cidr: the fewest networks that make up the range.
  const found: number[] = [];
  while (from <= to) {
    let length = 32;
    while (length > 1) {
      const mask = netmask(length - 1);
      if ((from & mask) >>> 0 !== from || from + 2 ** (33 - length) - 1 > to) break;
      length--;
    }
    found.push(from * 64 + length);
    from += 2 ** (32 - length);
  }
  return found;
}

function cidr(): SetProblem {
  return new SetProblem('The value of the CIDR parameter of the IP address is invalid');
}

function address(word: string): number {
  const found = parseIp(word);
  if (found === undefined) throw new SetProblem(`Syntax error: cannot parse ${word}: resolving to IPv4 address failed`);
  return Number(found);
}

/** `tcp:80`, `80`, `sctp:80-82`, `icmp:8/0`, `47:0`. */
function ports(word: string): readonly number[] {
  const colon = word.indexOf(':');
  const name = colon < 0 ? 'tcp' : word.slice(0, colon);
  const rest = word.slice(colon + 1);
  const protocol = colon < 0 ? TCP : parseProtocol(name);
  if (protocol === undefined || protocol === 0)
    throw new SetProblem(`Syntax error: cannot parse '${name}' as a protocol`);
  if (protocol === ICMP) return [protocol * 65536 + icmp(rest)];
  if (![TCP, 17, 132, 136].includes(protocol)) {
    if (rest !== '0') throw new SetProblem(`Syntax error: Protocol ${name} can be used with pseudo port value 0 only.`);
    return [protocol * 65536];
  }
  return plainPorts(rest, protocolName(protocol) ?? name).map((port) => protocol * 65536 + port);
}

function plainPorts(word: string, protocol: string): readonly number[] {
  const [first = '', last] = word.split(/-(.*)/s);
  const [from, to] = [port(first, protocol), last === undefined ? undefined : port(last, protocol)];
  const least = Math.min(from, to ?? from);
  return Array.from({ length: Math.abs((to ?? from) - from) + 1 }, (_, i) => least + i);
}

function port(word: string, protocol: string): number {
  const found = parsePort(word);
  if (found !== undefined) return found;
  const number = parseNumber(word, Number.MAX_SAFE_INTEGER);
  const why = number === undefined ? `'${word}' is invalid as number` : `'${word}' is out of range 0-65535`;
  throw new SetProblem(
    `Syntax error: ${why}\nSyntax error: '${protocol}' is invalid as number\ncannot parse '${word}' as a ${protocol} port`,
  );
}

function icmp(word: string): number {
  const named = ICMP_NAMES.find(([name]) => name.toLowerCase() === word.toLowerCase());
  if (named !== undefined) return named[1] * 256 + named[2];
  const [type, code, ...more] = word.split('/').map((part) => parseNumber(part, 255));
  if (type === undefined || code === undefined || more.length > 0) {
    throw new SetProblem(`Syntax error: Cannot parse ${word} as an ICMP type/code.`);
  }
  return type * 256 + code;
}
