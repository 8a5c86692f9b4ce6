import type { Device } from '../../linux/device/device.ts';
import type { InterfaceAddress, Scope } from '../../linux/device/interface-address.ts';
import { contains, formatIp, type IpAddress, netmask, networkOf, type Prefix } from '../../linux/packet/address.ts';
import { abbreviated, garbage, IpError, notModelled } from './arguments.ts';
import {
  addressArgument,
  type IpCommand,
  type IpContext,
  linkNamed,
  prefixArgument,
  print,
  printJson,
} from './context.ts';
import { briefText, linkJson, linkText, statisticsJson, statisticsText } from './link-text.ts';

const COMMANDS = ['add', 'change', 'chg', 'replace', 'delete', 'show', 'lst', 'list', 'flush', 'help'] as const;

const USAGE = `Usage: ip address [ show [ [ dev ] DEVICE ] [ scope SCOPE ] [ to PREFIX ] [ label PATTERN ] [ up ]
                           [ type TYPE ] [ primary | secondary | permanent ] ]
       ip address { add | change | replace } PREFIX [ peer PREFIX ] [ broadcast ADDRESS ] [ scope SCOPE ]
                           [ label NAME ] [ noprefixroute ] dev DEVICE
       ip address del PREFIX dev DEVICE
       ip address flush { dev DEVICE | scope SCOPE | to PREFIX | label PATTERN }
SCOPE := { global | link | host }`;

/** ip-address(8). */
export const addr: IpCommand = async (context) => {
  const { args } = context;
  if (!args.more) return show(context);
  const word = args.next();
  switch (abbreviated(word, COMMANDS)) {
    case 'add':
      return change(context, 'add');
    case 'change':
    case 'chg':
    case 'replace':
      return change(context, 'replace');
    case 'delete':
      return change(context, 'delete');
    case 'show':
    case 'list':
    case 'lst':
      return show(context);
    case 'flush':
      return flush(context);
    case 'help':
      throw new IpError(USAGE, 255);
    default:
      throw new IpError(`Command "${word}" is unknown, try "ip address help".`, 255);
  }
};

interface Filter {
  device?: string;
  scope?: Scope;
  to?: Prefix;
  label?: RegExp;
  up?: boolean;
  type?: string;
  secondary?: boolean;
}

function filterArguments({ args }: IpContext): Filter {
  const filter: Filter = {};
  while (args.more) {
    const word = args.next();
    if (word === 'scope') filter.scope = scopeArgument(args.next());
    else if (word === 'to') filter.to = prefixArgument(args.next());
    else if (word === 'label') filter.label = pattern(args.next());
    else if (word === 'up') filter.up = true;
    else if (word === 'type') filter.type = args.next();
    else if (word === 'primary' || word === 'secondary') filter.secondary = word === 'secondary';
    else if (word === 'permanent') continue;
    else if (['master', 'nomaster', 'vrf', 'group', 'dynamic', 'tentative', 'deprecated', 'temporary'].includes(word)) {
      throw notModelled(`"ip address show ${word}"`);
    } else {
      const name = word === 'dev' ? args.next() : word;
      if (filter.device !== undefined) throw garbage('dev', name);
      filter.device = name;
    }
  }
  return filter;
}

function scopeArgument(word: string): Scope {
  if (word === 'global' || word === 'link' || word === 'host') return word;
  throw new IpError(`Error: argument "${word}" is wrong: invalid scope value.`, 255);
}

/** A label's shell pattern: `*` and `?`. */
function pattern(text: string): RegExp {
  const source = text
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`);
}

function matches(address: InterfaceAddress, { scope, to, label, secondary }: Filter): boolean {
  return (
    (scope === undefined || address.scope === scope) &&
    (to === undefined || contains(to, address.local)) &&
    (label === undefined || label.test(address.label)) &&
    (secondary === undefined || address.secondary === secondary)
  );
}

async function show(context: IpContext): Promise<number> {
  const { netns, options } = context;
  const filter = filterArguments(context);
  const { device: name } = filter;
  if (name !== undefined && netns.link(name) === undefined) throw new IpError(`Device "${name}" does not exist.`, 1);
  const family = options.family ?? (filter.to === undefined ? undefined : 'inet');
  const shown: { device: Device; addresses: readonly InterfaceAddress[] }[] = [];
  for (const device of netns.links()) {
    if (name !== undefined && device.name !== name) continue;
    if ((filter.up === true && !device.up) || (filter.type !== undefined && device.kind !== filter.type)) continue;
    const addresses =
      family === 'inet' || family === undefined ? device.addresses.filter((a) => matches(a, filter)) : [];
    const bare = device.addresses.length === 0 && family === undefined;
    if (addresses.length > 0 || bare || family === 'link') shown.push({ device, addresses });
  }
  if (options.json) {
    const json = shown.map(({ device, addresses }) => ({
      ...linkJson(context, device, false),
      addr_info: addresses.map((address) => addressJson(address, options.brief)),
      stats64: options.statistics ? statisticsJson(device) : undefined,
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
  if (options.brief) return [briefText(context, device) + addresses.map((a) => `${localText(a)} `).join('')];
  const newline = options.oneline ? '\\' : '\n';
  const lines = addresses.map((a) => `    ${addressText(a)}${newline}       valid_lft forever preferred_lft forever`);
  if (options.oneline && family !== 'link') return lines.map((line) => `${device.index}: ${device.name}${line}`);
  if (filter.label !== undefined) return lines;
  const hardware = family === undefined || family === 'link';
  const head = linkText(context, device, { mode: false, hardware });
  const statistics = options.statistics ? [statisticsText(device, options.oneline).replace(/^[\n\\]/, '')] : [];
  return [head, ...lines, ...statistics];
}

function localText({ local, peer, length }: InterfaceAddress): string {
  const point = local === peer ? '' : ` peer ${formatIp(peer)}`;
  return `${formatIp(local)}${point}/${length}`;
}

function addressText(address: InterfaceAddress): string {
  const { broadcast, scope, secondary, noPrefixRoute, label } = address;
  let line = `inet ${localText(address)} `;
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
    broadcast: broadcast === undefined ? undefined : formatIp(broadcast),
    scope,
    secondary: secondary || undefined,
    noprefixroute: noPrefixRoute || undefined,
    label,
    valid_life_time: FOREVER,
    preferred_life_time: FOREVER,
  };
}

async function change(context: IpContext, action: 'add' | 'replace' | 'delete'): Promise<number> {
  const { args, netns, process } = context;
  let prefix: Prefix | undefined;
  let written = '';
  let device: string | undefined;
  let peer: IpAddress | undefined;
  let broadcast: IpAddress | '+' | '-' | undefined;
  let scope: Scope | undefined;
  let label: string | undefined;
  let noPrefixRoute = false;
  while (args.more) {
    const word = args.next();
    if (word === 'dev') device = args.next();
    else if (word === 'peer' || word === 'remote') {
      const other = prefixArgument(args.next());
      peer = other.address;
      if (prefix !== undefined) prefix = { address: prefix.address, length: other.length };
    } else if (word === 'broadcast' || word === 'brd') {
      broadcast = args.take('+') ? '+' : args.take('-') ? '-' : addressArgument(args);
    } else if (word === 'scope') scope = scopeArgument(args.next());
    else if (word === 'label') label = args.next();
    else if (word === 'noprefixroute') noPrefixRoute = true;
    else if (
      ['metric', 'valid_lft', 'preferred_lft', 'anycast', 'home', 'nodad', 'mngtmpaddr', 'autojoin'].includes(word)
    ) {
      throw notModelled(`"ip address ${action} ... ${word}"`);
    } else {
      const value = word === 'local' ? args.next() : word;
      if (prefix !== undefined) throw garbage('local', value);
      prefix = prefixArgument(value);
      written = value;
    }
  }
  if (device === undefined) throw new IpError('Not enough information: "dev" argument is required.', 1);
  linkNamed(context, device);
  if (prefix === undefined) throw new IpError('RTNETLINK answers: Operation not supported', 2);
  if (action === 'delete') {
    if (!written.includes('/')) {
      await process.stderr.write(
        `Warning: without a prefix length every address that is ${written} goes. Write ${written}/32 if that is meant.\n`,
      );
      const found = netns.link(device)?.addresses.find((a) => a.local === prefix?.address);
      if (found !== undefined) prefix = { address: found.local, length: found.length };
    }
    netns.removeAddress(device, prefix);
    return 0;
  }
  const exists = netns.link(device)?.addresses.some((a) => a.local === prefix.address && a.length === prefix.length);
  if (action === 'replace' && exists === true) return 0;
  netns.addAddress(device, prefix, {
    ...(peer !== undefined && { peer }),
    ...(broadcast !== undefined && broadcast !== '-' && { broadcast: broadcastOf(prefix, peer, broadcast) }),
    ...(scope !== undefined && { scope }),
    ...(label !== undefined && { label }),
    noPrefixRoute,
  });
  return 0;
}

function broadcastOf(prefix: Prefix, peer: IpAddress | undefined, given: IpAddress | '+'): IpAddress {
  if (given !== '+') return given;
  const network = networkOf({ address: peer ?? prefix.address, length: prefix.length });
  return (Number(network.address) | ~netmask(prefix.length)) >>> 0;
}

async function flush(context: IpContext): Promise<number> {
  const { args, netns } = context;
  if (!args.more) throw new IpError('Flush requires arguments.', 1);
  const filter = filterArguments(context);
  const { device: name } = filter;
  if (name !== undefined && netns.link(name) === undefined) throw new IpError(`Device "${name}" does not exist.`, 1);
  for (const device of netns.links()) {
    if (name !== undefined && device.name !== name) continue;
    for (const address of [...device.addresses]) {
      // A primary address may have taken this one along.
      if (!matches(address, filter) || !device.addresses.includes(address)) continue;
      netns.removeAddress(device.name, { address: address.local, length: address.length });
    }
  }
  return 0;
}
