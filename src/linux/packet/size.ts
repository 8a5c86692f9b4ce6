import type { Frame, IpPacket, Segment } from './packet.ts';

/** Bytes of an IPv4 header without options (RFC 791). */
export const IP_HEADER = 20;
const ETHERNET_HEADER = 14;
const ARP_PACKET = 28;
const TCP_HEADER = 20;
const TCP_MSS_OPTION = 4;
/** UDP's and ICMP's headers are equally long. */
const SHORT_HEADER = 8;
/** An ICMP error never makes a packet longer than this (RFC 1812, 4.3.2.3). */
const ERROR_LIMIT = 576;

/** Bytes of an IP packet on the wire, header included. */
export function packetLength(packet: IpPacket): number {
  return IP_HEADER + (packet.fragment === undefined ? segmentLength(packet.payload) : packet.fragment.length);
}

/** Bytes of what follows the IP header. */
export function segmentLength(segment: Segment): number {
  switch (segment.protocol) {
    case 'tcp':
      return TCP_HEADER + (segment.mss === undefined ? 0 : TCP_MSS_OPTION) + segment.data.length;
    case 'udp':
      return SHORT_HEADER + segment.data.length;
    case 'icmp':
      if ('data' in segment) return SHORT_HEADER + segment.data.length;
      return SHORT_HEADER + Math.min(packetLength(segment.original), ERROR_LIMIT - IP_HEADER - SHORT_HEADER);
  }
}

/** Bytes of an Ethernet frame, without preamble and check sequence: what a device counts. */
export function frameLength(frame: Frame): number {
  return ETHERNET_HEADER + (frame.payload.kind === 'arp' ? ARP_PACKET : packetLength(frame.payload));
}
