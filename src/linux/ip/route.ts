import type { Device } from '../device/device.ts';
import type { Scope } from '../device/interface-address.ts';
import type { Errno } from '../errno.ts';
import { formatIp, formatPrefix, type IpAddress, type Prefix } from '../packet/address.ts';
import type { Rule } from './rule.ts';
import { formatTable, tableNumber } from './table.ts';

export type RouteType = 'unicast' | 'local' | 'broadcast' | 'blackhole' | 'unreachable' | 'prohibit' | 'throw';
/** Who made it (rtnetlink's protocol), by its name in iproute2's rt_protos, or its number; `boot`: a person. */
export type RouteProtocol = string;

/** rt_protos of iproute2 6.1. */
export const protocolNames: Readonly<Record<string, number>> = {
  unspec: 0,
  redirect: 1,
  kernel: 2,
  boot: 3,
  static: 4,
  gated: 8,
  ra: 9,
  mrt: 10,
  zebra: 11,
  bird: 12,
  dnrouted: 13,
  xorp: 14,
  ntk: 15,
  dhcp: 16,
  keepalived: 18,
  babel: 42,
  openr: 99,
  bgp: 186,
  isis: 187,
  ospf: 188,
  rip: 189,
  eigrp: 192,
};

/** Metrics that change how packets go (RTAX_*); the others are refused. */
export interface RouteMetrics {
  /** The largest packet that is sent this way. */
  readonly mtu?: number;
  /** `mtu lock`: path MTU discovery does not change it. */
  readonly mtuLocked?: boolean;
  /** Time to live of what is sent this way. */
  readonly hoplimit?: number;
}

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
  readonly metrics?: RouteMetrics;
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

/** What tables, protocols and scopes are called: on a machine its files say so. */
export interface RouteNames {
  table(number: number): string;
  protocol(protocol: RouteProtocol): string;
  scope(scope: Scope): string;
}

const ownNames: RouteNames = { table: formatTable, protocol: (name) => name, scope: (name) => name };

export interface RouteFormat {
  /** By default iproute2's own. */
  readonly names?: RouteNames;
  /** Everything, as `ip -d route`. */
  readonly details?: boolean;
  /** Leaves out what the reader asked for, as `ip route show dev X` does. */
  readonly omitDevice?: boolean;
  readonly omitVia?: boolean;
  readonly omitProtocol?: boolean;
  readonly omitScope?: boolean;
  readonly omitSource?: boolean;
  readonly omitMetric?: boolean;
  readonly showTable?: boolean;
  /** What stands before each next hop of several: by default a new line. */
  readonly newline?: string;
}

/** A route as `ip route` prints it, with its trailing blank. */
export function formatRoute(route: Route, format: RouteFormat = {}): string {
  const { type, device, via, source, paths } = route;
  const { names = ownNames } = format;
  let text = '';
  if (type !== 'unicast' || format.details) text += `${type} `;
  text += `${formatDestination(route.destination)} `;
  if (via !== undefined && !format.omitVia) text += `via ${formatIp(via)} `;
  if (device !== undefined && !format.omitDevice) text += `dev ${device.name} `;
  if (format.showTable && route.table !== tableNumber.main) text += `table ${names.table(route.table)} `;
  if (!format.omitProtocol && (route.protocol !== 'boot' || format.details))
    text += `proto ${names.protocol(route.protocol)} `;
  if (!format.omitScope && (route.scope !== 'global' || format.details)) text += `scope ${names.scope(route.scope)} `;
  if (source !== undefined && !format.omitSource) text += `src ${formatIp(source)} `;
  if (route.metric !== 0 && !format.omitMetric) text += `metric ${route.metric} `;
  for (const flag of routeFlags(route)) text += `${flag} `;
  text += formatMetrics(route.metrics);
  for (const path of paths ?? []) text += `${format.newline ?? '\n'}\tnexthop ${formatPath(path)}`;
  return text;
}

function formatPath(path: Route): string {
  const via = path.via === undefined ? '' : `via ${formatIp(path.via)} `;
  const flags = routeFlags(path).map((flag) => `${flag} `);
  return `${via}dev ${path.device?.name ?? ''} weight ${path.weight ?? 1} ${flags.join('')}`;
}

export function formatMetrics({ mtu, mtuLocked, hoplimit }: RouteMetrics = {}): string {
  let text = '';
  if (mtu !== undefined) text += `mtu ${mtuLocked === true ? 'lock ' : ''}${mtu} `;
  return hoplimit === undefined ? text : `${text}hoplimit ${hoplimit} `;
}

/** The next hop's flags, worded as iproute2 does. A whole with several next hops has none of its own. */
export function routeFlags(route: Route): readonly string[] {
  const { device, onlink, type, whole } = route;
  const flags: string[] = [];
  if (whole !== undefined && device?.up === false) flags.push('dead');
  if (onlink) flags.push('onlink');
  if (device !== undefined && type !== 'local' && !device.carrier) flags.push('linkdown');
  return flags;
}

/** What sending fails with where there is no route or it leads nowhere (fib_props in net/ipv4/fib_semantics.c). */
export function refusal(route: Route | undefined): Errno | undefined {
  switch (route?.type) {
    case undefined:
      return 'ENETUNREACH';
    case 'blackhole':
      return 'EINVAL';
    case 'throw':
      return 'ENETUNREACH';
    case 'unreachable':
      return route.rule === undefined ? 'EHOSTUNREACH' : 'ENETUNREACH';
    case 'prohibit':
      return 'EACCES';
    default:
      return undefined;
  }
}
