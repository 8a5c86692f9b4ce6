import type { Route } from '../../linux/ip/route.ts';
import { tableNumber } from '../../linux/ip/table.ts';
import { contains, type IpAddress, type Prefix } from '../../linux/packet/address.ts';
import { addressArgument, type IpContext, linkNamed, prefixArgument } from '../iproute2/context.ts';
import { UNMODELLED } from '../iproute2/keywords.ts';
import { reader, short } from '../iproute2/words.ts';
import { ROUTE_USAGE } from './route-usage.ts';
import { numberArgument, protocolArgument, scopeArgument, tableArgument } from './route-words.ts';

/** Which routes `ip route show` and `flush` mean. */
export interface Selector {
  table?: number | 'all';
  /** `cache`: what is known of single destinations behind the routes. */
  cached: boolean;
  device?: string;
  via?: IpAddress;
  source?: IpAddress;
  protocol?: string;
  scope?: string;
  type?: string;
  metric?: number;
  /** What the prefix lies in (`root`), holds (`match`), or is (`exact`). */
  root?: Prefix;
  match?: Prefix;
}

const metric = (found: Selector, { args }: IpContext) => {
  found.metric = numberArgument(args, 'invalid metric value');
};
const device = (found: Selector, context: IpContext) => {
  found.device = linkNamed(context, context.args.next()).name;
};
const exact = (found: Selector, value: string) => {
  found.root = found.match = prefixArgument(value);
};

/** iproute_list_flush_or_save of iproute2's ip/iproute.c */
export const readSelector = reader<Selector>({
  name: 'ip route',
  usage: ROUTE_USAGE,
  words: {
    table: short((found, { args, names }) => {
      if (args.take('all')) found.table = 'all';
      else if (args.take('cache')) found.cached = true;
      else found.table = tableArgument(args, names, 'table id value is invalid') || 'all';
    }),
    vrf: UNMODELLED,
    cached: short((found) => (found.cached = true)),
    cloned: short(UNMODELLED),
    tos: UNMODELLED,
    dsfield: short(UNMODELLED),
    protocol: short((found, { args, names }) => {
      if (!args.take('all')) found.protocol = protocolArgument(args, names, 'invalid "protocol"');
    }),
    scope: short((found, { args, names }) => {
      if (!args.take('all')) found.scope = scopeArgument(args, names);
    }),
    type: short((found, { args }) => (found.type = args.next())),
    dev: device,
    oif: device,
    iif: UNMODELLED,
    metric: short(metric),
    priority: short(metric),
    preference: metric,
    via: (found, { args }) => (found.via = addressArgument(args)),
    src: (found, { args }) => (found.source = addressArgument(args)),
    realms: short(UNMODELLED),
    nhid: UNMODELLED,
    from: UNMODELLED,
    root: short((found, { args }) => (found.root = prefixArgument(args.next()))),
    match: short((found, { args }) => (found.match = prefixArgument(args.next()))),
    exact: short((found, { args }) => exact(found, args.next())),
  },
  rest: { word: 'to', repeated: true, take: exact },
});

export function selected(context: IpContext, wanted: Selector): readonly Route[] {
  const { table = tableNumber.main, root, match } = wanted;
  const routes = context.netns.routes(table === 'all' ? undefined : table);
  return routes.filter(
    (r) =>
      (wanted.device === undefined || r.device?.name === wanted.device) &&
      (wanted.via === undefined || r.via === wanted.via) &&
      (wanted.source === undefined || r.source === wanted.source) &&
      (wanted.protocol === undefined || r.protocol === wanted.protocol) &&
      (wanted.scope === undefined || r.scope === wanted.scope) &&
      (wanted.type === undefined || r.type === wanted.type) &&
      (wanted.metric === undefined || r.metric === wanted.metric) &&
      (root === undefined || (r.destination.length >= root.length && contains(root, r.destination.address))) &&
      (match === undefined || (r.destination.length <= match.length && contains(r.destination, match.address))),
  );
}
