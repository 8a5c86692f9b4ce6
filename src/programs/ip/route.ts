import { formatRoute, type RouteFormat, type RouteMetrics, type RouteType } from '../../linux/ip/route.ts';
import type { NextHopSpec, RouteMode, RouteSpec } from '../../linux/ip/routing.ts';
import { tableNumber } from '../../linux/ip/table.ts';
import type { Prefix } from '../../linux/packet/address.ts';
import { type Arguments, abbreviated, garbage, IpError, notModelled, wrongArgument } from '../iproute2/arguments.ts';
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
import { get } from './route-get.ts';
import { routeJson } from './route-json.ts';
import { selected, selector } from './route-selector.ts';
import { protocolArgument, scopeArgument, tableArgument } from './route-words.ts';

const COMMANDS = [
  'list',
  'show',
  'lst',
  'get',
  'add',
  'append',
  'change',
  'chg',
  'prepend',
  'replace',
  'test',
  'delete',
  'flush',
  'save',
  'restore',
  'showdump',
  'help',
] as const;
const TYPES: readonly string[] = ['unicast', 'local', 'broadcast', 'blackhole', 'unreachable', 'prohibit', 'throw'];

const USAGE = `Usage: ip route [ { list | flush } SELECTOR ]
       ip route get ADDRESS [ from ADDRESS ] [ iif DEVICE ] [ oif DEVICE ] [ mark NUMBER ] [ tos TOS ]
                [ ipproto PROTOCOL ] [ sport PORT ] [ dport PORT ] [ uid NUMBER ] [ fibmatch ] [ connected ]
       ip route { add | append | change | prepend | replace | test | del } [ TYPE ] PREFIX [ via ADDRESS ]
                [ dev DEVICE ] [ src ADDRESS ] [ metric NUMBER ] [ table TABLE ] [ proto PROTOCOL ] [ scope SCOPE ]
                [ onlink ] [ mtu [ lock ] NUMBER ] [ hoplimit NUMBER ] [ NEXTHOP ]...
SELECTOR := [ [ root | match | exact ] PREFIX ] [ dev DEVICE ] [ via ADDRESS ] [ src ADDRESS ] [ table TABLE ]
            [ proto PROTOCOL ] [ scope SCOPE ] [ type TYPE ] [ metric NUMBER ]
NEXTHOP := nexthop [ via ADDRESS ] [ dev DEVICE ] [ weight NUMBER ] [ onlink ]
TYPE := { unicast | local | broadcast | blackhole | unreachable | prohibit | throw }
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
    case 'prepend':
      return modify(context, 'prepend');
    case 'test':
      return modify(context, 'test');
    case 'save':
    case 'restore':
    case 'showdump':
      throw notModelled(`"ip route ${word}"`);
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

/** Tables that exist from the start, even while nothing is in them. */
function tableExists(context: IpContext, table: number): boolean {
  return table <= 0 || table >= tableNumber.default || context.netns.stack.fib.hasTable(table);
}

async function show(context: IpContext): Promise<number> {
  const { options } = context;
  const wanted = selector(context);
  const { table } = wanted;
  if (wanted.cached) return 0;
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
    omitMetric: wanted.metric !== undefined,
    newline: options.oneline ? '\\' : '\n',
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

/** What iproute2 knows about a route and this simulation has no use for. */
const UNMODELLED = [
  'advmss',
  'as',
  'congctl',
  'cwnd',
  'dsfield',
  'encap',
  'expires',
  'fastopen_no_cookie',
  'features',
  'initcwnd',
  'initrwnd',
  'nhid',
  'pervasive',
  'pref',
  'quickack',
  'realms',
  'reordering',
  'rto_min',
  'rtt',
  'rttvar',
  'ssthresh',
  'tos',
  'ttl-propagate',
  'vrf',
  'weight',
  'window',
];

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function specification(context: IpContext): RouteSpec {
  const { args } = context;
  if (!args.more) throw new IpError(USAGE, 255);
  const spec: Writable<RouteSpec> = { destination: { address: 0, length: 0 } };
  const metrics: Writable<RouteMetrics> = {};
  let destination: Prefix | undefined;
  while (args.more) {
    const word = args.next();
    if (word === 'via') {
      if (args.take('inet6')) throw notModelled('a gateway of another family');
      args.take('inet');
      spec.via = addressArgument(args);
    } else if (word === 'dev' || word === 'oif') spec.device = linkNamed(context, args.next()).name;
    else if (word === 'src') spec.source = addressArgument(args);
    else if (word === 'metric' || word === 'priority' || word === 'preference') {
      spec.metric = metricArgument(args, '"metric" value is invalid');
    } else if (word === 'table') {
      spec.table = tableArgument(args, '"table" value is invalid') || tableNumber.main;
    } else if (word === 'proto' || word === 'protocol') spec.protocol = protocolArgument(args);
    else if (word === 'scope') spec.scope = scopeArgument(args);
    else if (word === 'onlink') spec.onlink = true;
    else if (word === 'mtu') {
      if (args.take('lock')) metrics.mtuLocked = true;
      metrics.mtu = metricArgument(args, '"mtu" value is invalid');
    } else if (word === 'hoplimit') {
      if (args.take('lock')) throw notModelled('"ip route ... hoplimit lock"');
      metrics.hoplimit = metricArgument(args, '"hoplimit" value is invalid');
      if (metrics.hoplimit > 255) metrics.hoplimit = 255;
    } else if (word === 'nexthop') {
      spec.nextHops = nextHops(context);
    } else if (UNMODELLED.includes(word) || ['nat', 'multicast', 'anycast', 'xresolve'].includes(word)) {
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
  if (metrics.mtu !== undefined || metrics.hoplimit !== undefined) spec.metrics = metrics;
  return spec;
}

function metricArgument(args: Arguments, wrong: string): number {
  const word = args.next();
  const value = numberOf(word);
  if (value === undefined) throw wrongArgument(word, wrong);
  return value;
}

/** Behind the first `nexthop`, to the end of the line (parse_nexthops in iproute2's ip/iproute.c). */
function nextHops(context: IpContext): readonly NextHopSpec[] {
  const { args } = context;
  const hops: NextHopSpec[] = [];
  for (;;) {
    if (!args.more) throw new IpError('Error: unexpected end of line after "nexthop"', 255);
    hops.push(nextHop(context));
    if (!args.more) return hops;
    if (!args.take('nexthop')) {
      throw new IpError(`Error: "nexthop" or end of line is expected instead of "${args.rest[0] ?? ''}"`, 255);
    }
  }
}

function nextHop(context: IpContext): NextHopSpec {
  const { args } = context;
  const hop: Writable<NextHopSpec> = {};
  for (;;) {
    if (args.take('via')) hop.via = addressArgument(args);
    else if (args.take('dev')) hop.device = linkNamed(context, args.next()).name;
    else if (args.take('weight')) {
      const word = args.next();
      const weight = numberOf(word);
      if (weight === undefined || weight === 0 || weight > 256) throw wrongArgument(word, '"weight" is invalid');
      hop.weight = weight;
    } else if (args.take('onlink')) hop.onlink = true;
    else if (args.take('realms', 'encap', 'as')) throw notModelled('"ip route ... nexthop ... realms, encap or as"');
    else return hop;
  }
}

async function modify(context: IpContext, action: RouteMode | 'delete'): Promise<number> {
  const { netns } = context;
  const spec = specification(context);
  if (action === 'delete') netns.deleteRoute(spec);
  else netns.addRoute(spec, action);
  return 0;
}

async function flush(context: IpContext): Promise<number> {
  const { args, netns } = context;
  if (!args.more) throw new IpError('"ip route flush" requires arguments.', 1);
  const wanted = selector(context);
  const { fib, ip } = netns.stack;
  if (wanted.cached) {
    ip.pathMtu.flush();
    return 0;
  }
  for (const one of selected(context, wanted)) fib.remove(one);
  return 0;
}
