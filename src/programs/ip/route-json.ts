import {
  formatDestination,
  type Route,
  type RouteFormat,
  type RouteMetrics,
  routeFlags,
} from '../../linux/ip/route.ts';
import { formatTable, tableNumber } from '../../linux/ip/table.ts';
import { formatIp } from '../../linux/packet/address.ts';
import type { JsonValue } from '../iproute2/json.ts';

/** A route as `ip -j route` prints it. */
export function routeJson(one: Route, format: RouteFormat): JsonValue {
  const { details = false, names } = format;
  return {
    type: one.type === 'unicast' && !details ? undefined : one.type,
    dst: formatDestination(one.destination),
    gateway: one.via === undefined || format.omitVia === true ? undefined : formatIp(one.via),
    dev: format.omitDevice === true ? undefined : one.device?.name,
    table:
      format.showTable === true && one.table !== tableNumber.main
        ? (names?.table(one.table) ?? formatTable(one.table))
        : undefined,
    protocol:
      format.omitProtocol === true || (one.protocol === 'boot' && !details)
        ? undefined
        : (names?.protocol(one.protocol) ?? one.protocol),
    scope:
      format.omitScope === true || (one.scope === 'global' && !details)
        ? undefined
        : (names?.scope(one.scope) ?? one.scope),
    prefsrc: one.source === undefined || format.omitSource === true ? undefined : formatIp(one.source),
    metric: one.metric === 0 || format.omitMetric === true ? undefined : one.metric,
    flags: routeFlags(one),
    metrics: metricsJson(one.metrics),
    nexthops: one.paths?.map((path) => ({
      gateway: path.via === undefined ? undefined : formatIp(path.via),
      dev: path.device?.name,
      weight: path.weight ?? 1,
      flags: routeFlags(path),
    })),
  };
}

export function metricsJson({ mtu, hoplimit }: RouteMetrics = {}): JsonValue | undefined {
  return mtu === undefined && hoplimit === undefined ? undefined : [{ mtu, hoplimit }];
}
