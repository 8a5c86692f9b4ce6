import type { Device } from '../../linux/device/device.ts';
import { deviceKinds } from '../../linux/device/kinds.ts';
import { formatMac } from '../../linux/packet/address.ts';
import { garbage, IpError, notModelled } from '../iproute2/arguments.ts';
import { commands } from '../iproute2/commands.ts';
import { type IpCommand, type IpContext, linkNamed, print, printJson } from '../iproute2/context.ts';
import { UNMODELLED } from '../iproute2/keywords.ts';
import { add, masterNamed } from './link-add.ts';
import { set } from './link-set.ts';
import { briefText, linkFacts, linkJson, linkText, statisticsJson, statisticsText } from './link-text.ts';
import { groupArgument } from './link-words.ts';

const USAGE = `Usage: ip link add [ name ] NAME
		    [ txqueuelen PACKETS ]
		    [ address LLADDR ]
		    [ mtu MTU ]
		    [ netns NAME ]
		    [ master DEVICE ]
		    type TYPE [ ARGS ]

	ip link delete [ dev ] DEVICE

	ip link set [ dev ] DEVICE
			[ { up | down } ]
			[ type TYPE ARGS ]
		[ txqueuelen PACKETS ]
		[ name NEWNAME ]
		[ address LLADDR ]
		[ mtu MTU ]
		[ netns NAME ]
		[ master DEVICE ]
		[ nomaster ]
		[ arp { on | off } ]
		[ multicast { on | off } ]
		[ allmulticast { on | off } ]
		[ promisc { on | off } ]
		[ alias NAME ]
		[ group GROUP ]

	ip link show [ DEVICE | group GROUP ] [up] [master DEV] [type TYPE]
		[nomaster]

	ip link help [ TYPE ]

TYPE := { ${deviceKinds.map(({ name }) => name).join(' | ')} | bridge_slave }
Other types of devices are not modelled in this simulation.`;

async function help(context: IpContext): Promise<number> {
  const { args } = context;
  const type = args.more ? args.next() : undefined;
  const kind = deviceKinds.find(({ name }) => name === type);
  if (kind === undefined) throw new IpError(USAGE, 255);
  await print(context, [kind.usage]);
  return 0;
}

/** `type bridge_slave`: the ports of bridges. */
function isSlave(device: Device, type: string): boolean {
  return device.port !== undefined && type === `${device.port.master.kind}_slave`;
}

async function show(context: IpContext): Promise<number> {
  const { args, netns, options } = context;
  let name: string | undefined;
  let up = false;
  let type: string | undefined;
  let master: Device | null | undefined;
  let group: number | undefined;
  while (args.more) {
    const word = args.next();
    if (word === 'up') up = true;
    else if (word === 'type') type = args.next();
    else if (word === 'master') master = masterNamed(netns, args.next());
    else if (word === 'nomaster') master = null;
    else if (word === 'group') group = groupArgument(args);
    else if (word === 'vrf') {
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
    .filter((device) => type === undefined || device.kind === type || isSlave(device, type))
    .filter((device) => group === undefined || device.group === group)
    .filter((device) => master === undefined || (device.port?.master ?? null) === master);
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

async function remove(context: IpContext): Promise<number> {
  const { args, netns } = context;
  let name: string | undefined;
  while (args.more) {
    const word = args.next();
    if (word === 'type') args.next();
    else if (word === 'group') {
      const group = groupArgument(args);
      for (const device of netns.links()) {
        // A veth's other end may be gone already.
        if (device.group === group && netns.link(device.index) === device) netns.deleteLink(device.name);
      }
      return 0;
    } else {
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

/** ip-link(8): show, set, add, delete. */
export const link: IpCommand = commands({
  name: 'ip link',
  alone: show,
  words: {
    add,
    set,
    replace: UNMODELLED,
    delete: remove,
    show,
    list: show,
    lst: show,
    help,
  },
});
