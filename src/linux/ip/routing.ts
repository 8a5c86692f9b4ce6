import type { Device } from '../device/device.ts';
import { type Scope, scopeNumber } from '../device/interface-address.ts';
import { NetlinkError } from '../netlink-error.ts';
import { type IpAddress, networkOf, type Prefix } from '../packet/address.ts';
import { selectSource } from './configuration.ts';
import type { Fib } from './fib.ts';
import type { Route, RouteMetrics, RouteProtocol, RouteType } from './route.ts';
import type { Stack } from './stack.ts';
import { tableNumber } from './table.ts';

/** A next hop as somebody asks for it. */
export interface NextHopSpec {
  readonly via?: IpAddress;
  /** The device's name. */
  readonly device?: string;
  readonly onlink?: boolean;
  /** 1 to 256. */
  readonly weight?: number;
}

/** A route as somebody asks for it. */
export interface RouteSpec extends Omit<NextHopSpec, 'weight'> {
  readonly destination: Prefix;
  readonly type?: RouteType;
  /** Several next hops, instead of `via` and `device`. */
  readonly nextHops?: readonly NextHopSpec[];
  /** By default `global` with a gateway, `host` for local routes, else `link`. */
  readonly scope?: Scope;
  readonly source?: IpAddress;
  readonly metric?: number;
  readonly metrics?: RouteMetrics;
  readonly protocol?: RouteProtocol;
  readonly table?: number;
}

/** `ip route add`, `replace`, `append`, `prepend`, `change` and `test` (NLM_F_EXCL, NLM_F_REPLACE and their like). */
export type RouteMode = 'add' | 'replace' | 'append' | 'prepend' | 'change' | 'test';

/** Checks a route as the kernel's fib_create_info does and puts it in (fib_table_insert). */
export function addRoute(stack: Stack, spec: RouteSpec, mode: RouteMode): void {
  const route = check(stack, spec);
  const { fib } = stack;
  const there = fib.exact(route.destination, route.table).filter(({ metric }) => metric === route.metric);
  const [first] = there;
  if (first !== undefined && (mode === 'add' || mode === 'test')) throw new NetlinkError('EEXIST');
  const same = there.find((other) => sameRoute(other, route));
  if (first !== undefined && (mode === 'replace' || mode === 'change')) {
    if (same === undefined) fib.replace(first, route);
    else if (same !== first) throw new NetlinkError('EEXIST');
    return;
  }
  if (same !== undefined) throw new NetlinkError('EEXIST');
  if (mode === 'change' || mode === 'test') throw new NetlinkError('ENOENT');
  fib.insert(route, mode === 'prepend');
}

/** Deletes the first route that has everything that is asked for (fib_table_delete). Throws ESRCH where there is none. */
export function deleteRoute(fib: Fib, spec: RouteSpec): void {
  const table =
    spec.table ?? (spec.type === 'local' || spec.type === 'broadcast' ? tableNumber.local : tableNumber.main);
  const found = fib
    .exact(spec.destination, table)
    .find(
      (route) =>
        (spec.type === undefined || route.type === spec.type) &&
        hopMatches(route.paths?.[0] ?? route, spec) &&
        (spec.nextHops === undefined || hopsMatch(route.paths ?? [route], spec.nextHops)) &&
        (spec.scope === undefined || route.scope === spec.scope) &&
        (spec.source === undefined || route.source === spec.source) &&
        (spec.metric === undefined || route.metric === spec.metric) &&
        (spec.protocol === undefined || route.protocol === spec.protocol),
    );
  if (found === undefined) throw new NetlinkError('ESRCH');
  fib.remove(found);
}

/** Of several next hops the first alone is compared (fib_nh_match). */
function hopMatches(route: Route, { via, device }: NextHopSpec): boolean {
  return (via === undefined || route.via === via) && (device === undefined || route.device?.name === device);
}

function hopsMatch(paths: readonly Route[], wanted: readonly NextHopSpec[]): boolean {
  return (
    paths.length === wanted.length && wanted.every((hop, i) => paths[i] !== undefined && hopMatches(paths[i], hop))
  );
}

function check(stack: Stack, spec: RouteSpec): Route {
  const { destination, source, metrics, nextHops } = spec;
  const type = spec.type ?? 'unicast';
  const network = networkOf(destination);
  if (network.address !== destination.address) {
    throw new NetlinkError('EINVAL', 'Invalid prefix for given prefix length.');
  }
  const isLocal = type === 'local' || type === 'broadcast';
  const goes = type === 'unicast' || isLocal;
  if (!goes && (spec.device !== undefined || spec.via !== undefined || nextHops !== undefined)) {
    const extack = 'Gateway, device and multipath can not be specified for this route type.';
    throw new NetlinkError('EINVAL', extack);
  }
  const scope = spec.scope ?? defaultScope(type, spec.via !== undefined || nextHops !== undefined);
  const hops = goes ? (nextHops ?? [spec]).map((hop) => nextHop(stack, hop, scope)) : [];
  if (source !== undefined && !stack.fib.isLocal(source)) throw new NetlinkError('EINVAL', 'Invalid prefsrc address.');
  const shared = {
    type,
    destination: network,
    table: spec.table ?? (isLocal ? tableNumber.local : tableNumber.main),
    protocol: spec.protocol ?? 'boot',
    scope,
    ...(source !== undefined && { source }),
    metric: spec.metric ?? 0,
    ...(metrics !== undefined && { metrics }),
  };
  const [only] = hops;
  if (hops.length < 2) return { ...shared, onlink: false, ...only };
  const paths: Route[] = [];
  const whole: Route = { ...shared, onlink: false, paths };
  for (const [i, hop] of hops.entries()) {
    const nextHopSource = selectSource(hop.device, hop.via ?? 0, scope, stack.devices.values());
    const weight = nextHops?.[i]?.weight ?? 1;
    paths.push({ ...shared, ...hop, weight, whole, ...(nextHopSource !== undefined && { nextHopSource }) });
  }
  return whole;
}

interface NextHop {
  readonly device: Device;
  readonly via?: IpAddress;
  readonly onlink: boolean;
}

/** fib_check_nh. */
function nextHop(stack: Stack, spec: NextHopSpec, scope: Scope): NextHop {
  const { via, onlink = false } = spec;
  let device = spec.device === undefined ? undefined : deviceNamed(stack, spec.device);
  if (via !== undefined) device = gatewayDevice(stack, via, device, onlink, scope);
  // fib_check_nh_nongw
  else if (onlink) {
    throw new NetlinkError('EINVAL', 'Invalid flags for nexthop - PERVASIVE and ONLINK can not be set.');
  }
  if (device === undefined) throw new NetlinkError('ENODEV');
  if (!device.up) throw new NetlinkError('ENETDOWN', 'Device for nexthop is not up.');
  return { device, onlink, ...(via !== undefined && { via }) };
}

function defaultScope(type: RouteType, gateway: boolean): Scope {
  if (type === 'local') return 'host';
  if (type === 'broadcast') return 'link';
  return type === 'unicast' && !gateway ? 'link' : 'global';
}

function deviceNamed(stack: Stack, name: string): Device {
  const device = stack.deviceNamed(name);
  if (device === undefined) throw new NetlinkError('ENODEV');
  return device;
}

/** fib_check_nh_v4_gw: the gateway has to be nearer than what is reached by it, unless `onlink` promises that it is. */
function gatewayDevice(
  stack: Stack,
  via: IpAddress,
  device: Device | undefined,
  onlink: boolean,
  scope: Scope,
): Device {
  const { fib } = stack;
  const invalid = () => new NetlinkError('ENETUNREACH', 'Nexthop has invalid gateway.');
  if (onlink) {
    if (device === undefined) throw new NetlinkError('ENODEV');
    return device;
  }
  if (scopeNumber[scope] >= scopeNumber.link) throw invalid();
  const leastScope = Math.max(scopeNumber[scope] + 1, scopeNumber.link);
  const best = fib.lookup({ destination: via, out: device, leastScope });
  if (best?.device === undefined || (best.type !== 'unicast' && best.type !== 'local')) throw invalid();
  return best.device;
}

/** fib_find_info: is it the same but for its place? */
function sameRoute(a: Route, b: Route): boolean {
  const hops = (route: Route) => route.paths ?? [route];
  return (
    a.type === b.type &&
    a.scope === b.scope &&
    a.source === b.source &&
    a.protocol === b.protocol &&
    a.metrics?.mtu === b.metrics?.mtu &&
    a.metrics?.mtuLocked === b.metrics?.mtuLocked &&
    a.metrics?.hoplimit === b.metrics?.hoplimit &&
    hops(a).length === hops(b).length &&
    hops(a).every((hop, i) => {
      const other = hops(b)[i];
      return hop.device === other?.device && hop.via === other?.via && hop.weight === other?.weight;
    })
  );
}
