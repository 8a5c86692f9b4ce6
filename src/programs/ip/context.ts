import type { Device } from '../../linux/device/device.ts';
import type { NetworkNamespace } from '../../linux/namespace.ts';
import { type IpAddress, type Prefix, parseIp, parsePrefix } from '../../linux/packet/address.ts';
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
  statistics: boolean;
  json: boolean;
  pretty: boolean;
  oneline: boolean;
  /** `link`: `-0`; absent: any. */
  family?: 'inet' | 'inet6' | 'link';
}

/** One call of `ip`. */
export interface IpContext {
  readonly process: Process;
  readonly netns: NetworkNamespace;
  readonly options: Readonly<IpOptions>;
  readonly args: Arguments;
}

/** Runs one command of an object. @returns the exit status */
export type IpCommand = (context: IpContext) => Promise<number>;

export async function printJson({ process, options }: IpContext, value: JsonValue): Promise<void> {
  await process.stdout.write(`${options.pretty ? pretty(value) : compact(value)}\n`);
}

export async function print({ process }: IpContext, lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await process.stdout.write(`${lines.join('\n')}\n`);
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

export function addressArgument(args: Arguments): IpAddress {
  const word = args.next();
  const address = parseIp(word);
  if (address === undefined) throw new IpError(`Error: any valid address is expected rather than "${word}".`, 1);
  return address;
}

export function prefixArgument(word: string): Prefix {
  const prefix = word === 'default' || word === 'any' || word === 'all' ? parsePrefix('0.0.0.0/0') : parsePrefix(word);
  if (prefix === undefined) throw new IpError(`Error: any valid prefix is expected rather than "${word}".`, 1);
  return prefix;
}
