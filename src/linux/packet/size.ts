import type { Frame, IpPacket, SctpChunk, Segment, TcpSegment, UdpDatagram } from './packet.ts';

/** Bytes of an IPv4 header without options (RFC 791). */
export const IP_HEADER = 20;
const ETHERNET_HEADER = 14;
const ARP_PACKET = 28;
const TCP_HEADER = 20;
/** UDP's and ICMP's headers are equally long. */
const SHORT_HEADER = 8;
const SCTP_HEADER = 12;
const VXLAN_HEADER = 8;
/** Type, receiver and counter before the packet (padded to 16 bytes), Poly1305's tag behind it (WireGuard paper, 5.4.6). */
const WIREGUARD_HEADER = 16;
const WIREGUARD_TAG = 16;
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
      return TCP_HEADER + tcpOptionsLength(segment) + segment.data.length;
    case 'udp':
      return SHORT_HEADER + segment.data.length + (segment.tunnel === undefined ? 0 : tunnelLength(segment.tunnel));
    case 'sctp': {
      let length = SCTP_HEADER;
      for (const chunk of segment.chunks) length += sctpChunkLength(chunk);
      return length;
    }
    case 'ipip':
      return packetLength(segment.packet);
    case 'icmp':
      if ('data' in segment) return SHORT_HEADER + segment.data.length;
      return SHORT_HEADER + Math.min(packetLength(segment.original), ERROR_LIMIT - IP_HEADER - SHORT_HEADER);
  }
}

/**
 * Bytes of the options as Linux lays them out (tcp_options_write), padding included: mss; sackOK and timestamps
 * together, or each behind NOPs; nop, wscale; nop, nop, sack.
 */
export function tcpOptionsLength({ mss, sackPermitted, timestamps, windowScale, sack }: TcpSegment): number {
  return (
    (mss === undefined ? 0 : 4) +
    (timestamps !== undefined ? 12 : sackPermitted === true ? 4 : 0) +
    (windowScale === undefined ? 0 : 4) +
    (sack === undefined || sack.length === 0 ? 0 : 4 + 8 * sack.length)
  );
}

function tunnelLength(tunnel: NonNullable<UdpDatagram['tunnel']>): number {
  if (tunnel.kind === 'vxlan') return VXLAN_HEADER + frameLength(tunnel.frame);
  return WIREGUARD_HEADER + Math.ceil(packetLength(tunnel.packet) / 16) * 16 + WIREGUARD_TAG;
}

/** Bytes of a chunk on the wire, padded to 4 (RFC 9260, 3.2). An INIT ACK's state cookie is left empty. */
export function sctpChunkLength({ type, data }: SctpChunk): number {
  switch (type) {
    case 'init':
    case 'init-ack':
      return 20;
    case 'data':
      return 16 + Math.ceil((data?.length ?? 0) / 4) * 4;
    case 'sack':
      return 16;
    case 'shutdown':
      return 8;
    case 'heartbeat':
    case 'heartbeat-ack':
      return 12;
    default:
      return 4;
  }
}

/** Bytes of an Ethernet frame, without preamble and check sequence: what a device counts. */
export function frameLength(frame: Frame): number {
  return ETHERNET_HEADER + (frame.payload.kind === 'arp' ? ARP_PACKET : packetLength(frame.payload));
}
