import type { Device } from '../../linux/device/device.ts';
import { deviceKinds } from '../../linux/device/kinds.ts';
import { formatMac } from '../../linux/packet/address.ts';
import { IpError } from '../iproute2/arguments.ts';
import { commands } from '../iproute2/commands.ts';
import { type IpCommand, type IpContext, linkNamed, print, printJson } from '../iproute2/context.ts';
import { UNMODELLED } from '../iproute2/keywords.ts';
import { reader } from '../iproute2/words.ts';
import { add } from './link-add.ts';
import { masterNamed, namedDevice, readLink } from './link-request.ts';
import { set } from './link-set.ts';
import { briefText, linkFacts, linkJson, linkText, statisticsJson, statisticsText } from './link-text.ts';
import { LINK_USAGE } from './link-usage.ts';
import { groupArgument } from './link-words.ts';

async function help(context: IpContext): Promise<number> {
  const { args } = context;
  const type = args.more ? args.next() : undefined;
  const kind = deviceKinds.find(({ name }) => name === type);
  if (kind === undefined) throw new IpError(LINK_USAGE, 255);
  await print(context, [kind.usage]);
  return 0;
}

/** `type bridge_slave`: the ports of bridges. */
function isSlave(device: Device, type: string): boolean {
  return device.port !== undefined && type === `${device.port.master.kind}_slave`;
}

interface Shown {
  name?: string;
  up?: boolean;
  type?: string;
  master?: Device | null;
  group?: number;
}

/** ipaddr_list_flush_or_save of iproute2's ip/ipaddress.c */
const readShown = reader<Shown>({
  name: 'ip link show',
  usage: LINK_USAGE,
  words: {
    up: (shown) => (shown.up = true),
    group: (shown, { args }) => (shown.group = groupArgument(args)),
    master: (shown, { args, netns }) => (shown.master = masterNamed(netns, args.next())),
    vrf: UNMODELLED,
    nomaster: (shown) => (shown.master = null),
    type: (shown, { args }) => (shown.type = args.next()),
  },
  rest: { word: 'dev', take: (shown, name) => (shown.name = name) },
});

async function show(context: IpContext): Promise<number> {
  const { netns, options } = context;
  const { name, up = false, type, master, group } = readShown(context, {});
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
      stats64: options.statistics > 0 ? statisticsJson(device) : undefined,
    }));
    await printJson(context, json);
    return 0;
  }
  const lines = shown.map((device) => {
    if (options.brief) {
      return `${briefText(context, device)}${formatMac(device.mac)} <${linkFacts(context, device).flags.join(',')}> `;
    }
    const text = linkText(context, device, { mode: true, hardware: true });
    return options.statistics > 0 ? text + statisticsText(device, options) : text;
  });
  await print(context, lines);
  return 0;
}

/** iplink_modify: what is deleted is read as what is made. */
async function remove(context: IpContext): Promise<number> {
  const { netns } = context;
  const request = readLink(context);
  if (request.device === undefined && request.group !== undefined) {
    for (const device of netns.links()) {
      // A veth's other end may be gone already.
      if (device.group === request.group && netns.link(device.index) === device) netns.deleteLink(device.name);
    }
    return 0;
  }
  const name = namedDevice(request);
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
