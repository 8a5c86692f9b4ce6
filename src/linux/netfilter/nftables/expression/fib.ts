import type { Device } from '../../../device/device.ts';
import type { Flow } from '../../../ip/flow.ts';
import type { Stack } from '../../../ip/stack.ts';
import { BROADCAST_ADDRESS, type IpAddress, isMulticast } from '../../../packet/address.ts';
import type { Passage } from '../../passage.ts';
import type { DataType } from '../type/datatype.ts';
import { addressType, interfaceIndex, interfaceName } from '../type/meta.ts';
import type { Scalar } from '../value.ts';
import type { Selector } from './selector.ts';

/** What the routing table is asked with, and for (net/ipv4/netfilter/nft_fib_ipv4.c). */
export interface FibQuery {
  readonly address: 'saddr' | 'daddr';
  readonly with: readonly ('mark' | 'iif' | 'oif')[];
  readonly result: 'type' | 'oif' | 'oifname';
}

export const fibResults: Readonly<Record<FibQuery['result'], { summary: string; type: DataType }>> = {
  type: { summary: 'what kind of address it is: local, unicast, broadcast, multicast', type: addressType },
  oif: { summary: 'the device that a packet to it would leave by; 0, `missing`: none', type: interfaceIndex },
  oifname: { summary: 'the name of the device that a packet to it would leave by', type: interfaceName },
};

/** RTN_* */
const ROUTE_TYPES: Readonly<Record<string, number>> = {
  unicast: 1,
  local: 2,
  broadcast: 3,
  multicast: 5,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
};

function deviceOf(query: FibQuery, passage: Passage): Device | undefined {
  if (query.with.includes('iif')) return passage.in;
  return query.with.includes('oif') ? passage.out : undefined;
}

/** inet_dev_addr_type: asked with a device, an address of this host on another one counts as any other host's. */
function typeOf(stack: Stack, address: IpAddress, device: Device | undefined): number {
  if (address === BROADCAST_ADDRESS) return 3;
  if (isMulticast(address)) return 5;
  const route = stack.fib.lookup({ destination: address });
  if (route?.type !== 'local' && route?.type !== 'broadcast') return 1;
  if (device !== undefined && route.device !== device) return 1;
  return ROUTE_TYPES[route.type] ?? 1;
}

/** The device that the packet would leave by; asked with a device, that one or none. */
function routeOf(stack: Stack, flow: Flow, device: Device | undefined): Device | undefined {
  const route = stack.fib.lookup(flow);
  if (route?.type !== 'unicast' && route?.type !== 'local') return undefined;
  return device !== undefined && route.device !== device ? undefined : route.device;
}

/** nft_fib_can_skip: what the host sends to itself is taken to have come the right way. */
function comesBack({ hook, in: input, skb }: Passage): boolean {
  return hook === 'prerouting' && (skb.loopback || input?.kind === 'loopback');
}

export function fibSelector(query: FibQuery): Selector {
  const { address, result } = query;
  const read = (passage: Passage, stack: Stack): Scalar => {
    const asked = address === 'saddr' ? passage.packet.source : passage.packet.destination;
    const device = deviceOf(query, passage);
    if (result === 'type') return typeOf(stack, asked, device);
    const flow: Flow = {
      destination: asked,
      mark: query.with.includes('mark') ? passage.skb.mark : undefined,
      out: device,
    };
    const found = comesBack(passage) ? passage.in : routeOf(stack, flow, device);
    return result === 'oif' ? (found?.index ?? 0) : (found?.name ?? '');
  };
  return {
    text: `fib ${[address, ...query.with].join(' . ')} ${result}`,
    type: fibResults[result].type,
    compile:
      ({ stack }) =>
      (passage) =>
        read(passage, stack),
  };
}
