import { ETHERTYPE_ARP, ETHERTYPE_IP, protocolNumber } from '../../packet/numbers.ts';
import type { Value } from './arithmetic.ts';
import { FilterError } from './error.ts';
import type { Test, View } from './view.ts';
import type { Protocol } from './words.ts';

/** The tests of libpcap's gencode.c, each as the BPF code that it makes would decide. */

export type Direction = 'src' | 'dst' | 'src or dst' | 'src and dst';

const ETHERTYPE_RARP = 0x8035;
const ETHERTYPE_IP6 = 0x86dd;
const FRAGMENT_HEADER = 44;
const IP6_HEADER = 40;

export const etherTypes: ReadonlyMap<string, number> = new Map([
  ['ip', ETHERTYPE_IP],
  ['arp', ETHERTYPE_ARP],
  ['rarp', ETHERTYPE_RARP],
  ['ip6', ETHERTYPE_IP6],
]);

/** IANA's numbers by the names that /etc/protocols has. */
export const ipProtocols: ReadonlyMap<string, number> = new Map(
  Object.entries({
    ...protocolNumber,
    ipip: 94,
    ipencap: 4,
    igmp: 2,
    ipv6: 41,
    gre: 47,
    esp: 50,
    ah: 51,
    'ipv6-icmp': 58,
  }),
);

export const both =
  (a: Test, b: Test): Test =>
  (view) =>
    a(view) && b(view);
export const either =
  (a: Test, b: Test): Test =>
  (view) =>
    a(view) || b(view);

export const etherType =
  (type: number): Test =>
  (view) =>
    view.isEtherType(type);

const ip4: Test = etherType(ETHERTYPE_IP);
const ip6: Test = etherType(ETHERTYPE_IP6);
/** Not a fragment other than the first. */
const first: Test = (view) => (view.network(6, 2) & 0x1fff) === 0;

const inIp4 = (protocol: number): Test => both(ip4, (view) => view.network(9, 1) === protocol);
const inIp6 = (protocol: number): Test =>
  both(ip6, (view) => {
    const next = view.network(6, 1);
    return next === protocol || (next === FRAGMENT_HEADER && view.network(IP6_HEADER, 1) === protocol);
  });

/** `ip proto N`, `ip6 proto N`, `proto N`, `ether proto N`. */
export function protocolTest(number: number, within: Protocol | undefined, at: number): Test {
  switch (within) {
    case undefined:
      return either(inIp4(number), inIp6(number));
    case 'ether':
      if (number <= 1500)
        throw new FilterError(`'ether proto ${number}' (802.2) is not modelled in this simulation`, at);
      return etherType(number);
    case 'ip':
      return inIp4(number);
    case 'ip6':
      return inIp6(number);
    case 'arp':
    case 'rarp':
      throw new FilterError(`${within} does not encapsulate another protocol`, at);
    default:
      throw new FilterError(`'${within} proto' is bogus`, at);
  }
}

/** A protocol's name by itself. */
export function abbreviation(protocol: Protocol, at: number): Test {
  switch (protocol) {
    case 'ether':
      throw new FilterError('link layer applied in wrong context', at);
    case 'ip':
    case 'arp':
    case 'rarp':
    case 'ip6':
      return etherType(etherTypes.get(protocol) as number);
    case 'icmp':
      return inIp4(1);
    case 'igmp':
      return inIp4(2);
    case 'icmp6':
      return inIp6(58);
    default:
      return protocolTest(protocolNumber[protocol], undefined, at);
  }
}

/** One of two fields, or both, or any. */
function directed(direction: Direction | undefined, source: Test, destination: Test): Test {
  if (direction === 'src') return source;
  if (direction === 'dst') return destination;
  return direction === 'src and dst' ? both(source, destination) : either(source, destination);
}

/** `host`, `net`: an address under a mask, in IP or in ARP. */
export function hostTest(
  address: number,
  mask: number,
  protocol: Protocol | undefined,
  direction: Direction | undefined,
  what: 'host' | 'net',
  at: number,
): Test {
  const within = (type: number, source: number, destination: number): Test => {
    const equal =
      (offset: number): Test =>
      (view) =>
        (view.network(offset, 4) & mask) >>> 0 === address;
    return directed(direction, both(etherType(type), equal(source)), both(etherType(type), equal(destination)));
  };
  switch (protocol) {
    case undefined:
      return either(
        within(ETHERTYPE_IP, 12, 16),
        either(within(ETHERTYPE_ARP, 14, 24), within(ETHERTYPE_RARP, 14, 24)),
      );
    case 'ip':
      return within(ETHERTYPE_IP, 12, 16);
    case 'arp':
      return within(ETHERTYPE_ARP, 14, 24);
    case 'rarp':
      return within(ETHERTYPE_RARP, 14, 24);
    case 'ether':
      throw new FilterError(`link-layer modifier applied to ${what}`, at);
    case 'ip6':
      throw new FilterError("'ip6' modifier applied to ip host", at);
    default:
      throw new FilterError(`'${protocol}' modifier applied to ${what}`, at);
  }
}

/** `port`, `portrange`: in TCP, UDP or SCTP, of IPv4 (unless it is a later fragment) or IPv6. */
export function portTest(low: number, high: number, protocols: readonly number[], direction?: Direction): Test {
  const between = (value: number) => value >= low && value <= high;
  const inTransport = directed(
    direction,
    (view) => between(view.transport(0, 2)),
    (view) => between(view.transport(2, 2)),
  );
  const behindIp6 = directed(
    direction,
    (view) => between(view.network(IP6_HEADER, 2)),
    (view) => between(view.network(IP6_HEADER + 2, 2)),
  );
  const carries = (view: View, at: number) => protocols.includes(view.network(at, 1));
  return either(
    both(ip6, (view) => carries(view, 6) && behindIp6(view)),
    both(ip4, (view) => carries(view, 9) && first(view) && inTransport(view)),
  );
}

export function etherHostTest(mac: number, direction?: Direction): Test {
  const equal =
    (offset: number): Test =>
    (view) =>
      view.read(offset, 2) * 0x100000000 + view.read(offset + 2, 4) === mac;
  return directed(direction, equal(6), equal(0));
}

export const multicastTest = (protocol: 'ip' | 'ip6'): Test =>
  protocol === 'ip'
    ? both(ip4, (view) => view.network(16, 1) >= 224)
    : both(ip6, (view) => view.network(24, 1) === 255);

export function broadcastTest(netmask: number): Test {
  const hosts = ~netmask >>> 0;
  return both(ip4, (view) => {
    const host = (view.network(16, 4) & hosts) >>> 0;
    return host === 0 || host === hosts;
  });
}

/** `tcp[13]`: a byte, or two or four, of a protocol's header. */
export function load(protocol: Protocol, index: Value, size: number, at: number): Value {
  if (size !== 1 && size !== 2 && size !== 4) throw new FilterError('data size must be 1, 2, or 4', at);
  const value = (needs: Test | undefined, read: (view: View, offset: number) => number): Value => ({
    needs: index.needs === undefined || needs === undefined ? (needs ?? index.needs) : both(index.needs, needs),
    of: (view) => read(view, index.of(view)),
  });
  switch (protocol) {
    case 'ether':
      return value(undefined, (view, offset) => view.read(offset, size));
    case 'ip':
    case 'arp':
    case 'rarp':
    case 'ip6':
      return value(abbreviation(protocol, at), (view, offset) => view.network(offset, size));
    case 'icmp6':
      return value(
        both(ip6, (view) => view.network(6, 1) === 58),
        (view, offset) => view.network(IP6_HEADER + offset, size),
      );
    default:
      return value(both(abbreviation(protocol, at), both(ip4, first)), (view, offset) => view.transport(offset, size));
  }
}
