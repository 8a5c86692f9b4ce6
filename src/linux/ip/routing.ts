import type { Device } from '../device/device.ts';
import type { Scope } from '../device/interface-address.ts';
import { NetlinkError } from '../netlink-error.ts';
import { contains, type IpAddress, networkOf, type Prefix } from '../packet/address.ts';
import { selectSource } from './configuration.ts';
import type { Fib } from './fib.ts';
import { type Route, type RouteProtocol, type RouteType, refusal } from './route.ts';
import type { Stack } from './stack.ts';
import { tableNumber } from './table.ts';

/** A route as somebody asks for it. */
export interface RouteSpec {
  readonly destination: Prefix;
  readonly type?: RouteType;
  readonly via?: IpAddress;
  /** The device's name. */
  readonly device?: string;
  /** By default `global` with a gateway, `host` for local routes, else `link`. */
  readonly scope?: Scope;
  readonly source?: IpAddress;
  readonly metric?: number;
  readonly onlink?: boolean;
  readonly protocol?: RouteProtocol;
  readonly table?: number;
}

/** What to do where a route with the same destination and metric is there: EEXIST, take its place, stand behind it. */
export type RouteMode = 'add' | 'replace' | 'append';

/** Checks a route as the kernel's fib_create_info does and puts it in. */
export function addRoute(stack: Stack, spec: RouteSpec, mode: RouteMode): void {
  const route = check(stack, spec);
  const { fib } = stack;
  const there = fib.exact(route.destination, route.table).filter(({ metric }) => metric === route.metric);
  if (mode === 'add' && there.length > 0) throw new NetlinkError('EEXIST');
  if (mode === 'append' && there.some((other) => sameNextHop(other, route))) throw new NetlinkError('EEXIST');
  const replaced = mode === 'replace' ? there[0] : undefined;
  if (replaced !== undefined) fib.replace(replaced, route);
  else fib.insert(route);
}

/** Deletes the first route that has everything that is asked for. Throws ESRCH where there is none. */
export function deleteRoute(fib: Fib, spec: RouteSpec): void {
  const table =
    spec.table ?? (spec.type === 'local' || spec.type === 'broadcast' ? tableNumber.local : tableNumber.main);
  const found = fib
    .exact(spec.destination, table)
    .find(
      (route) =>
        (spec.type === undefined || route.type === spec.type) &&
        (spec.via === undefined || route.via === spec.via) &&
        (spec.device === undefined || route.device?.name === spec.device) &&
        (spec.scope === undefined || route.scope === spec.scope) &&
        (spec.source === undefined || route.source === spec.source) &&
        (spec.metric === undefined || route.metric === spec.metric) &&
        (spec.protocol === undefined || route.protocol === spec.protocol),
    );
  if (found === undefined) throw new NetlinkError('ESRCH');
  fib.remove(found);
}

function check(stack: Stack, spec: RouteSpec): Route {
  const { destination, via, source } = spec;
  const type = spec.type ?? 'unicast';
  const network = networkOf(destination);
  if (network.address !== destination.address) {
    throw new NetlinkError('EINVAL', 'Invalid prefix for given prefix length.');
  }
  const isLocal = type === 'local' || type === 'broadcast';
  const scope = spec.scope ?? defaultScope(type, via);
  const onlink = spec.onlink ?? false;
  let device = spec.device === undefined ? undefined : deviceNamed(stack, spec.device);
  if (type === 'unicast' || isLocal) {
    if (via !== undefined) device = gatewayDevice(stack, via, device, onlink);
    if (device === undefined) throw new NetlinkError('ENODEV');
    if (!device.up) throw new NetlinkError('ENETDOWN', 'Device for nexthop is not up.');
  } else device = undefined;
  if (source !== undefined && !stack.fib.isLocal(source)) throw new NetlinkError('EINVAL', 'Invalid prefsrc address.');
  return {
    type,
    destination: network,
    table: spec.table ?? (isLocal ? tableNumber.local : tableNumber.main),
    protocol: spec.protocol ?? 'boot',
    scope,
    ...(via !== undefined && { via }),
    ...(device !== undefined && { device }),
    ...(source !== undefined && { source }),
    metric: spec.metric ?? 0,
    onlink,
  };
}

function defaultScope(type: RouteType, via: IpAddress | undefined): Scope {
  if (type === 'local') return 'host';
  if (type === 'broadcast') return 'link';
  return type === 'unicast' && via === undefined ? 'link' : 'global';
}

function deviceNamed(stack: Stack, name: string): Device {
  for (const device of stack.devices.values()) if (device.name === name) return device;
  throw new NetlinkError('ENODEV');
}

/** fib_check_nh: the gateway has to be a neighbour, unless `onlink` promises that it is. */
function gatewayDevice(stack: Stack, via: IpAddress, device: Device | undefined, onlink: boolean): Device {
  if (onlink) {
    if (device === undefined) throw new NetlinkError('ENODEV');
    return device;
  }
  const { fib } = stack;
  let best: Route | undefined = fib.exact({ address: via, length: 32 }, tableNumber.local)[0];
  if (best?.type === 'local' && best.device !== undefined && device === undefined) return best.device;
  best = undefined;
  for (const route of fib.routes(tableNumber.main)) {
    if (route.type !== 'unicast' || route.scope === 'global' || !contains(route.destination, via)) continue;
    if (device !== undefined && route.device !== device) continue;
    if (best === undefined || route.destination.length > best.destination.length) best = route;
  }
  if (best?.device === undefined) throw new NetlinkError('ENETUNREACH', 'Nexthop has invalid gateway.');
  return best.device;
}

function sameNextHop(a: Route, b: Route): boolean {
  return a.device === b.device && a.via === b.via && a.type === b.type && a.scope === b.scope && a.source === b.source;
}

/** The kernel's answer to `ip route get`. */
export interface RouteAnswer {
  readonly route: Route;
  readonly device: Device;
  readonly source: IpAddress | undefined;
}

/**
 * What a packet to `destination` would do. Throws ENETUNREACH, or what the route's type says. A source that is not
 * the namespace's own can't be sent from (ENETUNREACH).
 */
export function getRoute(
  stack: Stack,
  destination: IpAddress,
  options: { source?: IpAddress | undefined; device?: string | undefined },
): RouteAnswer {
  const { fib, devices } = stack;
  if (options.source !== undefined && !fib.isLocal(options.source)) throw new NetlinkError('ENETUNREACH');
  const asked = options.device === undefined ? undefined : deviceNamed(stack, options.device);
  const found = fib.lookup({ destination, source: options.source, out: asked });
  const route = found ?? (asked === undefined ? undefined : onLink(asked, destination));
  const refused = refusal(route);
  if (route === undefined || refused !== undefined) throw new NetlinkError(refused ?? 'ENETUNREACH');
  const device = route.type === 'local' ? devices.get(1) : route.device;
  if (device === undefined) throw new NetlinkError('ENETUNREACH');
  const source = options.source ?? route.source ?? selectSource(device, route.via ?? 0, route.scope, devices.values());
  return { route, device, source };
}

function onLink(device: Device, destination: IpAddress): Route {
  return {
    type: 'unicast',
    destination: { address: destination, length: 32 },
    table: tableNumber.main,
    protocol: 'boot',
    scope: 'link',
    device,
    metric: 0,
    onlink: false,
  };
}
