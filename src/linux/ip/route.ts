import type { Device } from '../device/device.ts';
import type { Scope } from '../device/interface-address.ts';
import type { Errno } from '../errno.ts';
import { formatIp, formatPrefix, type IpAddress, type Prefix } from '../packet/address.ts';
import type { Rule } from './rule.ts';
import { formatTable, tableNumber } from './table.ts';

export type RouteType = 'unicast' | 'local' | 'broadcast' | 'blackhole' | 'unreachable' | 'prohibit' | 'throw';
/** Who made it (rtnetlink's protocol); `boot` is what a person's `ip route add` makes. */
export type RouteProtocol = 'kernel' | 'boot' | 'static';

/** One route. Routes are never changed: `replace` puts another in its place. */
export interface Route {
  readonly type: RouteType;
  /** Host bits are zero. */
  readonly destination: Prefix;
  readonly table: number;
  readonly protocol: RouteProtocol;
  readonly scope: Scope;
  /** The gateway; absent: the destination itself is the next hop. */
  readonly via?: IpAddress;
  /** Absent for blackhole, unreachable and prohibit. */
  readonly device?: Device;
  /** The preferred source of packets that take it. */
  readonly source?: IpAddress;
  /** 0 wins over all others. */
  readonly metric: number;
  /** The gateway is taken to be on the link without being asked. */
  readonly onlink: boolean;
  /** A multipath route's next hops, each as a route of its own; the whole has neither `via` nor `device`. */
  readonly paths?: readonly Route[];
  /** A path's share of the flows, 1 to 256; the multipath route that it belongs to. */
  readonly weight?: number;
  readonly whole?: Route;
  /** The own address that goes with the next hop, where the route has several. */
  readonly nextHopSource?: IpAddress;
  /** No table's route, but what an `ip rule` says itself. */
  readonly rule?: Rule;
}

export function formatDestination(destination: Prefix): string {
  if (destination.length === 0) return 'default';
  return destination.length === 32 ? formatIp(destination.address) : formatPrefix(destination);
}

export interface RouteFormat {
  /** Everything, as `ip -d route`. */
  readonly details?: boolean;
  /** Leaves out what the reader asked for, as `ip route show dev X` does. */
  readonly omitDevice?: boolean;
  readonly omitVia?: boolean;
  readonly omitProtocol?: boolean;
  readonly omitScope?: boolean;
  readonly omitSource?: boolean;
  readonly showTable?: boolean;
}

/** A route as `ip route` prints it, with its trailing blank. */
export function formatRoute(route: Route, format: RouteFormat = {}): string {
  const { type, device, via, source } = route;
  let text = '';
  if (type !== 'unicast' || format.details) text += `${type} `;
  text += `${formatDestination(route.destination)} `;
  if (via !== undefined && !format.omitVia) text += `via ${formatIp(via)} `;
  if (device !== undefined && !format.omitDevice) text += `dev ${device.name} `;
  if (format.showTable && route.table !== tableNumber.main) text += `table ${formatTable(route.table)} `;
  if (!format.omitProtocol && (route.protocol !== 'boot' || format.details)) text += `proto ${route.protocol} `;
  if (!format.omitScope && (route.scope !== 'global' || format.details)) text += `scope ${route.scope} `;
  if (source !== undefined && !format.omitSource) text += `src ${formatIp(source)} `;
  if (route.metric !== 0) text += `metric ${route.metric} `;
  for (const flag of routeFlags(route)) text += `${flag} `;
  return text;
}

/** The next hop's flags, worded as iproute2 does. */
export function routeFlags(route: Route): readonly string[] {
  const flags: string[] = [];
  if (route.onlink) flags.push('onlink');
  if (route.device !== undefined && route.type !== 'local' && !route.device.carrier) flags.push('linkdown');
  return flags;
}

/** What sending fails with where there is no route or it leads nowhere (fib_props in net/ipv4/fib_semantics.c). */
export function refusal(route: Route | undefined): Errno | undefined {
  switch (route?.type) {
    case undefined:
      return 'ENETUNREACH';
    case 'blackhole':
      return 'EINVAL';
    case 'unreachable':
      return 'EHOSTUNREACH';
    case 'prohibit':
      return 'EACCES';
    default:
      return undefined;
  }
}
