import { formatRoute, type RouteFormat } from '../../linux/ip/route.ts';
import type { RouteMode } from '../../linux/ip/routing.ts';
import { tableNumber } from '../../linux/ip/table.ts';
import { IpError } from '../iproute2/arguments.ts';
import { commands, ofIpv4, showUsage } from '../iproute2/commands.ts';
import { type IpCommand, type IpContext, printEach } from '../iproute2/context.ts';
import { UNMODELLED } from '../iproute2/keywords.ts';
import { showCache } from './route-cache.ts';
import { get } from './route-get.ts';
import { routeJson } from './route-json.ts';
import { readSelector, selected } from './route-selector.ts';
import { readRoute } from './route-specification.ts';
import { ROUTE_USAGE } from './route-usage.ts';

/** Tables that exist from the start, even while nothing is in them. */
function tableExists(context: IpContext, table: number): boolean {
  return (
    table <= 0 ||
    (table >= tableNumber.default && table <= tableNumber.local) ||
    context.netns.stack.fib.hasTable(table)
  );
}

async function show(context: IpContext): Promise<number> {
  const { options } = context;
  const wanted = readSelector(context, { cached: false });
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
  await printEach(
    context,
    routes,
    (one) => routeJson(one, format),
    (one) => formatRoute(one, format),
  );
  return 0;
}

async function modify(context: IpContext, action: RouteMode | 'delete'): Promise<number> {
  const { netns } = context;
  const spec = readRoute(context);
  if (action === 'delete') netns.deleteRoute(spec);
  else netns.addRoute(spec, action);
  return 0;
}

async function flush(context: IpContext): Promise<number> {
  const { args, netns } = context;
  if (!args.more) throw new IpError('"ip route flush" requires arguments.', 1);
  const wanted = readSelector(context, { cached: false });
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
      help: showUsage(ROUTE_USAGE),
    },
  }),
);
