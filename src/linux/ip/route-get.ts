import type { Device } from '../device/device.ts';
import { NetlinkError } from '../netlink-error.ts';
import { BROADCAST_ADDRESS, type IpAddress } from '../packet/address.ts';
import { selectSource } from './configuration.ts';
import type { Exception } from './exceptions.ts';
import type { Flow } from './flow.ts';
import { martian, sourceRefused } from './input-route.ts';
import { redirects } from './redirects.ts';
import { type Route, refusal } from './route.ts';
import type { Stack } from './stack.ts';
import { tableNumber } from './table.ts';

/** The kernel's answer to `ip route get`. */
export interface RouteAnswer {
  readonly route: Route;
  readonly type: 'unicast' | 'local' | 'broadcast';
  readonly device: Device;
  /** A router, where one comes next. */
  readonly gateway: IpAddress | undefined;
  /** What is known of this destination alone. */
  readonly exception: Exception | undefined;
  /** Its sender would be told to send to the next router itself (RTCF_DOREDIRECT). */
  readonly redirects: boolean;
  /** Which own address it would be sent from. */
  readonly source: IpAddress | undefined;
}

/**
 * What a packet would do (inet_rtm_getroute): one of the namespace's own, or, with `flow.in`, one that came in there.
 * Throws ENETUNREACH, EINVAL for a martian, or what the route's type says.
 */
export function getRoute(stack: Stack, flow: Flow): RouteAnswer {
  return flow.in === undefined ? outputRoute(stack, flow) : inputRoute(stack, flow, flow.in);
}

function outputRoute(stack: Stack, flow: Flow): RouteAnswer {
  const { fib, devices } = stack;
  const { source, out } = flow;
  const destination = flow.destination === 0 ? 0x7f000001 : flow.destination;
  if (source !== undefined && source !== 0 && !fib.isLocal(source)) throw new NetlinkError('ENETUNREACH');
  const everybody = destination === BROADCAST_ADDRESS;
  const found = everybody && out !== undefined ? undefined : fib.lookup({ ...flow, destination });
  const route = found ?? (out === undefined ? undefined : onLink(out, destination));
  const refused = refusal(route);
  if (route === undefined || refused !== undefined) throw new NetlinkError(refused ?? 'ENETUNREACH');
  const device = route.type === 'local' ? devices.get(1) : route.device;
  if (device === undefined) throw new NetlinkError('ENETUNREACH');
  const chosen = route.source ?? (route.type === 'local' ? destination : undefined);
  const preferred = chosen ?? selectSource(device, route.via ?? 0, route.scope, devices.values());
  const type = everybody || route.type === 'broadcast' ? 'broadcast' : route.type === 'local' ? 'local' : 'unicast';
  return { route, type, device, source: source ?? preferred, redirects: false, ...behind(stack, route, destination) };
}

function inputRoute(stack: Stack, flow: Flow, device: Device): RouteAnswer {
  const { fib, devices } = stack;
  const { destination, source = 0, tos = 0, mark = 0 } = flow;
  const addresses = { source, destination, tos };
  const invalid = () => new NetlinkError('EINVAL');
  if (martian(addresses, device) !== undefined) throw invalid();
  const route = fib.lookup(flow);
  const lo = devices.get(1);
  if (route?.type === 'local' || route?.type === 'broadcast') {
    if (sourceRefused(fib, addresses, mark, device, undefined) !== undefined) throw invalid();
    if (lo === undefined) throw new NetlinkError('ENODEV');
    return { route, type: route.type, device: lo, source: undefined, redirects: false, ...behind(stack, route, 0) };
  }
  if (device.inet.forwarding === 0) throw new NetlinkError('EHOSTUNREACH');
  const refused = refusal(route);
  if (route?.device === undefined || refused !== undefined) throw new NetlinkError(refused ?? 'ENETUNREACH');
  if (sourceRefused(fib, addresses, mark, device, route.device) !== undefined) throw invalid();
  const told = device === route.device && redirects(fib, addresses, mark, route, device);
  const { exception, gateway } = behind(stack, route, destination);
  return { route, type: 'unicast', device: route.device, source: undefined, redirects: told, exception, gateway };
}

function behind({ ip }: Stack, route: Route, destination: IpAddress): Pick<RouteAnswer, 'exception' | 'gateway'> {
  const exception = route.type === 'unicast' ? ip.exceptions.get(route, destination) : undefined;
  return { exception, gateway: exception?.gateway ?? route.via };
}

/** A device that was asked for is taken to be on the destination's link. */
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
