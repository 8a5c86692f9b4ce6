import type { PropertyWords } from '../../linux/device/kind.ts';
import type { NetworkNamespace } from '../../linux/namespace.ts';
import { isDeviceName } from '../../linux/namespace-links.ts';
import { parseMac } from '../../linux/packet/address.ts';
import { type Arguments, IpError, notModelled, wrongArgument } from '../iproute2/arguments.ts';
import { addressArgument, type IpContext } from '../iproute2/context.ts';

/** What `ip link add`, a veth's peer and `ip link set` can all set. */
export interface LinkSettings {
  name?: string;
  mtu?: number;
  mac?: number;
  queueLength?: number;
  namespace?: NetworkNamespace;
  group?: number;
  alias?: string;
}

/** Takes a setting that `add`, its peer and `set` have in common. @returns whether `word` was one. */
export function setting(context: IpContext, word: string, into: LinkSettings): boolean {
  const { args } = context;
  if (word === 'mtu') into.mtu = args.number('Invalid "mtu" value\n'.trimEnd(), 2 ** 31 - 1);
  else if (word === 'address') into.mac = macArgument(args);
  else if (word === 'name') into.name = nameArgument(args.next());
  else if (word === 'txqueuelen' || word === 'txqlen' || word === 'qlen') {
    into.queueLength = args.number('Invalid "txqueuelen" value');
  } else if (word === 'netns') into.namespace = namespaceArgument(context, args.next());
  else if (word === 'group') into.group = groupArgument(args);
  else if (word === 'alias') into.alias = args.next();
  else return false;
  return true;
}

/** What the real tool takes with `add` and `set` and this one doesn't. */
export const UNMODELLED = [
  'dynamic',
  'trailers',
  'carrier',
  'broadcast',
  'vf',
  'vrf',
  'xdp',
  'addrgenmode',
  'protodown',
  'link-netns',
  'link-netnsid',
  'index',
  'numtxqueues',
  'numrxqueues',
];

/** The words behind `type KIND`, for a kind's own options. */
export function propertyWords(context: IpContext): PropertyWords {
  const { args } = context;
  return {
    next: () => args.next(),
    number(why, most = 2 ** 32 - 1) {
      const word = args.next();
      const value = /^(0x[\da-f]+|\d+)$/i.test(word) ? Number(word) : Number.NaN;
      if (!(value <= most)) throw invalid(word, why);
      return value;
    },
    address: () => addressArgument(args),
    addressOrAny: () => (args.take('any') ? 0 : addressArgument(args)),
    mac: () => macArgument(args),
    device() {
      const name = args.next();
      const device = context.netns.link(name);
      if (device === undefined) throw new IpError(`Cannot find device "${name}"`, 255);
      return device;
    },
    wrong: invalid,
    notOneOf: (option, choices, word) =>
      new IpError(
        `Error: argument of "${option}" must be one of ${choices.map((one) => `"${one}"`).join(', ')}, not "${word}"`,
        234,
      ),
    notModelled,
  };
}

/** invarg() of iproute2, without the newline that some callers bring. */
function invalid(word: string, why: string): IpError {
  return new IpError(`Error: argument "${word}" is wrong: ${why}`, 255);
}

/** rtnl_group_a2n: of the names in /etc/iproute2/group there is `default` alone. */
export function groupArgument(args: Arguments): number {
  const word = args.next();
  if (word === 'default') return 0;
  const value = /^(0x[\da-f]+|\d+)$/i.test(word) ? Number(word) : Number.NaN;
  if (!(value < 2 ** 32)) throw wrongArgument(word, 'Invalid "group" value');
  return value;
}

export function formatGroup(group: number): string {
  return group === 0 ? 'default' : String(group);
}

export function macArgument(args: Arguments): number {
  const word = args.next();
  const mac = parseMac(word);
  if (mac === undefined) throw new IpError(`"${word}" is invalid lladdr.`, 1);
  return mac;
}

export function nameArgument(name: string): string {
  if (!isDeviceName(name)) {
    throw new IpError(`Error: argument "${name}" is wrong: "name" not a valid ifname`, 255);
  }
  return name;
}

function namespaceArgument({ process }: IpContext, name: string): NetworkNamespace {
  const namespace = process.services.namespaces?.get(name);
  if (namespace === undefined) throw wrongArgument(name, 'Invalid "netns" value');
  return namespace;
}
