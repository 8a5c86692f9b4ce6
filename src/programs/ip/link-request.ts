import type { Device } from '../../linux/device/device.ts';
import type { NetworkNamespace } from '../../linux/namespace.ts';
import { IpError, wrongArgument } from '../iproute2/arguments.ts';
import type { IpContext } from '../iproute2/context.ts';
import { UNMODELLED } from '../iproute2/keywords.ts';
import { reader, short, unmodelled } from '../iproute2/words.ts';
import { LINK_USAGE } from './link-usage.ts';
import { groupArgument, macArgument, nameArgument } from './link-words.ts';

/** What `ip link add`, a veth's peer and `ip link set` ask for. */
export interface LinkRequest {
  /** The device, with or without `dev` before it. */
  device?: string;
  /** `name`: of a new device, or another one for it. */
  name?: string;
  mtu?: number;
  mac?: number;
  queueLength?: number;
  namespace?: NetworkNamespace;
  group?: number;
  alias?: string;
  up?: boolean;
  /** null: `nomaster`. */
  master?: string | null;
  /** `arp off`, `promisc on`, ... */
  readonly switches: Map<Switch, boolean>;
  /** What follows is its kind's. */
  type?: string;
}

type Switch = 'arp' | 'multicast' | 'allmulticast' | 'promisc';

function queueLength(request: LinkRequest, { args }: IpContext): void {
  request.queueLength = args.number('Invalid "txqueuelen" value');
}

function turn({ switches }: LinkRequest, { args }: IpContext, word: string): void {
  const value = args.next();
  if (value !== 'on' && value !== 'off') {
    throw new IpError(`Error: argument of "${word}" must be "on" or "off", not "${value}"`, 1);
  }
  switches.set(word as Switch, value === 'on');
}

/** iplink_parse of iproute2's ip/iplink.c. Its order makes `a` mean `address`, and no device of that name. */
const read = reader<LinkRequest>({
  name: 'ip link',
  usage: LINK_USAGE,
  words: {
    up: (request) => (request.up = true),
    down: (request) => (request.up = false),
    name: (request, { args }) => (request.name = nameArgument(args.next())),
    index: short(UNMODELLED),
    link: short(UNMODELLED),
    address: short((request, { args }) => (request.mac = macArgument(args))),
    broadcast: short(UNMODELLED),
    brd: UNMODELLED,
    txqueuelen: short(queueLength),
    qlen: queueLength,
    txqlen: short(queueLength),
    mtu: (request, { args }) => (request.mtu = args.number('Invalid "mtu" value', 2 ** 31 - 1)),
    ...unmodelled('xdpgeneric', 'xdpdrv', 'xdpoffload', 'xdp'),
    netns: (request, context) => (request.namespace = namespaceArgument(context)),
    multicast: turn,
    allmulticast: turn,
    promisc: turn,
    trailers: UNMODELLED,
    arp: turn,
    carrier: UNMODELLED,
    vf: UNMODELLED,
    master: short((request, { args }) => (request.master = args.next())),
    vrf: UNMODELLED,
    nomaster: short((request) => (request.master = null)),
    dynamic: short(UNMODELLED),
    type: short((request, { args }) => (request.type = args.next())),
    alias: short((request, { args }) => (request.alias = args.next())),
    group: (request, { args }) => (request.group = groupArgument(args)),
    ...unmodelled('mode', 'state'),
    numtxqueues: short(UNMODELLED),
    numrxqueues: short(UNMODELLED),
    addrgenmode: short(UNMODELLED),
    'link-netns': short(UNMODELLED),
    'link-netnsid': short(UNMODELLED),
    protodown: UNMODELLED,
  },
  rest: { word: 'dev', take: (request, name) => (request.device = name) },
  until: ({ type }) => type !== undefined,
});

/** Reads up to `type KIND`, or to the end. */
export function readLink(context: IpContext): LinkRequest {
  return read(context, { switches: new Map() });
}

export function namedDevice({ device }: LinkRequest): string {
  if (device === undefined) throw new IpError('Not enough information: "dev" argument is required.', 255);
  return device;
}

/** Sets what a device only notes: its group, its alias and its switches. */
export function noteOn(device: Device, { group, alias, switches }: LinkRequest): void {
  if (group !== undefined) device.group = group;
  if (alias !== undefined) device.alias = alias;
  for (const [word, on] of switches) {
    if (word === 'arp') device.asksArp = on;
    else if (word === 'multicast') device.multicast = on;
    else if (word === 'allmulticast') device.allMulticast = on;
    else if (device.promiscuous !== on) {
      device.promiscuous = on;
      device.promiscuity += on ? 1 : -1;
    }
  }
}

function namespaceArgument({ args, process }: IpContext): NetworkNamespace {
  const name = args.next();
  const namespace = process.services.namespaces?.get(name);
  if (namespace === undefined) throw wrongArgument(name, 'Invalid "netns" value');
  return namespace;
}

/** The device that others are put under. */
export function masterNamed(namespace: NetworkNamespace, name: string): Device {
  const master = namespace.link(name);
  if (master === undefined) throw wrongArgument(name, 'Device does not exist');
  return master;
}
