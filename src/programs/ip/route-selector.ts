import type { Route } from '../../linux/ip/route.ts';
import { tableNumber } from '../../linux/ip/table.ts';
import { contains, type IpAddress, type Prefix } from '../../linux/packet/address.ts';
import { notModelled } from '../iproute2/arguments.ts';
import { addressArgument, type IpContext, linkNamed, prefixArgument } from '../iproute2/context.ts';
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

export function selector(context: IpContext): Selector {
  const { args, names } = context;
  const found: Selector = { cached: false };
  while (args.more) {
    const word = args.next();
    if (word === 'table') {
      if (args.take('all')) found.table = 'all';
      else if (args.take('cache')) found.cached = true;
      else found.table = tableArgument(args, names, 'table id value is invalid') || 'all';
    } else if (word === 'dev' || word === 'oif') found.device = linkNamed(context, args.next()).name;
    else if (word === 'via') found.via = addressArgument(args);
    else if (word === 'src') found.source = addressArgument(args);
    else if (word === 'proto' || word === 'protocol') {
      if (!args.take('all')) found.protocol = protocolArgument(args, names, 'invalid "protocol"');
    } else if (word === 'scope') {
      if (!args.take('all')) found.scope = scopeArgument(args, names);
    } else if (word === 'type') found.type = args.next();
    else if (word === 'metric' || word === 'priority' || word === 'preference') {
      found.metric = numberArgument(args, 'invalid metric value');
    } else if (word === 'cache') found.cached = true;
    else if (['vrf', 'tos', 'dsfield', 'nhid', 'realms', 'iif', 'from', 'cloned'].includes(word)) {
      throw notModelled(`"ip route ... ${word}"`);
    } else if (word === 'root') found.root = prefixArgument(args.next());
    else if (word === 'match') found.match = prefixArgument(args.next());
    else {
      const prefix = prefixArgument(word === 'exact' || word === 'to' ? args.next() : word);
      found.root = prefix;
      found.match = prefix;
    }
  }
  return found;
}

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
