import { type IpAddress, parseIp } from '../linux/packet/address.ts';
import type { Process } from '../linux/process/process.ts';
import type { DnsMessage } from './dns/message.ts';
import { reverseName, typeNumber } from './dns/record.ts';
import { readResolvConf } from './dns/resolv-conf.ts';
import { StubResolver } from './dns/resolver.ts';
import { hostsNamed, readHosts } from './hosts.ts';

type HostsReader = Pick<Process, 'files'>;

/** gai_strerror(3). */
const WORDS = {
  noname: 'Name or service not known',
  nodata: 'No address associated with hostname',
  again: 'Temporary failure in name resolution',
} as const;

/** A name without an address; the message is what getaddrinfo(3) fails with. */
export class ResolveFailure extends Error {
  readonly reason: keyof typeof WORDS;

  constructor(reason: keyof typeof WORDS) {
    super(WORDS[reason]);
    this.name = 'ResolveFailure';
    this.reason = reason;
  }
}

export interface Resolved {
  /** AI_CANONNAME: the name that the addresses belong to, after the search list and CNAMEs. */
  readonly canonical: string;
  /** At least one. */
  readonly addresses: readonly IpAddress[];
  /** Names that led there. */
  readonly aliases: readonly string[];
}

const A = typeNumber('A') as number;
const AAAA = typeNumber('AAAA') as number;
const PTR = typeNumber('PTR') as number;

/** inet_aton(3): `10.1` is 10.0.0.1, a part may be hexadecimal or octal, and the last one fills what is left. */
export function numericAddress(name: string): IpAddress | undefined {
  const parts = name.split('.');
  if (parts.length > 4 || !parts.every((part) => /^(0x[0-9a-f]+|0[0-7]*|[1-9]\d*)$/i.test(part))) return undefined;
  const numbers = parts.map((part) => (/^0\d/.test(part) ? Number.parseInt(part, 8) : Number(part)));
  const last = numbers.pop() ?? 0;
  if (numbers.some((number) => number > 255) || last >= 256 ** (4 - numbers.length)) return undefined;
  return numbers.reduce((address, number, i) => address + number * 256 ** (3 - i), last);
}

/**
 * getaddrinfo(3), for IPv4: an address in text, /etc/hosts, then DNS (nsswitch.conf's `files dns`). `family`: `any` asks
 * for A and AAAA at once, as a program does that takes both; IPv6 addresses that come are not used. Throws
 * `ResolveFailure`.
 */
export async function resolve(
  process: Process,
  name: string,
  options: { readonly family?: 'any' | 'inet' | 'inet6' } = {},
): Promise<Resolved> {
  const { family = 'any' } = options;
  const literal = numericAddress(name);
  if (literal !== undefined) return { canonical: name, addresses: [literal], aliases: [] };
  const found = family === 'inet6' ? [] : hostsNamed(process, name);
  if (found.length > 0) {
    const [canonical = name, ...aliases] = found[0]?.names ?? [];
    return { canonical, addresses: found.map(({ address }) => address), aliases };
  }
  const types = family === 'any' ? [A, AAAA] : family === 'inet' ? [A] : [AAAA];
  const searched = await new StubResolver(process, readResolvConf(process)).search(name, types);
  if (searched.outcome !== 'found') throw new ResolveFailure(searched.outcome);
  const answer = searched.answers.find(({ questions }) => questions[0]?.type === A);
  const resolved = answer === undefined ? undefined : addressesOf(answer);
  if (resolved === undefined || resolved.addresses.length === 0) throw new ResolveFailure('nodata');
  return resolved;
}

/** gethostbyaddr(3): the names of an address, from /etc/hosts, then DNS. Throws `ResolveFailure` where no server answers. */
export async function resolveAddress(process: Process, address: string): Promise<readonly string[] | undefined> {
  const literal = parseIp(address);
  const reverse = reverseName(address);
  if (literal === undefined || reverse === undefined) return undefined;
  const line = readHosts(process).find((entry) => entry.address === literal);
  if (line !== undefined) return line.names;
  const searched = await new StubResolver(process, readResolvConf(process)).query(reverse, [PTR]);
  if (searched.outcome === 'again') throw new ResolveFailure('again');
  if (searched.outcome !== 'found') return undefined;
  return searched.answers.flatMap(({ answers }) =>
    answers.flatMap(({ data }) => (data.type === 'PTR' ? [withoutDot(data.name)] : [])),
  );
}

function addressesOf({ questions, answers }: DnsMessage): Resolved {
  let canonical = questions[0]?.name ?? '.';
  const aliases: string[] = [];
  for (const { name, data } of answers) {
    if (data.type !== 'CNAME' || name.toLowerCase() !== canonical.toLowerCase()) continue;
    aliases.push(withoutDot(canonical));
    canonical = data.name;
  }
  const addresses = answers.flatMap(({ data }) => (data.type === 'A' ? [data.address] : []));
  return { canonical: withoutDot(canonical), addresses, aliases };
}

function withoutDot(name: string): string {
  return name.length > 1 ? name.replace(/\.$/, '') : name;
}

/** The address of an IPv4 address in text or a name in /etc/hosts: what is known without asking anybody. */
export function resolveHost(process: HostsReader, name: string): IpAddress | undefined {
  return parseIp(name) ?? hostsNamed(process, name)[0]?.address;
}

/** The first name that /etc/hosts has for an address. */
export function nameOfHost(process: HostsReader, address: IpAddress): string | undefined {
  return readHosts(process).find((entry) => entry.address === address)?.names[0];
}
