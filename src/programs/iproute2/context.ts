import type { Device } from '../../linux/device/device.ts';
import type { Scope } from '../../linux/device/interface-address.ts';
import type { RouteNames, RouteProtocol } from '../../linux/ip/route.ts';
import type { NetworkNamespace } from '../../linux/namespace.ts';
import { type IpAddress, netmask, type Prefix, parseIp } from '../../linux/packet/address.ts';
import type { Process } from '../../linux/process/process.ts';
import { type Arguments, IpError } from './arguments.ts';
import { compact, type JsonValue, pretty } from './json.ts';

declare module '../../linux/process/process.ts' {
  interface Services {
    /** The named network namespaces of the machine, as /run/netns lists them; absent in a container. */
    readonly namespaces?: ReadonlyMap<string, NetworkNamespace>;
  }
}

export interface IpOptions {
  brief: boolean;
  details: boolean;
  /** How often `-s` was given: a second one adds the kinds of errors. */
  statistics: number;
  json: boolean;
  pretty: boolean;
  oneline: boolean;
  colour?: boolean;
  /** Numbers with k, M, ...: in steps of 1000, or 1024 (`-iec`). */
  human?: 1000 | 1024;
  /** `ip -all netns exec`: in each of them. */
  all?: boolean;
  /** `link`: `-0`; absent: any. */
  family?: 'inet' | 'inet6' | 'link';
}

/** Names and numbers of tables, protocols and scopes, as the machine's files have them. */
export interface Names extends RouteNames {
  tableNumber(word: string): number | undefined;
  /** A protocol by its number. */
  protocolOf(number: number): string;
  /** As a route has it: by iproute2's own name, else by number. */
  routeProtocol(word: string): RouteProtocol | undefined;
  /** undefined: no such name; a number: one that this simulation has no scope for. */
  scopeOf(word: string): Scope | number | undefined;
}

/** One call of `ip`. */
export interface IpContext {
  readonly process: Process;
  readonly netns: NetworkNamespace;
  readonly options: Readonly<IpOptions>;
  readonly args: Arguments;
  readonly names: Names;
  /** `-c`: puts colours into a finished text. */
  readonly paint?: (text: string) => string;
}

/** Runs one command of an object. @returns the exit status */
export type IpCommand = (context: IpContext) => Promise<number>;

export async function printJson({ process, options }: IpContext, value: JsonValue): Promise<void> {
  await process.stdout.write(`${options.pretty ? pretty(value) : compact(value)}\n`);
}

export async function print({ process, paint }: IpContext, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  const text = lines.join('\n');
  await process.stdout.write(`${paint === undefined ? text : paint(text)}\n`);
}

/** A list, each in its own way: as JSON with `-j`, as lines without. */
export async function printEach<T>(
  context: IpContext,
  list: readonly T[],
  json: (one: T) => JsonValue,
  text: (one: T) => string,
): Promise<void> {
  if (context.options.json) await printJson(context, list.map(json));
  else await print(context, list.map(text));
}

/** The newest first, as the folder /run/netns gives them. */
export function namedNamespaces({ process }: IpContext): readonly (readonly [string, NetworkNamespace])[] {
  return [...(process.services.namespaces ?? [])].reverse();
}

export function namespaceName(context: IpContext, namespace: unknown): string | undefined {
  return namedNamespaces(context).find(([, known]) => known === namespace)?.[0];
}

export function linkNamed(context: IpContext, name: string): Device {
  const device = context.netns.link(name);
  if (device === undefined) throw new IpError(`Cannot find device "${name}"`, 1);
  return device;
}

/** get_addr_ipv4: parts that are missing are zero, and any of C's notations will do: `10.1`, `0xa.1`. */
function shortAddress(text: string): IpAddress | undefined {
  const parts = text.split('.').map((part) => numberOf(part, 255));
  if (parts.length > 4 || parts.includes(undefined)) return undefined;
  let value = 0;
  for (let i = 0; i < 4; i++) value = value * 256 + (parts[i] ?? 0);
  return value;
}

export function addressArgument(args: Arguments): IpAddress {
  const word = args.next();
  const address = parseIp(word) ?? shortAddress(word);
  if (address === undefined) throw new IpError(`Error: any valid address is expected rather than "${word}".`, 1);
  return address;
}

/** `a.b.c.d/n`, `a.b/n`, `a.b.c.d/255.255.0.0`, `default`. */
export function prefixArgument(word: string): Prefix {
  if (word === 'default' || word === 'any' || word === 'all') return { address: 0, length: 0 };
  const slash = word.indexOf('/');
  const address = shortAddress(slash < 0 ? word : word.slice(0, slash));
  const length = slash < 0 ? 32 : (numberOf(word.slice(slash + 1), 32) ?? maskLength(word.slice(slash + 1)));
  if (address === undefined || length === undefined) {
    throw new IpError(`Error: any valid prefix is expected rather than "${word}".`, 1);
  }
  return { address, length };
}

/** The prefix length that a netmask is, where it is one. */
function maskLength(text: string): number | undefined {
  const mask = parseIp(text);
  if (mask === undefined) return undefined;
  for (let length = 0; length <= 32; length++) if (netmask(length) === mask) return length;
  return undefined;
}

/** strtoul with base 0: decimal, 0x.., 0.. */
export function numberOf(word: string, most = 2 ** 32 - 1): number | undefined {
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(word)) return undefined;
  const value = /^0\d/.test(word) ? Number.parseInt(word, 8) : Number(word);
  return Number.isInteger(value) && value <= most ? value : undefined;
}
