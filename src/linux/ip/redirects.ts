import type { Device } from '../device/device.ts';
import type { Path } from '../netfilter/passage.ts';
import { BROADCAST_ADDRESS, contains, type IpAddress, isMulticast } from '../packet/address.ts';
import type { IpPacket } from '../packet/packet.ts';
import type { Skb } from '../packet/skb.ts';
import type { Fib } from './fib.ts';
import { type Addresses, isNeighbour } from './input-route.ts';
import type { Neighbours } from './neighbours.ts';
import type { Route } from './route.ts';
import type { Heard, Stack } from './stack.ts';

/**
 * __mkroute_input: is the sender of a packet that leaves by the device that it came in by to be told that it can send to
 * the next router itself?
 */
export function redirects(fib: Fib, packet: Addresses, mark: number, route: Route, device: Device): boolean {
  const { send_redirects, shared_media } = device.inet;
  if (send_redirects === 0 || !isNeighbour(fib, packet, mark, device)) return false;
  return shared_media !== 0 || onLink(device, packet.source, route.via);
}

/** The kernel bridges what NAT sends back to the bridge that it came up from (br_nf_pre_routing_finish): none is told. */
export function translatedOnBridge(packet: IpPacket, { bridge, link }: Skb): boolean {
  const before = bridge === undefined ? undefined : link?.payload;
  return before?.kind === 'ip' && before.destination !== packet.destination;
}

/**
 * __ip_do_redirect: takes the router that a redirect names for this one destination, if it came from the router that
 * the path has now. One whose MAC address isn't known yet is only asked for it: the next redirect may be taken.
 */
export function acceptRedirect(
  stack: Stack,
  neighbours: Neighbours,
  heard: Heard,
  path: Path,
  destination: IpAddress,
): void {
  const { error, packet, device, skb } = heard;
  const { gateway } = error;
  const { route } = path;
  const old = packet.source;
  if (gateway === undefined || route === undefined) return;
  const { ip } = stack;
  if ((ip.exceptions.get(route, destination)?.gateway ?? route.via) !== old) return;
  const refused = refusedRouter(stack, device, gateway, old);
  if (refused !== undefined || !neighbours.known(path.device, gateway)) {
    const reason = refused ?? 'the MAC address of the router that it names is not known yet';
    if (stack.tap.active) stack.report('route', packet, skb, { device, verdict: 'drop', reason });
    return;
  }
  ip.exceptions.redirect(route, destination, gateway);
}

/** @returns why another router is not taken; `undefined`: it is. */
function refusedRouter(stack: Stack, device: Device, router: IpAddress, old: IpAddress): string | undefined {
  const { accept_redirects, shared_media, secure_redirects } = device.inet;
  if (accept_redirects === 0) return `redirects are not accepted on ${device.name} (accept_redirects)`;
  if (router === old || isMulticast(router) || router === BROADCAST_ADDRESS || Number(router) >>> 24 === 0) {
    return 'the redirect names no other router';
  }
  if (shared_media !== 0) {
    return stack.fib.addressType(router) === 'unicast' ? undefined : 'the redirect names no other host as router';
  }
  if (!onLink(device, router, old)) return 'the redirect names a router of another subnet, and shared_media is 0';
  if (secure_redirects === 0 || isKnownRouter(stack.fib, device, router)) return undefined;
  return 'the redirect names a router that no route has, and secure_redirects is 1';
}

/** ip_fib_check_default: is it the gateway of any route? */
function isKnownRouter(fib: Fib, device: Device, router: IpAddress): boolean {
  return fib
    .routes()
    .some((route) => (route.paths ?? [route]).some((hop) => hop.device === device && hop.via === router));
}

/** inet_addr_onlink: are both in one subnet of the device? Without a gateway: is the one in any? */
function onLink(device: Device, a: IpAddress, b: IpAddress | undefined): boolean {
  return device.addresses.some(({ peer, length }) => {
    const subnet = { address: peer, length };
    return contains(subnet, a) && (b === undefined || contains(subnet, b));
  });
}
