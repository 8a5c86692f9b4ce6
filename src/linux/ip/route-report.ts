import type { Device } from '../device/device.ts';
import { BROADCAST_ADDRESS, formatIp } from '../packet/address.ts';
import type { IpPacket } from '../packet/packet.ts';
import type { Skb } from '../packet/skb.ts';
import type { Verdict } from '../tap/tap.ts';
import { formatRoute, type Route } from './route.ts';
import type { Stack } from './stack.ts';
import { formatTable, tableNumber } from './table.ts';

/** Tells the tap which route a packet takes. Callers ask `tap.active` first. */
export function reportRoute(
  stack: Stack,
  packet: IpPacket,
  skb: Skb,
  route: Route | undefined,
  device: Device | undefined,
): void {
  const to = formatIp(packet.destination);
  if (route === undefined) {
    const found = device !== undefined && packet.destination === BROADCAST_ADDRESS;
    const verdict: Verdict = found ? 'accept' : 'reject';
    stack.report('route', packet, skb, { device, verdict, reason: `no route to ${to}` });
    return;
  }
  const rule = formatRoute(route).trimEnd();
  const { table } = route;
  const elsewhere = table === tableNumber.local || table === tableNumber.main || table === 0;
  const where = elsewhere ? {} : { table: formatTable(table) };
  if (route.type === 'unicast' || route.type === 'local' || route.type === 'broadcast') {
    stack.report('route', packet, skb, { device: route.device, verdict: 'accept', rule, ...where });
    return;
  }
  const verdict: Verdict = route.type === 'blackhole' ? 'drop' : 'reject';
  const reason =
    route.rule === undefined
      ? `the route to ${to} is ${route.type}`
      : `rule ${route.rule.priority} of ip rule says ${route.type}`;
  stack.report('route', packet, skb, { verdict, rule, ...where, reason });
}
