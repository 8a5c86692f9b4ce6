import type { IpAddress } from '../../packet/address.ts';
import type { IcmpMessage, IpPacket } from '../../packet/packet.ts';
import type { Tuple } from './tracked.ts';

export type TrackedProtocol = Tuple['protocol'];
export type Direction = 'original' | 'reply';

/** As in an ICMP header (RFC 792). */
export const ICMP_TYPES: Readonly<Record<IcmpMessage['type'], number>> = {
  'echo-reply': 0,
  'destination-unreachable': 3,
  redirect: 5,
  'echo-request': 8,
  'time-exceeded': 11,
};

/** IANA's protocol numbers. */
export const PROTOCOL_NUMBERS: Readonly<Record<TrackedProtocol, number>> = {
  icmp: 1,
  ipip: 4,
  tcp: 6,
  udp: 17,
  sctp: 132,
};

/** What is looked for in the table: filled anew for each packet, so that nothing is made for one. */
export interface TupleFields {
  protocol: TrackedProtocol;
  source: IpAddress;
  destination: IpAddress;
  sourcePort: number;
  destinationPort: number;
}

/** nf_ct_get_tuple. @returns false for a packet that has none: an ICMP error. */
export function readTuple(packet: IpPacket, into: TupleFields): boolean {
  const { payload } = packet;
  into.source = packet.source;
  into.destination = packet.destination;
  into.protocol = payload.protocol;
  switch (payload.protocol) {
    case 'tcp':
    case 'udp':
    case 'sctp':
      into.sourcePort = payload.sourcePort;
      into.destinationPort = payload.destinationPort;
      return true;
    case 'icmp':
      if (!('identifier' in payload)) return false;
      into.sourcePort = payload.identifier;
      into.destinationPort = ICMP_TYPES[payload.type] << 8;
      return true;
    case 'ipip':
      into.sourcePort = 0;
      into.destinationPort = 0;
      return true;
  }
}

/** nf_ct_invert_tuple: the one that an answer has. */
export function invertInto(tuple: Tuple, into: TupleFields): void {
  const { source, destination, sourcePort, destinationPort, protocol } = tuple;
  into.protocol = protocol;
  into.source = destination;
  into.destination = source;
  if (protocol === 'icmp') {
    into.sourcePort = sourcePort;
    into.destinationPort = invertIcmp(destinationPort);
  } else {
    into.sourcePort = destinationPort;
    into.destinationPort = sourcePort;
  }
}

/** An echo request's type and code for an echo reply's and the other way round (nf_conntrack_proto_icmp.c, invmap). */
function invertIcmp(typeAndCode: number): number {
  const type = typeAndCode >> 8;
  if (type === ICMP_TYPES['echo-request']) return (ICMP_TYPES['echo-reply'] << 8) | (typeAndCode & 255);
  if (type === ICMP_TYPES['echo-reply']) return (ICMP_TYPES['echo-request'] << 8) | (typeAndCode & 255);
  return typeAndCode;
}

export function sameTuple(a: Tuple, b: Tuple): boolean {
  return (
    a.sourcePort === b.sourcePort &&
    a.destinationPort === b.destinationPort &&
    a.source === b.source &&
    a.destination === b.destination &&
    a.protocol === b.protocol
  );
}

export function emptyTuple(): TupleFields {
  return { protocol: 'tcp', source: 0, destination: 0, sourcePort: 0, destinationPort: 0 };
}

export function hashTuple(tuple: Tuple): number {
  let h = fold(tuple.source);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b) ^ fold(tuple.destination);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) ^ ((tuple.sourcePort << 16) | tuple.destinationPort);
  h = Math.imul(h ^ (h >>> 16), 0x27d4eb2f) ^ PROTOCOL_NUMBERS[tuple.protocol];
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  return h ^ (h >>> 13);
}

function fold(address: IpAddress): number {
  if (typeof address === 'number') return address | 0;
  return Number((address ^ (address >> 32n) ^ (address >> 64n) ^ (address >> 96n)) & 0xffffffffn) | 0;
}
