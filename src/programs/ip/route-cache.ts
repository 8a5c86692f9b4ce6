import type { Exception } from '../../linux/ip/exceptions.ts';
import { formatMetrics, type Route } from '../../linux/ip/route.ts';
import { tableNumber } from '../../linux/ip/table.ts';
import { formatIp, type IpAddress } from '../../linux/packet/address.ts';
import { type IpContext, print, printJson } from '../iproute2/context.ts';
import { cached, cacheFlags } from './route-get.ts';
import { metricsJson } from './route-json.ts';

/** `ip route show cache`: what is known of single destinations behind these routes (fib_dump_info_fnhe). */
export async function showCache(context: IpContext, routes: readonly Route[], showTable: boolean): Promise<void> {
  const { netns, options } = context;
  const { exceptions } = netns.stack.ip;
  const entries = routes
    .flatMap((route) => route.paths ?? [route])
    .flatMap((hop) => [...exceptions.of(hop)].map(([destination, exception]) => ({ hop, destination, exception })));
  if (options.json)
    await printJson(
      context,
      entries.map((entry) => json(context, entry, showTable)),
    );
  else
    await print(
      context,
      entries.map((entry) => text(context, entry, showTable)),
    );
}

interface Entry {
  readonly hop: Route;
  readonly destination: IpAddress;
  readonly exception: Exception;
}

function tableOf({ names }: IpContext, { hop }: Entry, showTable: boolean): string | undefined {
  return showTable && hop.table !== tableNumber.main ? names.table(hop.table) : undefined;
}

function text(context: IpContext, entry: Entry, showTable: boolean): string {
  const { hop: route, destination, exception } = entry;
  const { details, oneline, statistics } = context.options;
  const { metrics, expires } = cached(context, { route, exception });
  const via = exception.gateway ?? route.via;
  const table = tableOf(context, entry, showTable);
  const flags = cacheFlags({ redirects: false, exception });
  let line = details ? 'unicast ' : '';
  line += `${formatIp(destination)} ${via === undefined ? '' : `via ${formatIp(via)} `}dev ${route.device?.name ?? ''} `;
  if (table !== undefined || details) line += `table ${table ?? context.names.table(route.table)} `;
  line += `${oneline ? '\\' : '\n'}    cache ${flags.length === 0 ? '' : `<${flags.join(',')}> `}expires ${expires ?? 0}sec `;
  if (statistics) line += 'users 1 ';
  return line + formatMetrics(metrics);
}

function json(context: IpContext, entry: Entry, showTable: boolean) {
  const { hop: route, destination, exception } = entry;
  const { details, statistics } = context.options;
  const { metrics, expires } = cached(context, { route, exception });
  const via = exception.gateway ?? route.via;
  return {
    type: details ? 'unicast' : undefined,
    dst: formatIp(destination),
    gateway: via === undefined ? undefined : formatIp(via),
    dev: route.device?.name,
    table: tableOf(context, entry, showTable) ?? (details ? context.names.table(route.table) : undefined),
    flags: [],
    cache: cacheFlags({ redirects: false, exception }),
    expires,
    users: statistics ? 1 : undefined,
    metrics: metricsJson(metrics),
  };
}
