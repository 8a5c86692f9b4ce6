import type { Device } from '../../../device/device.ts';
import type { Stack } from '../../../ip/stack.ts';
import { tableNumber } from '../../../ip/table.ts';
import { type IpAddress, isMulticast } from '../../../packet/address.ts';
import type { Hook } from '../../passage.ts';
import { match, option } from '../extension.ts';
import { flag, wordList } from '../kind.ts';
import { Problem } from '../problem.ts';

/** RTN_*, by bit. */
const TYPES = [
  'UNSPEC',
  'UNICAST',
  'LOCAL',
  'BROADCAST',
  'ANYCAST',
  'MULTICAST',
  'BLACKHOLE',
  'UNREACHABLE',
  'PROHIBIT',
  'THROW',
  'NAT',
  'XRESOLVE',
] as const;

const [UNICAST, LOCAL, BROADCAST, MULTICAST] = [1 << 1, 1 << 2, 1 << 3, 1 << 5];
const BITS = { unicast: UNICAST, local: LOCAL, broadcast: BROADCAST };

const types = wordList(TYPES, (rest) => `addrtype: bad type "${rest}"`);
const ONE = 'you must specify --src-type or --dst-type';

/** __inet_dev_addr_type: what the table `local` says that an address is, seen from one device or from all. */
function typeBit(stack: Stack, address: IpAddress, device: Device | undefined): number {
  const value = Number(address);
  if (value >>> 24 === 0 || value === 0xffffffff) return BROADCAST;
  if (isMulticast(address)) return MULTICAST;
  if (device === undefined) return BITS[stack.fib.addressType(address)];
  const route = stack.fib.lookupIn(tableNumber.local, { destination: address });
  if (route === undefined || route.device !== device) return UNICAST;
  return route.type === 'local' || route.type === 'broadcast' ? BITS[route.type] : UNICAST;
}

const BEFORE: readonly Hook[] = ['prerouting', 'input'];
const AFTER: readonly Hook[] = ['output', 'postrouting'];

export const addrtype = match({
  name: 'addrtype',
  summary: 'what the source or destination is to this namespace: LOCAL, BROADCAST, UNICAST and so on',
  options: {
    'src-type': option(types, { invert: true }),
    'dst-type': option(types, { invert: true }),
    'limit-iface-in': option(flag, { excludes: ['limit-iface-out'] }),
    'limit-iface-out': option(flag, { excludes: ['limit-iface-in'] }),
  },
  settle(values) {
    if (values['src-type'] === undefined && values['dst-type'] === undefined) throw new Problem(`addrtype: ${ONE}`);
    return values;
  },
  list({ 'src-type': source, 'dst-type': destination, 'limit-iface-in': input, 'limit-iface-out': output }) {
    let text = 'ADDRTYPE match';
    if (source !== undefined) text += ` src-type ${source.inverted ? '!' : ''}${types.save(source.value)}`;
    if (destination !== undefined) {
      text += ` dst-type ${destination.inverted ? '!' : ''}${types.save(destination.value)}`;
    }
    return `${text}${input ? ' limit-in' : ''}${output ? ' limit-out' : ''}`;
  },
  // Of the two types the first alone is told, and `!` of either (_addrtype_xlate).
  translate({ 'src-type': source, 'dst-type': destination, 'limit-iface-in': input, 'limit-iface-out': output }) {
    const bits = source?.value ?? destination?.value ?? 0;
    const names = TYPES.filter((_, i) => (bits & (1 << i)) !== 0).map((name) => name.toLowerCase());
    const device = input ? ' . iif' : output ? ' . oif' : '';
    const not = source?.inverted || destination?.inverted ? '!= ' : '';
    const list = names.length > 1 ? `{ ${names.join(', ')} }` : names.join('');
    return `fib ${source === undefined ? 'daddr' : 'saddr'}${device} type ${not}${list}`;
  },
  notAt: ({ 'limit-iface-in': input, 'limit-iface-out': output }) => (output ? BEFORE : input ? AFTER : []),
  compile(
    { 'src-type': source, 'dst-type': destination, 'limit-iface-in': input, 'limit-iface-out': output },
    { stack },
  ) {
    return (passage) => {
      const device = input ? passage.in : output ? passage.out : undefined;
      const { packet } = passage;
      if (source !== undefined) {
        if (((typeBit(stack, packet.source, device) & source.value) !== 0) === source.inverted) return false;
      }
      if (destination === undefined) return true;
      return ((typeBit(stack, packet.destination, device) & destination.value) !== 0) !== destination.inverted;
    };
  },
});
