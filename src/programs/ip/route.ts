import { formatRoute, type RouteFormat, type RouteMetrics, type RouteType } from '../../linux/ip/route.ts';
import type { NextHopSpec, RouteMode, RouteSpec } from '../../linux/ip/routing.ts';
import { tableNumber } from '../../linux/ip/table.ts';
import type { Prefix } from '../../linux/packet/address.ts';
import { type Arguments, garbage, IpError, notModelled, wrongArgument } from '../iproute2/arguments.ts';
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
import { showCache } from './route-cache.ts';
import { get } from './route-get.ts';
import { routeJson } from './route-json.ts';
import { selected, selector } from './route-selector.ts';
import { protocolArgument, scopeArgument, tableArgument } from './route-words.ts';

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

/** Tables that exist from the start, even while nothing is in them. */
function tableExists(context: IpContext, table: number): boolean {
  return table <= 0 || table >= tableNumber.default || context.netns.stack.fib.hasTable(table);
}

async function show(context: IpContext): Promise<number> {
  const { options } = context;
  const wanted = selector(context);
  const { table } = wanted;
  if (typeof table === 'number' && !tableExists(context, table)) {
    throw new IpError('Error: ipv4: FIB table does not exist.\nDump terminated', 2);
  }
  const routes = selected(context, wanted);
  if (wanted.cached) {
    await showCache(context, routes, table === 'all');
    return 0;
  }
  const format: RouteFormat = {
    names: context.names,
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
const OTHER_WORDS = [
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
  const { args, names } = context;
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
      spec.table = tableArgument(args, names, '"table" value is invalid') || tableNumber.main;
    } else if (word === 'proto' || word === 'protocol') spec.protocol = protocolArgument(args, names);
    else if (word === 'scope') spec.scope = scopeArgument(args, names);
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
    } else if (OTHER_WORDS.includes(word) || ['nat', 'multicast', 'anycast', 'xresolve'].includes(word)) {
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
    ip.exceptions.flush();
    return 0;
  }
  for (const one of selected(context, wanted)) fib.remove(one);
  return 0;
}

/** ip-route(8). */
export const route: IpCommand = ofIpv4(
  commands({
    name: 'ip route',
    alone: show,
    words: {
      list: show,
      show,
      lst: show,
      get,
      add: (context) => modify(context, 'add'),
      append: (context) => modify(context, 'append'),
      change: (context) => modify(context, 'change'),
      chg: (context) => modify(context, 'change'),
      prepend: (context) => modify(context, 'prepend'),
      replace: (context) => modify(context, 'replace'),
      test: (context) => modify(context, 'test'),
      delete: (context) => modify(context, 'delete'),
      flush,
      save: UNMODELLED,
      restore: UNMODELLED,
      showdump: UNMODELLED,
      help: showUsage(USAGE),
    },
  }),
);
