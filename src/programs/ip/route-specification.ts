import type { RouteMetrics, RouteType } from '../../linux/ip/route.ts';
import type { NextHopSpec, RouteSpec } from '../../linux/ip/routing.ts';
import { tableNumber } from '../../linux/ip/table.ts';
import type { Prefix } from '../../linux/packet/address.ts';
import { type Arguments, garbage, IpError, notModelled, wrongArgument } from '../iproute2/arguments.ts';
import { addressArgument, type IpContext, linkNamed, numberOf, prefixArgument } from '../iproute2/context.ts';
import { UNMODELLED } from '../iproute2/keywords.ts';
import { reader, short, unmodelled } from '../iproute2/words.ts';
import { ROUTE_USAGE } from './route-usage.ts';
import { numberArgument, protocolArgument, scopeArgument, tableArgument } from './route-words.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A route as it is being read. */
type Draft = Writable<Omit<RouteSpec, 'destination' | 'metrics'>> & {
  destination?: Prefix;
  readonly metrics: Writable<RouteMetrics>;
};

const TYPES: readonly string[] = ['unicast', 'local', 'broadcast', 'blackhole', 'unreachable', 'prohibit', 'throw'];

const metric = (draft: Draft, { args }: IpContext) => {
  draft.metric = numberArgument(args, '"metric" value is invalid');
};
const device = (draft: Draft, context: IpContext) => {
  draft.device = linkNamed(context, context.args.next()).name;
};

/** iproute_modify of iproute2's ip/iproute.c */
const read = reader<Draft>({
  name: 'ip route',
  usage: ROUTE_USAGE,
  words: {
    src: (draft, { args }) => (draft.source = addressArgument(args)),
    via(draft, { args }) {
      if (args.take('inet6')) throw notModelled('a gateway of another family');
      args.take('inet');
      draft.via = addressArgument(args);
    },
    tos: UNMODELLED,
    dsfield: short(UNMODELLED),
    expires: UNMODELLED,
    metric: short(metric),
    priority: short(metric),
    preference: metric,
    scope: (draft, { args, names }) => (draft.scope = scopeArgument(args, names)),
    mtu({ metrics }, { args }) {
      if (args.take('lock')) metrics.mtuLocked = true;
      metrics.mtu = numberArgument(args, '"mtu" value is invalid');
    },
    hoplimit({ metrics }, { args }) {
      if (args.take('lock')) throw notModelled('"ip route ... hoplimit lock"');
      metrics.hoplimit = Math.min(255, numberArgument(args, '"hoplimit" value is invalid'));
    },
    ...unmodelled('advmss', 'rtt', 'rto_min', 'initcwnd', 'initrwnd', 'congctl'),
    reordering: short(UNMODELLED),
    window: short(UNMODELLED),
    cwnd: short(UNMODELLED),
    features: short(UNMODELLED),
    quickack: short(UNMODELLED),
    rttvar: short(UNMODELLED),
    ssthresh: short(UNMODELLED),
    realms: short(UNMODELLED),
    onlink: (draft) => (draft.onlink = true),
    nexthop: (draft, context) => (draft.nextHops = nextHops(context)),
    nhid: UNMODELLED,
    protocol: short((draft, { args, names }) => (draft.protocol = protocolArgument(args, names))),
    table: short((draft, { args, names }) => {
      draft.table = tableArgument(args, names, '"table" value is invalid') || tableNumber.main;
    }),
    vrf: UNMODELLED,
    dev: device,
    oif: device,
    ...unmodelled('pervasive', 'as', 'encap', 'pref', 'weight', 'ttl-propagate', 'fastopen_no_cookie'),
    ...unmodelled('nat', 'multicast', 'anycast', 'xresolve'),
  },
  rest: {
    word: 'to',
    repeated: true,
    take(draft, value) {
      if (TYPES.includes(value) && draft.destination === undefined && draft.type === undefined) {
        draft.type = value as RouteType;
        return;
      }
      if (draft.destination !== undefined) throw garbage('to', value);
      draft.destination = prefixArgument(value);
    },
  },
});

/** What follows `ip route add` and its like. */
export function readRoute(context: IpContext): RouteSpec {
  if (!context.args.more) throw new IpError(ROUTE_USAGE, 255);
  const { metrics, destination = { address: 0, length: 0 }, ...rest } = read(context, { metrics: {} });
  const measured = metrics.mtu !== undefined || metrics.hoplimit !== undefined;
  return { ...rest, destination, ...(measured && { metrics }) };
}

/** Behind the first `nexthop`, to the end of the line (parse_nexthops). */
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
    else if (args.take('weight')) hop.weight = weightArgument(args);
    else if (args.take('onlink')) hop.onlink = true;
    else if (args.take('realms', 'encap', 'as')) throw notModelled('"ip route ... nexthop ... realms, encap or as"');
    else return hop;
  }
}

function weightArgument(args: Arguments): number {
  const word = args.next();
  const weight = numberOf(word);
  if (weight === undefined || weight === 0 || weight > 256) throw wrongArgument(word, '"weight" is invalid');
  return weight;
}
