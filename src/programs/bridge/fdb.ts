import { Bridge } from '../../linux/device/bridge/bridge.ts';
import type { FdbEntry } from '../../linux/device/bridge/fdb.ts';
import { BridgePort } from '../../linux/device/bridge/port.ts';
import type { Device } from '../../linux/device/device.ts';
import type { VxlanEntry } from '../../linux/device/vxlan/fdb.ts';
import { Vxlan } from '../../linux/device/vxlan/vxlan.ts';
import { formatIp, parseMac } from '../../linux/packet/address.ts';
import { IpError } from '../iproute2/arguments.ts';
import { commands, showUsage } from '../iproute2/commands.ts';
import { type IpCommand, type IpContext, printEach } from '../iproute2/context.ts';
import { UNMODELLED } from '../iproute2/keywords.ts';
import { reader, short } from '../iproute2/words.ts';
import { deviceNamed } from './device-named.ts';
import { modify } from './fdb-change.ts';
import { type FdbLine, type FdbShow, lineJson, lineText } from './fdb-text.ts';
import { FDB_USAGE as USAGE } from './fdb-usage.ts';

/** What `ndo_fdb_dump` gives for a device: what its bridge knows to be there, then what it has itself. */
function linesOf(device: Device, now: number): FdbLine[] {
  const lines: FdbLine[] = [];
  if (device.port instanceof BridgePort) {
    const { port } = device;
    const { master } = port;
    if (master instanceof Bridge) lines.push(...bridgeLines(master, (entry) => entry.port === port, now));
  }
  if (device instanceof Vxlan) lines.push(...device.fdb.entries().flatMap((entry) => tunnelLines(device, entry, now)));
  lines.push(...groupLines(device));
  if (device instanceof Bridge) lines.push(...bridgeLines(device, (entry) => entry.port === undefined, now));
  return lines;
}

function bridgeLines(bridge: Bridge, wanted: (entry: FdbEntry) => boolean, now: number): FdbLine[] {
  return bridge.fdb
    .entries()
    .filter(wanted)
    .map((entry) => bridgeLine(bridge, entry, now));
}

function bridgeLine(bridge: Bridge, { mac, port, state, used, updated }: FdbEntry, now: number): FdbLine {
  return {
    mac,
    device: port?.device.name ?? bridge.name,
    self: false,
    master: bridge.name,
    state: state === 'dynamic' ? '' : state,
    age: { used: now - used, updated: now - updated },
  };
}

function tunnelLines(device: Vxlan, { mac, remotes, state, used, updated }: VxlanEntry, now: number): FdbLine[] {
  return remotes.map(({ address, port, vni, via }) => ({
    mac,
    device: device.name,
    remote: [
      ['dst', formatIp(address)] as const,
      ...(port === undefined || port === device.udpPort ? [] : [['port', port] as const]),
      ...(vni === undefined || vni === device.vni ? [] : [['vni', vni] as const]),
      ...(via === undefined ? [] : [['via', via.name] as const]),
    ],
    self: true,
    state: state === 'dynamic' ? '' : state,
    age: { used: now - used, updated: now - updated },
  }));
}

const ALL_HOSTS = 0x01005e000001;
const ALL_SNOOPERS = 0x01005e00006a;

/** The multicast groups that the kernel joins on a device that is up: a bridge that snoops, 224.0.0.106 too. */
function groupLines(device: Device): FdbLine[] {
  // A VXLAN device dumps its own table instead (ndo_fdb_dump).
  if (!device.up || !device.needsArp || device instanceof Vxlan) return [];
  const groups = device instanceof Bridge ? [ALL_SNOOPERS, ALL_HOSTS] : [ALL_HOSTS];
  return groups.map((mac) => ({ mac, device: device.name, self: true, state: 'permanent' }));
}

interface Shown {
  device?: Device;
  bridge?: Device;
  state?: string;
  dynamic?: boolean;
}

const shownPort = (shown: Shown, context: IpContext) => {
  shown.device = deviceNamed(context, context.args.next());
};

/** fdb_show of iproute2's bridge/fdb.c, which passes over what it does not know. */
const readShown = reader<Shown>({
  name: 'bridge fdb show',
  usage: USAGE,
  words: {
    brport: shownPort,
    dev: shownPort,
    port: shownPort,
    br: (shown, context) => (shown.bridge = deviceNamed(context, context.args.next(), 'bridge device')),
    vlan: UNMODELLED,
    state: (shown, { args }) => (shown.state = args.next()),
    dynamic: (shown) => (shown.dynamic = true),
  },
  rest: { repeated: true, take: () => undefined },
});

async function show(context: IpContext): Promise<number> {
  const { netns, options, process } = context;
  const { device, bridge, state, dynamic = false } = readShown(context, {});
  const lines = netns
    .links()
    .filter((one) => device === undefined || one === device)
    .filter((one) => bridge === undefined || one === bridge || one.port?.master === bridge)
    .flatMap((one) => linesOf(one, process.clock.now()))
    .filter((line) => !dynamic || line.state !== 'permanent')
    .filter((line) => state === undefined || line.state === state);
  await printLines(context, lines, { statistics: options.statistics > 0, omitDevice: device !== undefined });
  return 0;
}

async function printLines(context: IpContext, lines: readonly FdbLine[], how: FdbShow): Promise<void> {
  await printEach(
    context,
    lines,
    (line) => lineJson(line, how),
    (line) => lineText(line, how),
  );
}

interface Asked {
  /** The address, as it was typed. */
  written?: string;
  device?: Device;
  bridge?: Device;
  self?: boolean;
}

const askedPort = (asked: Asked, context: IpContext) => {
  asked.device = deviceNamed(context, context.args.next());
};

/** fdb_get */
const readAsked = reader<Asked>({
  name: 'bridge fdb get',
  usage: USAGE,
  words: {
    br: (asked, context) => (asked.bridge = deviceNamed(context, context.args.next())),
    brport: askedPort,
    dev: askedPort,
    vlan: UNMODELLED,
    vni: UNMODELLED,
    self: (asked) => (asked.self = true),
    master: () => undefined,
    dynamic: short(() => undefined),
  },
  rest: { word: 'to', take: (asked, address) => (asked.written = address) },
});

async function get(context: IpContext): Promise<number> {
  const { process, options } = context;
  const { written, device, bridge, self = false } = readAsked(context, {});
  if (written === undefined || (device === undefined && bridge === undefined)) {
    throw new IpError('Device or master and address are required arguments.', 255);
  }
  const mac = parseMac(written);
  if (mac === undefined) throw new IpError(`Invalid mac address ${written}`, 255);
  const how = { statistics: options.statistics > 0, omitDevice: false };
  if (self && device instanceof Vxlan) {
    const found = device.fdb.find(mac);
    if (found === undefined) throw new IpError('Error: Fdb entry not found.', 254);
    await printLines(context, tunnelLines(device, found, process.clock.now()).slice(0, 1), how);
    return 0;
  }
  const asked = bridge ?? device?.port?.master;
  if (!(asked instanceof Bridge)) {
    throw new IpError(
      `Error: ${bridge === undefined ? 'Device is not a bridge port' : 'Device is not a bridge'}.`,
      254,
    );
  }
  const entry = asked.fdb.find(mac);
  if (entry === undefined) throw new IpError('Error: Fdb entry not found.', 254);
  await printLines(context, [bridgeLine(asked, entry, process.clock.now())], how);
  return 0;
}

export const fdb: IpCommand = commands({
  name: 'bridge fdb',
  alone: show,
  words: {
    add: (context) => modify(context, 'add'),
    append: (context) => modify(context, 'append'),
    replace: (context) => modify(context, 'replace'),
    delete: (context) => modify(context, 'delete'),
    get,
    show,
    lst: show,
    list: show,
    flush: UNMODELLED,
    help: showUsage(USAGE),
  },
});
