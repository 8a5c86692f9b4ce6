import type { Device } from '../../linux/device/device.ts';
import type { InterfaceAddress, Scope } from '../../linux/device/interface-address.ts';
import { contains, formatIp, type Prefix } from '../../linux/packet/address.ts';
import { IpError } from '../iproute2/arguments.ts';
import { commands, showUsage } from '../iproute2/commands.ts';
import { type IpCommand, type IpContext, prefixArgument, print, printJson } from '../iproute2/context.ts';
import { UNMODELLED } from '../iproute2/keywords.ts';
import { reader } from '../iproute2/words.ts';
import { change, scopeWord } from './addr-change.ts';
import { ADDRESS_USAGE as USAGE } from './addr-usage.ts';
import { masterNamed } from './link-request.ts';
import { briefText, linkJson, linkText, statisticsJson, statisticsText } from './link-text.ts';

interface Filter {
  device?: string;
  scope?: Scope;
  to?: Prefix;
  label?: RegExp;
  up?: boolean;
  type?: string;
  secondary?: boolean;
  /** The bridge's name; null: of none. */
  master?: string | null;
  /** Flags that no address here has: all are for ever, and IPv4 knows no duplicate address detection. */
  never?: boolean;
}

const never = (filter: Filter) => {
  filter.never = true;
};

/** ipaddr_list_flush_or_save of iproute2's ip/ipaddress.c */
const readFilter = reader<Filter>({
  name: 'ip address show',
  usage: USAGE,
  words: {
    to: (filter, { args }) => (filter.to = prefixArgument(args.next())),
    scope: (filter, { args }) => (filter.scope = scopeWord(args.next())),
    up: (filter) => (filter.up = true),
    primary: (filter) => (filter.secondary = false),
    secondary: (filter) => (filter.secondary = true),
    permanent: () => undefined,
    dynamic: never,
    tentative: never,
    deprecated: never,
    dadfailed: never,
    temporary: never,
    label: (filter, { args }) => (filter.label = pattern(args.next())),
    group: UNMODELLED,
    master: (filter, { args, netns }) => (filter.master = masterNamed(netns, args.next()).name),
    vrf: UNMODELLED,
    nomaster: (filter) => (filter.master = null),
    type: (filter, { args }) => (filter.type = args.next()),
  },
  rest: { word: 'dev', take: (filter, name) => (filter.device = name) },
});

/** A label's shell pattern: `*` and `?`. */
function pattern(text: string): RegExp {
  const source = text
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`);
}

function matches(address: InterfaceAddress, { scope, to, label, secondary, never }: Filter): boolean {
  return (
    never !== true &&
    (scope === undefined || address.scope === scope) &&
    (to === undefined || contains(to, address.local)) &&
    (label === undefined || label.test(address.label)) &&
    (secondary === undefined || address.secondary === secondary)
  );
}

async function show(context: IpContext): Promise<number> {
  const { netns, options } = context;
  const filter = readFilter(context, {});
  const { device: name } = filter;
  if (name !== undefined && netns.link(name) === undefined) throw new IpError(`Device "${name}" does not exist.`, 1);
  const family = options.family ?? (filter.to === undefined ? undefined : 'inet');
  const shown: { device: Device; addresses: readonly InterfaceAddress[] }[] = [];
  for (const device of netns.links()) {
    if (name !== undefined && device.name !== name) continue;
    if ((filter.up === true && !device.up) || (filter.type !== undefined && device.kind !== filter.type)) continue;
    if (filter.master !== undefined && (device.port?.master.name ?? null) !== filter.master) continue;
    const addresses =
      family === 'inet' || family === undefined ? device.addresses.filter((a) => matches(a, filter)) : [];
    const bare = device.addresses.length === 0 && family === undefined;
    if (addresses.length > 0 || bare || family === 'link') shown.push({ device, addresses });
  }
  if (options.json) {
    const json = shown.map(({ device, addresses }) => ({
      ...linkJson(context, device, false),
      addr_info: addresses.map((address) => addressJson(address, options.brief)),
      stats64: options.statistics > 0 ? statisticsJson(device) : undefined,
    }));
    await printJson(context, json);
    return 0;
  }
  await print(
    context,
    shown.flatMap(({ device, addresses }) => text(context, device, addresses, family, filter)),
  );
  return 0;
}

function text(
  context: IpContext,
  device: Device,
  addresses: readonly InterfaceAddress[],
  family: string | undefined,
  filter: Filter,
): readonly string[] {
  const { options } = context;
  if (options.brief)
    return [
      briefText(context, device) +
        addresses.map((a) => `${localText(a)} ${a.metric === undefined ? '' : `metric ${a.metric} `}`).join(''),
    ];
  const newline = options.oneline ? '\\' : '\n';
  const lines = addresses.map((a) => `    ${addressText(a)}${newline}       valid_lft forever preferred_lft forever`);
  if (options.oneline && family !== 'link') return lines.map((line) => `${device.index}: ${device.name}${line}`);
  if (filter.label !== undefined) return lines;
  const hardware = family === undefined || family === 'link';
  const head = linkText(context, device, { mode: false, hardware });
  const statistics = options.statistics > 0 ? [statisticsText(device, options).replace(/^[\n\\]/, '')] : [];
  return [head, ...lines, ...statistics];
}

function localText({ local, peer, length }: InterfaceAddress): string {
  const point = local === peer ? '' : ` peer ${formatIp(peer)}`;
  return `${formatIp(local)}${point}/${length}`;
}

function addressText(address: InterfaceAddress): string {
  const { broadcast, scope, secondary, noPrefixRoute, label } = address;
  let line = `inet ${localText(address)} `;
  if (address.metric !== undefined) line += `metric ${address.metric} `;
  if (broadcast !== undefined) line += `brd ${formatIp(broadcast)} `;
  return `${line}scope ${scope} ${secondary ? 'secondary ' : ''}${noPrefixRoute ? 'noprefixroute ' : ''}${label}`;
}

const FOREVER = 4294967295;

function addressJson(address: InterfaceAddress, brief: boolean) {
  const { local, peer, length, broadcast, scope, secondary, noPrefixRoute, label } = address;
  const where = {
    local: formatIp(local),
    address: local === peer ? undefined : formatIp(peer),
    prefixlen: length,
  };
  if (brief) return where;
  return {
    family: 'inet',
    ...where,
    metric: address.metric,
    broadcast: broadcast === undefined ? undefined : formatIp(broadcast),
    scope,
    secondary: secondary || undefined,
    noprefixroute: noPrefixRoute || undefined,
    label,
    valid_life_time: FOREVER,
    preferred_life_time: FOREVER,
  };
}

async function flush(context: IpContext): Promise<number> {
  const { args, netns, options } = context;
  if (!args.more) throw new IpError('Flush requires arguments.', 1);
  const filter = readFilter(context, {});
  const { device: name } = filter;
  if (name !== undefined && netns.link(name) === undefined) throw new IpError(`Device "${name}" does not exist.`, 1);
  let count = 0;
  for (const device of netns.links()) {
    if (name !== undefined && device.name !== name) continue;
    for (const address of [...device.addresses]) {
      // A primary address may have taken this one along.
      if (!matches(address, filter) || !device.addresses.includes(address)) continue;
      netns.removeAddress(device.name, { address: address.local, length: address.length });
      count++;
    }
  }
  if (options.statistics > 0 && count === 0) await print(context, ['Nothing to flush.']);
  else if (options.statistics > 0) {
    await print(context, [
      '',
      `*** Round 1, deleting ${count} addresses ***`,
      '*** Flush is complete after 1 round ***',
    ]);
  }
  return 0;
}

/** ip-address(8). */
export const addr: IpCommand = commands({
  name: 'ip address',
  alone: show,
  words: {
    add: (context) => change(context, 'add'),
    change: (context) => change(context, 'replace'),
    chg: (context) => change(context, 'replace'),
    replace: (context) => change(context, 'replace'),
    delete: (context) => change(context, 'delete'),
    show,
    lst: show,
    list: show,
    flush,
    help: showUsage(USAGE),
  },
});
