import type { NeighbourState } from '../../linux/device/neighbour.ts';
import type { DeviceNeighbour } from '../../linux/namespace.ts';
import { contains, formatIp, formatMac, type IpAddress, type Prefix, parseMac } from '../../linux/packet/address.ts';
import { abbreviated, garbage, IpError, notModelled, wrongArgument } from './arguments.ts';
import {
  addressArgument,
  type IpCommand,
  type IpContext,
  linkNamed,
  prefixArgument,
  print,
  printJson,
} from './context.ts';

const COMMANDS = ['add', 'change', 'chg', 'replace', 'delete', 'get', 'show', 'lst', 'list', 'flush', 'help'] as const;
const STATES: readonly NeighbourState[] = ['PERMANENT', 'REACHABLE', 'STALE', 'DELAY', 'PROBE', 'FAILED', 'INCOMPLETE'];

const USAGE = `Usage: ip neigh [ { show | flush } [ to PREFIX ] [ dev DEVICE ] [ nud STATE ] ]
       ip neigh get ADDRESS dev DEVICE
       ip neigh { add | change | replace } ADDRESS lladdr LLADDR [ nud { permanent | reachable | stale } ] dev DEVICE
       ip neigh del ADDRESS dev DEVICE
STATE := { permanent | reachable | stale | delay | probe | failed | incomplete | all }`;

/** ip-neighbour(8). */
export const neigh: IpCommand = async (context) => {
  const { args } = context;
  if (context.options.family === 'inet6') return 0;
  if (!args.more) return show(context);
  const word = args.next();
  switch (abbreviated(word, COMMANDS)) {
    case 'add':
      return set(context, 'add');
    case 'change':
    case 'chg':
      return set(context, 'change');
    case 'replace':
      return set(context, 'replace');
    case 'delete':
      return remove(context);
    case 'get':
      return get(context);
    case 'show':
    case 'list':
    case 'lst':
      return show(context);
    case 'flush':
      return flush(context);
    case 'help':
      throw new IpError(USAGE, 255);
    default:
      throw new IpError(`Command "${word}" is unknown, try "ip neigh help".`, 255);
  }
};

interface Filter {
  device?: string;
  to?: Prefix;
  states?: readonly NeighbourState[];
}

function filterArguments(context: IpContext): Filter {
  const { args } = context;
  const filter: Filter = {};
  while (args.more) {
    const word = args.next();
    if (word === 'dev') filter.device = linkNamed(context, args.next()).name;
    else if (word === 'nud') filter.states = [...(filter.states ?? []), ...statesArgument(args.next())];
    else if (word === 'proxy' || word === 'vrf' || word === 'nomaster' || word === 'unused') {
      throw notModelled(`"ip neigh ... ${word}"`);
    } else {
      const value = word === 'to' ? args.next() : word;
      if (filter.to !== undefined) throw garbage('to', value);
      filter.to = prefixArgument(value);
    }
  }
  return filter;
}

function statesArgument(word: string): readonly NeighbourState[] {
  if (word === 'all') return STATES;
  if (word === 'noarp' || word === 'none') return [];
  const state = STATES.find((name) => name.toLowerCase() === word);
  if (state === undefined) throw new IpError(`Error: argument "${word}" is wrong: nud state is bad`, 255);
  return [state];
}

function selected({ netns }: IpContext, { device, to, states }: Filter): readonly DeviceNeighbour[] {
  return netns
    .neighbours()
    .filter(
      ({ device: on, neighbour }) =>
        (device === undefined || on.name === device) &&
        (to === undefined || contains(to, neighbour.address)) &&
        (states === undefined || states.includes(neighbour.state)),
    );
}

async function show(context: IpContext): Promise<number> {
  const filter = filterArguments(context);
  await printNeighbours(context, selected(context, filter), filter.device !== undefined);
  return 0;
}

async function printNeighbours(
  context: IpContext,
  neighbours: readonly DeviceNeighbour[],
  omitDevice: boolean,
): Promise<void> {
  const { options, process } = context;
  if (options.json) {
    const json = neighbours.map(({ device, neighbour: { address, mac, state } }) => ({
      dst: formatIp(address),
      dev: omitDevice ? undefined : device.name,
      lladdr: mac === undefined ? undefined : formatMac(mac),
      state: [state],
    }));
    await printJson(context, json);
    return;
  }
  const now = process.clock.now();
  const ago = (time: number) => (Number.isFinite(time) ? Math.floor((now - time) / 1000) : 0);
  const lines = neighbours.map(({ device, neighbour }) => {
    const { address, mac, state, used, confirmed, updated, probes } = neighbour;
    const lladdr = mac === undefined ? '' : formatMac(mac);
    if (options.brief) return `${formatIp(address).padEnd(39)} ${device.name.padEnd(16)} ${lladdr}`;
    let text = `${formatIp(address)} `;
    if (!omitDevice) text += `dev ${device.name} `;
    if (lladdr !== '') text += `lladdr ${lladdr} `;
    if (options.statistics) text += ` used ${ago(used)}/${ago(confirmed)}/${ago(updated)}probes ${probes} `;
    return `${text}${state} `;
  });
  await print(context, lines);
}

interface Entry {
  readonly address: IpAddress;
  readonly device: string;
  readonly mac: number | undefined;
  readonly state: 'PERMANENT' | 'REACHABLE' | 'STALE';
}

function entry(context: IpContext): Entry {
  const { args } = context;
  let address: IpAddress | undefined;
  let device: string | undefined;
  let mac: number | undefined;
  let state: Entry['state'] = 'PERMANENT';
  while (args.more) {
    const word = args.next();
    if (word === 'dev') device = args.next();
    else if (word === 'lladdr') {
      const text = args.next();
      mac = parseMac(text);
      if (mac === undefined) throw new IpError(`"${text}" is invalid lladdr.`, 1);
    } else if (word === 'nud') {
      const [wanted] = statesArgument(args.next());
      if (wanted !== 'PERMANENT' && wanted !== 'REACHABLE' && wanted !== 'STALE') {
        throw notModelled('adding a neighbour in this state', 'permanent, reachable and stale are');
      }
      state = wanted;
    } else if (['proxy', 'router', 'extern_learn', 'managed', 'use', 'protocol'].includes(word)) {
      throw notModelled(`"ip neigh ... ${word}"`);
    } else {
      if (address !== undefined) throw garbage('to', word);
      const text = word === 'to' ? args.next() : word;
      const prefix = prefixArgument(text);
      address = prefix.address;
    }
  }
  if (device === undefined || address === undefined) {
    throw new IpError('Device and destination are required arguments.', 255);
  }
  return { address, device: linkNamed(context, device).name, mac, state };
}

async function set(context: IpContext, action: 'add' | 'change' | 'replace'): Promise<number> {
  const { netns } = context;
  const { address, device, mac, state } = entry(context);
  const there = netns.link(device)?.neighbours.has(address) === true;
  if (action === 'change' && !there) throw new IpError('RTNETLINK answers: No such file or directory', 2);
  if (mac === undefined) throw new IpError('Error: No link layer address given.', 2);
  netns.addNeighbour(device, address, mac, { state, replace: action !== 'add' });
  return 0;
}

async function remove(context: IpContext): Promise<number> {
  const { address, device } = entry(context);
  context.netns.deleteNeighbour(device, address);
  return 0;
}

async function get(context: IpContext): Promise<number> {
  const { args } = context;
  const address = addressArgument(args);
  if (!args.take('dev')) throw wrongArgument(args.rest[0] ?? '', 'a device is needed');
  const device = linkNamed(context, args.next()).name;
  const found = selected(context, { device, to: { address, length: 32 } });
  if (found.length === 0) throw new IpError('Error: Neighbour entry not found.', 2);
  await printNeighbours(context, found, false);
  return 0;
}

async function flush(context: IpContext): Promise<number> {
  const { args, netns } = context;
  if (!args.more) throw new IpError('Flush requires arguments.', 1);
  const filter = args.take('all') ? {} : filterArguments(context);
  for (const { device, neighbour } of selected(context, filter)) {
    const asked = filter.states?.includes(neighbour.state) === true;
    if (neighbour.state !== 'PERMANENT' || asked) netns.deleteNeighbour(device.name, neighbour.address);
  }
  return 0;
}
