import type { IpAddress } from '../../packet/address.ts';
import type { IcmpError, IpPacket, Segment } from '../../packet/packet.ts';
import type { Tuple } from '../conntrack/tracked.ts';

export type Manipulation = 'source' | 'destination';

/**
 * nf_nat_manip_pkt: gives a packet the source, or the destination, that packets of a connection have on this side:
 * what answers to them in `other`, the tuple of the other direction, is turned round.
 */
export function manglePacket(packet: IpPacket, other: Tuple, manipulate: Manipulation): IpPacket {
  // A fragment that isn't the first has no ports.
  const { payload, fragment } = packet;
  const ports = fragment === undefined || fragment.offset === 0;
  const changed = ports ? manglePayload(payload, other, manipulate, false) : payload;
  return manipulate === 'source'
    ? readdress(packet, other.destination, packet.destination, changed)
    : readdress(packet, packet.source, other.source, changed);
}

/** What an object's literal costs less than a spread for: this is done for each packet. */
function readdress(packet: IpPacket, source: IpAddress, destination: IpAddress, payload: Segment): IpPacket {
  const { ttl, tos, id, dontFragment, fragment } = packet;
  if (fragment !== undefined) return { ...packet, source, destination, payload };
  return { kind: 'ip', source, destination, ttl, tos, id, dontFragment, payload };
}

/** `straight`: the ports are `tuple`'s own, not those of its inverse. */
function manglePayload(payload: Segment, tuple: Tuple, manipulate: Manipulation, straight: boolean): Segment {
  switch (payload.protocol) {
    case 'tcp':
    case 'udp':
    case 'sctp': {
      const source = manipulate === 'source';
      const port = source === straight ? tuple.sourcePort : tuple.destinationPort;
      if (source) return payload.sourcePort === port ? payload : { ...payload, sourcePort: port };
      return payload.destinationPort === port ? payload : { ...payload, destinationPort: port };
    }
    case 'icmp':
      // The same identifier both ways.
      if (!('identifier' in payload) || payload.identifier === tuple.sourcePort) return payload;
      return { ...payload, identifier: tuple.sourcePort };
    case 'ipip':
      return payload;
  }
}

/**
 * nf_nat_icmp_reply_translation: an ICMP error, and the packet inside that it is about, which went the other way: so the
 * packet inside gets its other end changed, to what it was on that side.
 */
export function mangleError(packet: IpPacket, error: IcmpError, other: Tuple, manipulate: Manipulation): IpPacket {
  const { original } = error;
  const inner = manglePayload(original.payload, other, manipulate === 'source' ? 'destination' : 'source', true);
  const inside =
    manipulate === 'source'
      ? readdress(original, original.source, other.destination, inner)
      : readdress(original, other.source, original.destination, inner);
  const payload = { ...error, original: inside };
  return manipulate === 'source'
    ? readdress(packet, other.destination, packet.destination, payload)
    : readdress(packet, packet.source, other.source, payload);
}
