import type { Device } from '../device/device.ts';
import { type InterfaceAddress, type Scope, scopeNumber } from '../device/interface-address.ts';
import { NetlinkError } from '../netlink-error.ts';
import { contains, type IpAddress, netmask, networkOf, type Prefix } from '../packet/address.ts';
import type { Fib } from './fib.ts';
import type { Route, RouteType } from './route.ts';
import { tableNumber } from './table.ts';

export interface AddressOptions {
  readonly peer?: IpAddress;
  readonly broadcast?: IpAddress;
  readonly scope?: Scope;
  readonly label?: string;
  readonly noPrefixRoute?: boolean;
  readonly metric?: number;
}

/** A device's address is new. Keeps the kernel's order (inet_insert_ifa in net/ipv4/devinet.c) and makes its routes. */
export function addAddress(fib: Fib, device: Device, prefix: Prefix, options: AddressOptions): InterfaceAddress {
  const { address: local, length } = prefix;
  const peer = options.peer ?? local;
  const subnet: Prefix = { address: peer, length };
  const list = device.addresses;
  let position = 0;
  let secondary = false;
  const scope = options.scope ?? (Number(local) >>> 24 === 127 ? 'host' : 'global');
  for (const [i, other] of list.entries()) {
    if (!other.secondary && scopeNumber[scope] <= scopeNumber[other.scope]) position = i + 1;
    if (other.length !== length || !contains(subnet, other.peer)) continue;
    if (other.local === local) throw new NetlinkError('EEXIST', 'ipv4: Address already assigned.');
    secondary = true;
  }
  const address: InterfaceAddress = {
    local,
    peer,
    length,
    scope,
    ...(options.broadcast !== undefined && { broadcast: options.broadcast }),
    label: options.label ?? device.name,
    secondary,
    noPrefixRoute: options.noPrefixRoute ?? false,
    ...(options.metric !== undefined && { metric: options.metric }),
  };
  list.splice(secondary ? list.length : position, 0, address);
  addAddressRoutes(fib, device, address);
  return address;
}

/** fib_add_ifaddr: the local route at once, the subnet's and the broadcast's while the device is up. */
export function addAddressRoutes(fib: Fib, device: Device, address: InterfaceAddress): void {
  for (const route of addressRoutes(device, address)) {
    const there = fib.exact(route.destination, route.table);
    const same = there.some((other) => other.device === device && other.type === route.type);
    if (!same) fib.insert(route);
  }
}

function addressRoutes(device: Device, address: InterfaceAddress): Route[] {
  const { local, peer, length, broadcast, secondary } = address;
  const subnet: Prefix = { address: peer, length };
  const primary = device.addresses.find((a) => !a.secondary && a.length === length && contains(subnet, a.peer));
  const make = (type: RouteType, destination: Prefix): Route => ({
    type,
    destination,
    table: type === 'unicast' ? tableNumber.main : tableNumber.local,
    protocol: 'kernel',
    scope: type === 'local' ? 'host' : 'link',
    device,
    // A secondary address speaks through its subnet's primary one.
    source: (secondary ? primary?.local : undefined) ?? local,
    metric: type === 'unicast' ? (address.metric ?? 0) : 0,
    onlink: false,
  });
  const routes = [make('local', { address: local, length: 32 })];
  if (!device.up) return routes;
  const network = networkOf({ address: peer, length });
  if (broadcast !== undefined && broadcast !== 0xffffffff) {
    routes.push(make('broadcast', { address: broadcast, length: 32 }));
  }
  if (Number(network.address) >>> 24 === 0 || secondary || (network.address === local && length === 32)) return routes;
  if (!address.noPrefixRoute) routes.push(make(device.kind === 'loopback' ? 'local' : 'unicast', network));
  if (length < 31) {
    const last = (Number(network.address) | ~netmask(length)) >>> 0;
    if (last !== broadcast) routes.push(make('broadcast', { address: last, length: 32 }));
  }
  return routes;
}

/**
 * __inet_del_ifa: with a primary address its secondaries go too, unless promote_secondaries lets the first of them take
 * its place; with the last address every route of the device goes.
 * @returns those that are gone
 */
export function removeAddress(fib: Fib, device: Device, prefix: Prefix): readonly InterfaceAddress[] {
  const list = device.addresses;
  const address = list.find((a) => a.local === prefix.address && a.length === prefix.length);
  if (address === undefined) throw new NetlinkError('EADDRNOTAVAIL', 'ipv4: Address not found.');
  const subnet: Prefix = { address: address.peer, length: address.length };
  const followers = address.secondary
    ? []
    : list.filter((a) => a.secondary && a.length === subnet.length && contains(subnet, a.peer));
  const touched = [address, ...followers];
  const [first, ...rest] = device.inet.promote_secondaries === 0 ? [] : followers;
  const old = touched.flatMap((one) => addressRoutes(device, one));
  for (const one of touched) list.splice(list.indexOf(one), 1);
  if (first !== undefined) {
    removeRoutes(fib, old, []);
    const last = list.findLastIndex((a) => !a.secondary && scopeNumber[a.scope] >= scopeNumber[first.scope]);
    list.splice(last + 1, 0, { ...first, secondary: false });
    list.push(...rest);
    for (const one of list) addAddressRoutes(fib, device, one);
  } else if (list.length === 0) removeDeviceRoutes(fib, device, true);
  else {
    const kept = list.flatMap((a) => addressRoutes(device, a));
    removeRoutes(fib, old, kept);
  }
  const still = (source: IpAddress) => fib.isLocal(source);
  fib.removeWhere((route) => route.source !== undefined && route.type !== 'local' && !still(route.source));
  return first === undefined ? touched : [address];
}

function removeRoutes(fib: Fib, gone: readonly Route[], kept: readonly Route[]): void {
  for (const route of gone) {
    if (kept.some((k) => sameRoute(k, route))) continue;
    for (const there of fib.exact(route.destination, route.table)) if (sameRoute(there, route)) fib.remove(there);
  }
}

function sameRoute(a: Route, b: Route): boolean {
  return (
    a.type === b.type &&
    a.device === b.device &&
    a.protocol === b.protocol &&
    a.destination.address === b.destination.address &&
    a.destination.length === b.destination.length
  );
}

/**
 * fib_sync_down_dev: a device that goes down keeps its local routes, one that vanishes or loses its last address does
 * not. Of a route with several next hops the others stay, unless the device vanishes.
 */
export function removeDeviceRoutes(fib: Fib, device: Device, local: boolean): void {
  fib.removeWhere((route) => {
    if (route.paths === undefined) return route.device === device && (local || route.type !== 'local');
    const gone = (path: Route) => path.device === device || path.device?.up !== true;
    if (!route.paths.some((path) => path.device === device)) return false;
    return local ? device.addresses.length === 0 || route.paths.every(gone) : route.paths.every(gone);
  });
  fib.forget();
}

/** inet_select_addr: which own address to use as the source towards `destination` (0: no matter which) out of `device`. */
export function selectSource(
  device: Device,
  destination: IpAddress,
  scope: Scope,
  others: Iterable<Device>,
): IpAddress | undefined {
  let first: IpAddress | undefined;
  for (const address of device.addresses) {
    if (address.secondary || scopeNumber[address.scope] > scopeNumber[scope]) continue;
    if (destination === 0 || contains({ address: address.peer, length: address.length }, destination))
      return address.local;
    first ??= address.local;
  }
  if (first !== undefined) return first;
  for (const other of others) {
    for (const address of other.addresses) {
      if (address.secondary || address.scope === 'link') continue;
      if (scopeNumber[address.scope] <= scopeNumber[scope]) return address.local;
    }
  }
  return undefined;
}
