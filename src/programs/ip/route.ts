import type { Scope } from '../../linux/device/interface-address.ts';
import {
  formatDestination,
  formatRoute,
  type Route,
  type RouteFormat,
  type RouteProtocol,
  type RouteType,
  routeFlags,
} from '../../linux/ip/route.ts';
import type { RouteMode, RouteSpec } from '../../linux/ip/routing.ts';
import { formatTable, parseTable, tableNumber } from '../../linux/ip/table.ts';
import { contains, formatIp, type IpAddress, type Prefix } from '../../linux/packet/address.ts';
import { type Arguments, abbreviated, garbage, IpError, notModelled, wrongArgument } from './arguments.ts';
import {
  addressArgument,
  type IpCommand,
  type IpContext,
  linkNamed,
  prefixArgument,
  print,
  printJson,
} from './context.ts';
import type { JsonValue } from './json.ts';
import { get } from './route-get.ts';

const COMMANDS = [
  'list',
  'show',
  'lst',
  'get',
  'add',
  'append',
  'change',
  'chg',
  'replace',
  'delete',
  'flush',
  'help',
] as const;
const TYPES: readonly string[] = ['unicast', 'local', 'broadcast', 'blackhole', 'unreachable', 'prohibit'];
const PROTOCOLS: readonly string[] = ['kernel', 'boot', 'static'];
const SCOPES: readonly string[] = ['global', 'link', 'host'];

const USAGE = `Usage: ip route [ { list | flush } SELECTOR ]
       ip route get ADDRESS [ from ADDRESS ] [ oif DEVICE ] [ fibmatch ]
       ip route { add | append | change | replace | del } [ TYPE ] PREFIX [ via ADDRESS ] [ dev DEVICE ]
                [ src ADDRESS ] [ metric NUMBER ] [ table TABLE ] [ proto PROTOCOL ] [ scope SCOPE ] [ onlink ]
SELECTOR := [ [ root | match | exact ] PREFIX ] [ dev DEVICE ] [ via ADDRESS ] [ src ADDRESS ] [ table TABLE ]
            [ proto PROTOCOL ] [ scope SCOPE ] [ type TYPE ]
TYPE := { unicast | local | broadcast | blackhole | unreachable | prohibit }
TABLE := { local | main | default | all | NUMBER }`;

/** ip-route(8). */
export const route: IpCommand = async (context) => {
  const { args } = context;
  if (context.options.family === 'inet6') return 0;
  if (!args.more) return show(context);
  const word = args.next();
  switch (abbreviated(word, COMMANDS)) {
    case 'list':
    case 'show':
    case 'lst':
      return show(context);
    case 'get':
      return get(context);
    case 'add':
      return modify(context, 'add');
    case 'append':
      return modify(context, 'append');
    case 'change':
    case 'chg':
      return modify(context, 'change');
    case 'replace':
      return modify(context, 'replace');
    case 'delete':
      return modify(context, 'delete');
    case 'flush':
      return flush(context);
    case 'help':
      throw new IpError(USAGE, 255);
    default:
      throw new IpError(`Command "${word}" is unknown, try "ip route help".`, 255);
  }
};

interface Selector {
  table?: number | 'all';
  device?: string;
  via?: IpAddress;
  source?: IpAddress;
  protocol?: string;
  scope?: string;
  type?: string;
  prefix?: { readonly how: 'exact' | 'root' | 'match'; readonly prefix: Prefix };
}

function selector(context: IpContext): Selector {
  const { args } = context;
  const found: Selector = {};
  while (args.more) {
    const word = args.next();
    if (word === 'table') found.table = tableArgument(args, true);
    else if (word === 'dev' || word === 'oif') found.device = linkNamed(context, args.next()).name;
    else if (word === 'via') found.via = addressArgument(args);
    else if (word === 'src') found.source = addressArgument(args);
    else if (word === 'proto' || word === 'protocol') found.protocol = protocolArgument(args);
    else if (word === 'scope') found.scope = scopeArgument(args);
    else if (word === 'type') found.type = args.next();
    else if (word === 'cache') found.table = -1;
    else if (['vrf', 'tos', 'dsfield', 'metric', 'nhid', 'realms', 'iif', 'from'].includes(word)) {
      throw notModelled(`"ip route ... ${word}"`);
    } else {
      const how = word === 'root' || word === 'match' ? word : 'exact';
      const value = word === 'root' || word === 'match' || word === 'exact' || word === 'to' ? args.next() : word;
      found.prefix = { how, prefix: prefixArgument(value) };
    }
  }
  return found;
}

function tableArgument(args: Arguments, all: true): number | 'all';
function tableArgument(args: Arguments): number;
function tableArgument(args: Arguments, all = false): number | 'all' {
  const word = args.next();
  if (all && word === 'all') return 'all';
  const table = parseTable(word);
  if (table === undefined) throw wrongArgument(word, 'table id value is invalid');
  return table;
}

function protocolArgument(args: Arguments): RouteProtocol {
  const word = args.next();
  if (!PROTOCOLS.includes(word)) throw wrongArgument(word, '"protocol" value is invalid');
  return word as RouteProtocol;
}

function scopeArgument(args: Arguments): Scope {
  const word = args.next();
  if (!SCOPES.includes(word)) throw wrongArgument(word, 'invalid "scope" value');
  return word as Scope;
}

function selected(context: IpContext, wanted: Selector): readonly Route[] {
  const { table = tableNumber.main } = wanted;
  const routes = context.netns.routes(table === 'all' ? undefined : table);
  return routes.filter(
    (r) =>
      (wanted.device === undefined || r.device?.name === wanted.device) &&
      (wanted.via === undefined || r.via === wanted.via) &&
      (wanted.source === undefined || r.source === wanted.source) &&
      (wanted.protocol === undefined || r.protocol === wanted.protocol) &&
      (wanted.scope === undefined || r.scope === wanted.scope) &&
      (wanted.type === undefined || r.type === wanted.type) &&
      (wanted.prefix === undefined || fits(r.destination, wanted.prefix)),
  );
}

function fits(destination: Prefix, { how, prefix }: NonNullable<Selector['prefix']>): boolean {
  if (how === 'root') return destination.length >= prefix.length && contains(prefix, destination.address);
  if (how === 'match') return destination.length <= prefix.length && contains(destination, prefix.address);
  return destination.length === prefix.length && destination.address === prefix.address;
}

/** Tables that exist from the start, even while nothing is in them. */
function tableExists(context: IpContext, table: number): boolean {
  return table <= 0 || table >= tableNumber.default || context.netns.routes(table).length > 0;
}

async function show(context: IpContext): Promise<number> {
  const { options } = context;
  const wanted = selector(context);
  const { table } = wanted;
  if (typeof table === 'number' && !tableExists(context, table)) {
    throw new IpError('Error: ipv4: FIB table does not exist.\nDump terminated', 2);
  }
  const routes = selected(context, wanted);
  const format: RouteFormat = {
    details: options.details,
    omitDevice: wanted.device !== undefined,
    omitVia: wanted.via !== undefined,
    omitProtocol: wanted.protocol !== undefined,
    omitScope: wanted.scope !== undefined,
    omitSource: wanted.source !== undefined,
    showTable: table === 'all',
  };
  if (options.json)
    await printJson(
      context,
      routes.map((one) => routeJson(one, format)),
    );
  else
    await print(
      context,
      routes.map((one) => formatRoute(one, format)),
    );
  return 0;
}

export function routeJson(one: Route, format: RouteFormat): JsonValue {
  const { details = false } = format;
  return {
    type: one.type === 'unicast' && !details ? undefined : one.type,
    dst: formatDestination(one.destination),
    gateway: one.via === undefined || format.omitVia === true ? undefined : formatIp(one.via),
    dev: format.omitDevice === true ? undefined : one.device?.name,
    table: format.showTable === true && one.table !== tableNumber.main ? formatTable(one.table) : undefined,
    protocol: format.omitProtocol === true || (one.protocol === 'boot' && !details) ? undefined : one.protocol,
    scope: format.omitScope === true || (one.scope === 'global' && !details) ? undefined : one.scope,
    prefsrc: one.source === undefined || format.omitSource === true ? undefined : formatIp(one.source),
    metric: one.metric === 0 ? undefined : one.metric,
    flags: routeFlags(one),
  };
}

const UNMODELLED = [
  'mtu',
  'advmss',
  'tos',
  'dsfield',
  'nexthop',
  'nhid',
  'encap',
  'weight',
  'realms',
  'vrf',
  'initcwnd',
  'rto_min',
];
UNMODELLED.push(
  'window',
  'hoplimit',
  'quickack',
  'congctl',
  'expires',
  'ttl-propagate',
  'pervasive',
  'features',
  'initrwnd',
);

function specification(context: IpContext): RouteSpec {
  const { args } = context;
  if (!args.more) throw new IpError(USAGE, 255);
  const spec: { -readonly [K in keyof RouteSpec]: RouteSpec[K] } = { destination: { address: 0, length: 0 } };
  let destination: Prefix | undefined;
  while (args.more) {
    const word = args.next();
    if (word === 'via') spec.via = addressArgument(args);
    else if (word === 'dev' || word === 'oif') spec.device = linkNamed(context, args.next()).name;
    else if (word === 'src') spec.source = addressArgument(args);
    else if (word === 'metric' || word === 'priority' || word === 'preference') {
      spec.metric = args.number('"metric" value is invalid');
    } else if (word === 'table') spec.table = tableArgument(args);
    else if (word === 'proto' || word === 'protocol') spec.protocol = protocolArgument(args);
    else if (word === 'scope') spec.scope = scopeArgument(args);
    else if (word === 'onlink') spec.onlink = true;
    else if (UNMODELLED.includes(word) || word === 'throw' || word === 'nat' || word === 'multicast') {
      throw notModelled(`"ip route ... ${word}"`);
    } else if (TYPES.includes(word) && destination === undefined && spec.type === undefined) {
      spec.type = word as RouteType;
    } else {
      const value = word === 'to' ? args.next() : word;
      if (destination !== undefined) throw garbage('to', value);
      destination = prefixArgument(value);
    }
  }
  if (destination !== undefined) spec.destination = destination;
  return spec;
}

async function modify(context: IpContext, action: RouteMode | 'change' | 'delete'): Promise<number> {
  const { netns } = context;
  const spec = specification(context);
  if (action === 'delete') netns.deleteRoute(spec);
  else if (action === 'change') {
    const { prefix, table } = { prefix: { how: 'exact', prefix: spec.destination } as const, table: spec.table };
    const there = selected(context, { prefix, ...(table !== undefined && { table }) });
    if (!there.some(({ metric }) => metric === (spec.metric ?? 0))) {
      throw new IpError('RTNETLINK answers: No such file or directory', 2);
    }
    netns.addRoute(spec, 'replace');
  } else netns.addRoute(spec, action);
  return 0;
}

async function flush(context: IpContext): Promise<number> {
  const { args, netns } = context;
  if (!args.more) throw new IpError('"ip route flush" requires arguments.', 1);
  for (const one of selected(context, selector(context))) {
    netns.deleteRoute({
      destination: one.destination,
      type: one.type,
      table: one.table,
      metric: one.metric,
      scope: one.scope,
      protocol: one.protocol,
      ...(one.via !== undefined && { via: one.via }),
      ...(one.device !== undefined && { device: one.device.name }),
      ...(one.source !== undefined && { source: one.source }),
    });
  }
  return 0;
}
