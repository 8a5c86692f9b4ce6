import type { NeighbourState } from '../../linux/device/neighbour.ts';
import type { DeviceNeighbour } from '../../linux/namespace.ts';
import { contains, formatIp, formatMac, type IpAddress, type Prefix, parseMac } from '../../linux/packet/address.ts';
import { garbage, IpError } from '../iproute2/arguments.ts';
import { commands, ofIpv4, showUsage } from '../iproute2/commands.ts';
import {
  addressArgument,
  type IpCommand,
  type IpContext,
  linkNamed,
  numberOf,
  prefixArgument,
  print,
  printJson,
} from '../iproute2/context.ts';
import { UNMODELLED } from '../iproute2/keywords.ts';
import { reader, short } from '../iproute2/words.ts';

/** NUD_* as bits; none has no bit. */
const BITS: Readonly<Record<NeighbourState, number>> = {
  INCOMPLETE: 0x01,
  REACHABLE: 0x02,
  STALE: 0x04,
  DELAY: 0x08,
  PROBE: 0x10,
  FAILED: 0x20,
  NOARP: 0x40,
  PERMANENT: 0x80,
  NONE: 0,
};
const STATES = Object.keys(BITS) as readonly NeighbourState[];
/** What is shown unless states are asked for. */
const USUAL = STATES.filter((state) => state !== 'NOARP' && state !== 'NONE');

const USAGE = `Usage: ip neigh { add | del | change | replace }
                { ADDR [ lladdr LLADDR ] [ nud STATE ] proxy ADDR }
                [ dev DEV ] [ router ] [ use ] [ managed ] [ extern_learn ]
                [ protocol PROTO ]

	ip neigh { show | flush } [ proxy ] [ to PREFIX ] [ dev DEV ] [ nud STATE ]
				  [ vrf NAME ] [ nomaster ]
	ip neigh get { ADDR | proxy ADDR } dev DEV

STATE := { delay | failed | incomplete | noarp | none |
           permanent | probe | reachable | stale }`;

interface Filter {
  device?: string;
  to?: Prefix;
  states?: readonly NeighbourState[];
  proxy?: boolean;
  /** Nothing refers to it: no packet waits, nobody probes. */
  unused?: boolean;
}

/** do_show_or_flush of iproute2's ip/ipneigh.c */
const readFilter = reader<Filter>({
  name: 'ip neigh',
  usage: USAGE,
  words: {
    dev: (filter, context) => (filter.device = linkNamed(context, context.args.next()).name),
    master: UNMODELLED,
    vrf: UNMODELLED,
    nomaster: UNMODELLED,
    unused: (filter) => (filter.unused = true),
    nud: (filter, { args }) => (filter.states = [...(filter.states ?? []), ...statesArgument(args.next())]),
    proxy: (filter) => (filter.proxy = true),
    protocol: UNMODELLED,
    router: UNMODELLED,
  },
  rest: { word: 'to', take: (filter, value) => (filter.to = prefixArgument(value)) },
});

function statesArgument(word: string): readonly NeighbourState[] {
  if (word === 'all') return STATES;
  const state = STATES.find((name) => name.toLowerCase() === word);
  if (state !== undefined) return [state];
  const bits = numberOf(word, 0xff);
  if (bits === undefined) throw new IpError(`Error: argument "${word}" is wrong: nud state is bad`, 255);
  return bits === 0 ? ['NONE'] : STATES.filter((name) => (BITS[name] & bits) !== 0);
}

function selected({ netns }: IpContext, filter: Filter): readonly DeviceNeighbour[] {
  const { device, to, states = USUAL, unused } = filter;
  return netns
    .neighbours()
    .filter(
      ({ device: on, neighbour }) =>
        (device === undefined || on.name === device) &&
        (to === undefined || contains(to, neighbour.address)) &&
        (unused !== true || neighbour.timer === undefined) &&
        states.includes(neighbour.state),
    );
}

async function show(context: IpContext): Promise<number> {
  const filter = readFilter(context, {});
  if (filter.proxy === true) {
    await printProxies(context, filter);
    return 0;
  }
  await printNeighbours(context, selected(context, filter), filter.device !== undefined);
  return 0;
}

async function printProxies(context: IpContext, { device, to }: Filter): Promise<void> {
  const { netns, options } = context;
  const proxies = netns.arp
    .proxies()
    .filter((one) => device === undefined || one.device?.name === device)
    .filter((one) => to === undefined || contains(to, one.address))
    // Those of all devices come first, as the kernel's dump has them.
    .toSorted((a, b) => (a.device?.index ?? 0) - (b.device?.index ?? 0))
    .map((one) => ({ dst: formatIp(one.address), dev: device === undefined ? one.device?.name : undefined }));
  if (options.json) {
    await printJson(
      context,
      proxies.map((one) => ({ ...one, proxy: null })),
    );
    return;
  }
  await print(
    context,
    proxies.map(({ dst, dev }) => `${dst} ${dev === undefined ? '' : `dev ${dev} `}proxy `),
  );
}

async function printNeighbours(
  context: IpContext,
  neighbours: readonly DeviceNeighbour[],
  omitDevice: boolean,
): Promise<void> {
  const { options, process } = context;
  const now = process.clock.now();
  const ago = (time: number) => Math.floor((now - time) / 1000);
  if (options.json) {
    const json = neighbours.map(({ device, neighbour: { address, mac, state, used, confirmed, updated, probes } }) => ({
      dst: formatIp(address),
      dev: omitDevice ? undefined : device.name,
      lladdr: mac === undefined ? undefined : formatMac(mac),
      ...(options.statistics > 0 && { used: ago(used), confirmed: ago(confirmed), updated: ago(updated), probes }),
      state: state === 'NONE' ? undefined : [state],
    }));
    await printJson(context, json);
    return;
  }
  const lines = neighbours.map(({ device, neighbour }) => {
    const { address, mac, state, used, confirmed, updated, probes } = neighbour;
    const lladdr = mac === undefined ? '' : formatMac(mac);
    if (options.brief) return `${formatIp(address).padEnd(39)} ${device.name.padEnd(16)} ${lladdr}`;
    let text = `${formatIp(address)} `;
    if (!omitDevice) text += `dev ${device.name} `;
    if (lladdr !== '') text += `lladdr ${lladdr} `;
    if (options.statistics > 0) text += ` used ${ago(used)}/${ago(confirmed)}/${ago(updated)}probes ${probes} `;
    return state === 'NONE' ? text : `${text}${state} `;
  });
  await print(context, lines);
}

interface Entry {
  address?: IpAddress;
  device?: string;
  mac?: number | undefined;
  state: NeighbourState;
  proxy: boolean;
}

/** ipneigh_modify */
const readEntry = reader<Entry>({
  name: 'ip neigh',
  usage: USAGE,
  words: {
    lladdr(entry, { args }) {
      const text = args.next();
      entry.mac = parseMac(text);
      if (entry.mac === undefined) throw new IpError(`"${text}" is invalid lladdr.`, 1);
    },
    nud: (entry, { args }) => (entry.state = statesArgument(args.next())[0] ?? 'NONE'),
    proxy(entry, { args }) {
      entry.proxy = true;
      entry.address = addressArgument(args);
    },
    router: UNMODELLED,
    use: UNMODELLED,
    managed: UNMODELLED,
    extern_learn: short(UNMODELLED),
    dev: (entry, context) => (entry.device = linkNamed(context, context.args.next()).name),
    protocol: UNMODELLED,
  },
  rest: {
    word: 'to',
    take(entry, text) {
      if (entry.address !== undefined) throw garbage('to', text);
      if (text.includes('/')) throw new IpError(`Error: any valid address is expected rather than "${text}".`, 1);
      entry.address = prefixArgument(text).address;
    },
  },
});

function entryOf(context: IpContext): Entry & Required<Pick<Entry, 'address'>> {
  const entry = readEntry(context, { state: 'PERMANENT', proxy: false });
  const { address, device, proxy } = entry;
  if (address === undefined || (device === undefined && !proxy)) {
    throw new IpError('Device and destination are required arguments.', 255);
  }
  return { ...entry, address };
}

async function set(context: IpContext, mode: 'add' | 'change' | 'replace'): Promise<number> {
  const { netns } = context;
  const { address, device, mac, state, proxy } = entryOf(context);
  if (proxy) netns.arp.addProxy(address, device === undefined ? undefined : netns.link(device));
  else netns.addNeighbour(device ?? '', address, mac, { state, mode });
  return 0;
}

async function remove(context: IpContext): Promise<number> {
  const { netns } = context;
  const { address, device, proxy } = entryOf(context);
  if (proxy) netns.arp.removeProxy(address, device === undefined ? undefined : netns.link(device));
  else netns.deleteNeighbour(device ?? '', address);
  return 0;
}

async function get(context: IpContext): Promise<number> {
  const { args, netns, options } = context;
  let address: IpAddress | undefined;
  let device: string | undefined;
  let proxy = false;
  while (args.more) {
    if (args.take('dev')) device = linkNamed(context, args.next()).name;
    else if (args.take('proxy')) {
      proxy = true;
      address = addressArgument(args);
    } else {
      args.take('to');
      address = addressArgument(args);
    }
  }
  if (device === undefined || address === undefined) {
    throw new IpError('Device and address are required arguments.', 1);
  }
  if (proxy) {
    const there = netns.arp.proxies().some((one) => one.address === address && one.device?.name === device);
    if (!there) throw new IpError('Error: Proxy neighbour entry not found.', 2);
    await print(context, [`${formatIp(address)} dev ${device} proxy `]);
    return 0;
  }
  const found = selected(context, { device, to: { address, length: 32 }, states: STATES });
  if (found.length === 0) throw new IpError('Error: Neighbour entry not found.', 2);
  // iproute2 6.1 prints text here even with -j.
  await printNeighbours({ ...context, options: { ...options, json: false } }, found, false);
  return 0;
}

/** Unless asked for, entries made by hand stay. */
async function flush(context: IpContext): Promise<number> {
  const { args, netns, options } = context;
  if (!args.more) throw new IpError('Flush requires arguments.', 1);
  const filter = args.take('all') ? {} : readFilter(context, {});
  const states = filter.states ?? USUAL.filter((state) => state !== 'PERMANENT');
  const gone = selected(context, { ...filter, states });
  for (const { device, neighbour } of gone) netns.deleteNeighbour(device.name, neighbour.address);
  if (options.statistics === 0) return 0;
  if (gone.length === 0) await print(context, ['Nothing to flush.']);
  else {
    const count = `deleting ${gone.length} entries`;
    await print(context, ['', `*** Round 1, ${count} ***`, '*** Flush is complete after 1 round ***']);
  }
  return 0;
}

/** ip-neighbour(8). */
export const neigh: IpCommand = ofIpv4(
  commands({
    name: 'ip neigh',
    alone: show,
    words: {
      add: (context) => set(context, 'add'),
      change: (context) => set(context, 'change'),
      chg: (context) => set(context, 'change'),
      replace: (context) => set(context, 'replace'),
      delete: remove,
      get,
      show,
      lst: show,
      list: show,
      flush,
      help: showUsage(USAGE),
    },
  }),
);
