import type { Device } from '../device/device.ts';
import { BROADCAST_ADDRESS, formatIp, type IpAddress, isMulticast } from '../packet/address.ts';
import type { Fib } from './fib.ts';
import type { Flow, FlowPayload } from './flow.ts';
import { type Route, refusal } from './route.ts';

/** Of what comes in: a packet has them. */
export interface Addresses {
  readonly source: IpAddress;
  readonly destination: IpAddress;
  readonly tos?: number;
  readonly payload?: FlowPayload;
}

/** 127.0.0.0/8 and 0.0.0.0/8. */
const isLoopback = (address: IpAddress) => (address as number) >>> 24 === 127;
const isZero = (address: IpAddress) => (address as number) >>> 24 === 0;

/**
 * ip_route_input_slow's first questions: addresses that can't come in from a link.
 * @returns why it is a martian; `undefined`: it is none.
 */
export function martian({ source, destination }: Addresses, device: Device): string | undefined {
  const from = (source as number) >>> 24;
  const to = (destination as number) >>> 24;
  if (from < 224 && from !== 0 && from !== 127 && to !== 0 && to !== 127) return undefined;
  if (isMulticast(source) || source === BROADCAST_ADDRESS) return `martian source: nobody is ${formatIp(source)}`;
  if (destination === BROADCAST_ADDRESS || (source === 0 && destination === 0)) return undefined;
  if (isZero(source)) return `martian source: nobody is ${formatIp(source)}`;
  if (isZero(destination)) return `martian destination: nobody is ${formatIp(destination)}`;
  if (device.inet.route_localnet === 0 && (isLoopback(destination) || isLoopback(source))) {
    return 'martian: a loopback address on a link';
  }
  return undefined;
}

/**
 * fib_validate_source: may a packet with this source come in by `device`? `out`: where it goes on to; absent: here.
 * @returns why not; `undefined`: it may.
 */
export function sourceRefused(
  fib: Fib,
  packet: Addresses,
  mark: number,
  device: Device,
  out: Device | undefined,
): string | undefined {
  const { source } = packet;
  const { inet } = device;
  const strict = inet.rp_filter;
  if (strict === 0 && (device !== out || inet.send_redirects === 0)) {
    if (inet.accept_local !== 0) return undefined;
    if (fib.plain) return fib.isLocal(source) ? own(source) : undefined;
  }
  const found = fib.lookup(wayBack(fib, packet, mark, device, out));
  const none = `rp_filter ${strict} on ${device.name}: no way back to ${formatIp(source)}`;
  if (found === undefined || found.type === 'blackhole' || found.type === 'unreachable' || found.type === 'prohibit') {
    return strict === 0 ? undefined : none;
  }
  if (found.type === 'local' && inet.accept_local === 0) return own(source);
  if (found.type === 'broadcast') return `martian source: ${formatIp(source)} is a broadcast address`;
  if (leadsOutOf(found, device)) return undefined;
  if (device.addresses.length === 0) return strict === 0 ? undefined : none;
  if (strict === 1) {
    const by = found.device === undefined ? '' : `, but by ${found.device.name}`;
    return `rp_filter 1 on ${device.name}: the way back to ${formatIp(source)} is not by it${by}`;
  }
  return undefined;
}

function wayBack(fib: Fib, packet: Addresses, mark: number, device: Device, out: Device | undefined): Flow {
  const { source, destination, tos, payload } = packet;
  return {
    destination: source,
    source: destination,
    tos,
    payload: fib.plain ? undefined : turned(payload),
    mark: device.inet.src_valid_mark === 0 ? 0 : mark,
    in: out,
  };
}

/** What an answer would have, for rules that look at it (fib4_rules_early_flow_dissect). */
function turned(payload: FlowPayload | undefined): FlowPayload | undefined {
  if (payload?.sourcePort === undefined || payload.destinationPort === undefined) return payload;
  const { protocol, sourcePort, destinationPort } = payload;
  return { protocol, sourcePort: destinationPort, destinationPort: sourcePort };
}

/**
 * What __fib_validate_source tells beside: is the source of a packet that goes on by the device it came in by a
 * neighbour on that link?
 */
export function isNeighbour(fib: Fib, packet: Addresses, mark: number, device: Device): boolean {
  const back = wayBack(fib, packet, mark, device, device);
  const found = fib.lookup(back);
  if (found === undefined || refusal(found) !== undefined) return false;
  if (leadsOutOf(found, device)) return found.via === undefined;
  if (device.addresses.length === 0) return false;
  const bound = fib.lookup({ ...back, out: device });
  return bound?.type === 'unicast' && bound.via === undefined;
}

function own(source: IpAddress): string {
  return `martian source: ${formatIp(source)} is this namespace's own address`;
}

/** fib_info_nh_uses_dev: any of its next hops. */
function leadsOutOf(route: Route, device: Device): boolean {
  const paths = route.whole?.paths;
  return paths === undefined ? route.device === device : paths.some((path) => path.device === device);
}
