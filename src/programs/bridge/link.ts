import { bridgeSlave } from '../../linux/device/bridge/slave-kind.ts';
import type { Device } from '../../linux/device/device.ts';
import { known } from '../../linux/device/kind.ts';
import { deviceFlags } from '../../linux/device/state.ts';
import { propertyWords } from '../ip/link-words.ts';
import { IpError, notModelled } from '../iproute2/arguments.ts';
import { commands, showUsage } from '../iproute2/commands.ts';
import { type IpCommand, type IpContext, printEach } from '../iproute2/context.ts';
import type { JsonValue } from '../iproute2/json.ts';
import { reader } from '../iproute2/words.ts';
import { deviceNamed } from './device-named.ts';

const USAGE = `Usage: bridge link set dev DEV [ cost COST ] [ priority PRIO ] [ state STATE ]
                               [ guard {on | off} ]
                               [ hairpin {on | off} ]
                               [ fastleave {on | off} ]
                               [ root_block {on | off} ]
                               [ learning {on | off} ]
                               [ learning_sync {on | off} ]
                               [ flood {on | off} ]
                               [ mcast_router MULTICAST_ROUTER ]
                               [ mcast_flood {on | off} ]
                               [ bcast_flood {on | off} ]
                               [ mcast_to_unicast {on | off} ]
                               [ neigh_suppress {on | off} ]
                               [ vlan_tunnel {on | off} ]
                               [ isolated {on | off} ]
                               [ locked {on | off} ]
                               [ hwmode {vepa | veb} ]
                               [ backup_port DEVICE ] [ nobackup_port ]
                               [ self ] [ master ]
       bridge link show [dev DEV]`;

const slave = known(bridgeSlave);

/** What `bridge link` prints of a port: always, and with `-d`, in its own order. */
const ALWAYS = ['state', 'priority', 'cost'];
const DETAILS = [
  'hairpin',
  'guard',
  'root_block',
  'fastleave',
  'learning',
  'flood',
  'mcast_flood',
  'bcast_flood',
  'mcast_router',
  'mcast_to_unicast',
  'neigh_suppress',
  'vlan_tunnel',
  'isolated',
  'locked',
];

/** brlink_show of iproute2's bridge/link.c, which passes over what it does not know. */
const readShown = reader<{ only?: Device }>({
  name: 'bridge link show',
  usage: USAGE,
  words: { dev: (shown, context) => (shown.only = deviceNamed(context, context.args.next())) },
  rest: { repeated: true, take: () => undefined },
});

async function show(context: IpContext): Promise<number> {
  const { netns } = context;
  const { only } = readShown(context, {});
  const ports = netns.links().filter((device) => device.port !== undefined && (only ?? device) === device);
  await printEach(
    context,
    ports,
    (device) => json(context, device),
    (device) => text(context, device),
  );
  return 0;
}

/** The other end's name or number: bridges tell no namespace, so the tool looks its number up in its own. */
function linkOf({ netns }: IpContext, { linkIndex }: Device): string | number | undefined {
  return linkIndex === undefined ? undefined : (netns.link(linkIndex)?.name ?? linkIndex);
}

function flagsOf({ netns }: IpContext, device: Device): readonly string[] {
  return deviceFlags(device, device.linkIndex === undefined ? undefined : netns.link(device.linkIndex));
}

function text(context: IpContext, device: Device): string {
  const { options } = context;
  const flags = flagsOf(context, device);
  const shown = new Map(slave.show(device).map((one) => [one.word, one.text ?? '']));
  const words = (names: readonly string[]) => names.map((name) => `${shown.get(name) ?? ''} `).join('');
  const other = linkOf(context, device);
  const link = other === undefined ? '' : typeof other === 'string' ? `@${other}` : `@if${other}`;
  const head = `${device.index}: ${device.name}${link}: <${flags.join(',')}> mtu ${device.mtu} master ${device.port?.master.name} ${words(ALWAYS)}`;
  return options.details ? `${head}${options.oneline ? '\\' : '\n'}    ${words(DETAILS)}` : head;
}

function json(context: IpContext, device: Device): JsonValue {
  const { options } = context;
  const flags = flagsOf(context, device);
  const link = linkOf(context, device);
  const values = new Map(slave.show(device).map((one) => [one.word, one.value]));
  const members = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, values.get(name)]));
  return {
    ifindex: device.index,
    link: typeof link === 'string' ? link : undefined,
    link_index: typeof link === 'number' ? link : undefined,
    ifname: device.name,
    flags,
    mtu: device.mtu,
    master: device.port?.master.name,
    ...members(ALWAYS),
    ...(options.details && members(DETAILS)),
  };
}

async function set(context: IpContext): Promise<number> {
  const { args, netns } = context;
  const words = propertyWords(context);
  const at = args.rest.indexOf('dev');
  const name = at < 0 ? undefined : args.rest[at + 1];
  if (name === undefined) throw new IpError('Device is a required argument.', 255);
  const device = netns.link(name);
  if (device === undefined) throw new IpError(`Cannot find bridge device "${name}"`, 255);
  // The words are read before the kernel is asked what the device is.
  const scratch = slave.options();
  const change = slave.edit(device);
  while (args.more) {
    const word = args.next();
    if (word === 'dev') args.next();
    else if (word === 'self') throw notModelled('"bridge link set ... self"');
    else if (word === 'master') continue;
    else if ((change ?? scratch).take(word, words)) continue;
    else if (slave.unmodelled.includes(word) || word.startsWith('mcast_')) {
      throw notModelled(`"bridge link set ... ${word}"`);
    } else throw new IpError(USAGE, 255);
  }
  if (change === undefined) throw new IpError('RTNETLINK answers: Operation not supported', 255);
  change.apply();
  return 0;
}

export const link: IpCommand = commands({
  name: 'bridge link',
  alone: show,
  words: {
    set,
    change: set,
    show,
    lst: show,
    list: show,
    help: showUsage(USAGE),
  },
});
