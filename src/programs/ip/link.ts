import type { NetworkNamespace } from '../../linux/namespace.ts';
import { isDeviceName } from '../../linux/namespace-links.ts';
import { formatMac, parseMac } from '../../linux/packet/address.ts';
import { type Arguments, abbreviated, garbage, IpError, notModelled, wrongArgument } from './arguments.ts';
import { type IpCommand, type IpContext, linkNamed, print, printJson } from './context.ts';
import { briefText, linkFacts, linkJson, linkText, statisticsJson, statisticsText } from './link-text.ts';

const COMMANDS = ['add', 'set', 'replace', 'delete', 'show', 'list', 'lst', 'help'] as const;

/** ip-link(8): show, set, add type veth, delete. */
export const link: IpCommand = async (context) => {
  const { args } = context;
  if (!args.more) return show(context);
  const word = args.next();
  switch (abbreviated(word, COMMANDS)) {
    case 'add':
      return add(context);
    case 'set':
      return set(context);
    case 'delete':
      return remove(context);
    case 'show':
    case 'list':
    case 'lst':
      return show(context);
    case 'help':
      throw new IpError(USAGE, 255);
    default:
      throw new IpError(`Command "${word}" is unknown, try "ip link help".`, 255);
  }
};

const USAGE = `Usage: ip link [ show [ [ dev ] DEVICE ] [ up ] [ type TYPE ] ]
       ip link set [ dev ] DEVICE [ up | down ] [ mtu MTU ] [ name NEWNAME ] [ address LLADDR ]
                                  [ txqueuelen PACKETS ] [ netns NAME ]
       ip link add [ name ] NAME [ mtu MTU ] [ address LLADDR ] [ netns NAME ]
                   type veth [ peer [ name ] NAME [ mtu MTU ] [ address LLADDR ] [ netns NAME ] ]
       ip link delete [ dev ] DEVICE
Other types of devices are not modelled in this simulation.`;

async function show(context: IpContext): Promise<number> {
  const { args, netns, options } = context;
  let name: string | undefined;
  let up = false;
  let type: string | undefined;
  while (args.more) {
    const word = args.next();
    if (word === 'up') up = true;
    else if (word === 'type') type = args.next();
    else if (word === 'master' || word === 'nomaster' || word === 'group' || word === 'vrf') {
      throw notModelled(`"ip link show ${word}"`);
    } else {
      const wanted = word === 'dev' ? args.next() : word;
      if (name !== undefined) throw garbage('dev', wanted);
      name = wanted;
    }
  }
  if (name !== undefined && netns.link(name) === undefined) throw new IpError(`Device "${name}" does not exist.`, 1);
  const shown = netns
    .links()
    .filter((device) => (name === undefined || device.name === name) && (!up || device.up))
    .filter((device) => type === undefined || device.kind === type);
  if (options.json) {
    const json = shown.map((device) => ({
      ...linkJson(context, device, true),
      stats64: options.statistics ? statisticsJson(device) : undefined,
    }));
    await printJson(context, json);
    return 0;
  }
  const lines = shown.map((device) => {
    if (options.brief) {
      return `${briefText(context, device)}${formatMac(device.mac)} <${linkFacts(context, device).flags.join(',')}> `;
    }
    const text = linkText(context, device, { mode: true, hardware: true });
    return options.statistics ? text + statisticsText(device, options.oneline) : text;
  });
  await print(context, lines);
  return 0;
}

/** What the real tool takes here and this one doesn't. */
const UNMODELLED = [
  'master',
  'nomaster',
  'alias',
  'arp',
  'dynamic',
  'multicast',
  'allmulticast',
  'promisc',
  'trailers',
  'carrier',
  'broadcast',
  'group',
  'vf',
  'vrf',
  'xdp',
  'addrgenmode',
  'protodown',
  'link-netns',
  'link-netnsid',
  'type',
  'index',
  'numtxqueues',
  'numrxqueues',
];

interface Settings {
  name?: string;
  mtu?: number;
  mac?: number;
  queueLength?: number;
  namespace?: NetworkNamespace;
}

/** Takes a setting that `add`, its peer and `set` have in common. @returns whether `word` was one. */
function setting(context: IpContext, word: string, into: Settings): boolean {
  const { args } = context;
  if (word === 'mtu') into.mtu = args.number('Invalid "mtu" value\n'.trimEnd(), 2 ** 31 - 1);
  else if (word === 'address') into.mac = macArgument(args);
  else if (word === 'name') into.name = nameArgument(args.next());
  else if (word === 'txqueuelen' || word === 'txqlen' || word === 'qlen') {
    into.queueLength = args.number('Invalid "txqueuelen" value');
  } else if (word === 'netns') into.namespace = namespaceArgument(context, args.next());
  else return false;
  return true;
}

function macArgument(args: Arguments): number {
  const word = args.next();
  const mac = parseMac(word);
  if (mac === undefined) throw new IpError(`"${word}" is invalid lladdr.`, 1);
  return mac;
}

function nameArgument(name: string): string {
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

async function set(context: IpContext): Promise<number> {
  const { args, netns } = context;
  let name: string | undefined;
  let up: boolean | undefined;
  const settings: Settings = {};
  while (args.more) {
    const word = args.next();
    if (word === 'up') up = true;
    else if (word === 'down') up = false;
    else if (setting(context, word, settings)) continue;
    else if (UNMODELLED.includes(word)) throw notModelled(`"ip link set ... ${word}"`);
    else {
      const wanted = word === 'dev' ? args.next() : word;
      if (name !== undefined) throw garbage('dev', wanted);
      name = wanted;
    }
  }
  if (name === undefined) throw new IpError('Not enough information: "dev" argument is required.', 255);
  linkNamed(context, name);
  netns.setLink(name, { ...settings, ...(up !== undefined && { up }) });
  return 0;
}

async function add(context: IpContext): Promise<number> {
  const { args, netns } = context;
  const end: Settings = {};
  let type: string | undefined;
  while (args.more && type === undefined) {
    const word = args.next();
    if (word === 'type') type = args.next();
    else if (setting(context, word, end)) continue;
    else if (UNMODELLED.includes(word) || word === 'link') throw notModelled(`"ip link add ... ${word}"`);
    else {
      const wanted = word === 'dev' ? args.next() : word;
      if (end.name !== undefined) throw garbage('dev', wanted);
      end.name = nameArgument(wanted);
    }
  }
  if (type === undefined) throw new IpError('Not enough information: "type" argument is required', 1);
  if (type !== 'veth') {
    if (['bridge', 'dummy', 'vlan', 'vxlan', 'bond', 'macvlan', 'ipvlan', 'tun', 'ipip', 'gre', 'vrf'].includes(type)) {
      throw notModelled(`a device of type ${type}`, 'veth is');
    }
    throw new IpError('Error: Unknown device type.', 2);
  }
  const peer: Settings = {};
  if (args.more) {
    const word = args.next();
    if (word !== 'peer') throw new IpError('Usage: ip link add NAME type veth [ peer NAME ]', 1);
    while (args.more) {
      const option = args.next();
      if (setting(context, option, peer)) continue;
      if (UNMODELLED.includes(option)) throw notModelled(`"ip link add ... peer ... ${option}"`);
      if (peer.name !== undefined) throw garbage('dev', option);
      peer.name = nameArgument(option);
    }
  }
  const home = end.namespace ?? netns;
  const there = peer.namespace ?? netns;
  const otherName = peer.name ?? freeName(there, end.name);
  const { mtu, mac, queueLength } = end;
  home.addVeth(
    { name: end.name ?? freeName(home, otherName), ...defined({ mtu, mac, queueLength }) },
    {
      name: otherName,
      ...defined({ mtu: peer.mtu, mac: peer.mac, queueLength: peer.queueLength }),
      namespace: there,
    },
  );
  return 0;
}

function defined<T extends object>(settings: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** The kernel's `veth%d`. */
function freeName(namespace: NetworkNamespace, taken: string | undefined): string {
  for (let i = 0; ; i++) {
    const name = `veth${i}`;
    if (name !== taken && namespace.link(name) === undefined) return name;
  }
}

async function remove(context: IpContext): Promise<number> {
  const { args, netns } = context;
  let name: string | undefined;
  while (args.more) {
    const word = args.next();
    if (word === 'type') args.next();
    else if (word === 'group') throw notModelled('"ip link delete group"');
    else {
      const wanted = word === 'dev' ? args.next() : word;
      if (name !== undefined) throw garbage('dev', wanted);
      name = wanted;
    }
  }
  if (name === undefined) throw new IpError('Not enough information: "dev" argument is required.', 255);
  linkNamed(context, name);
  netns.deleteLink(name);
  return 0;
}
