import type { Frame, IpPacket, Segment, TcpSegment } from './packet.ts';
import { frameLength, packetLength } from './size.ts';

/**
 * Segmentation offload: TCP hands down one long packet, of which the device makes packets that fit its link. Until then
 * `segmentSize` (the kernel's gso_size) says how much data each will carry; 0: it is no such packet.
 */

/** The bytes that a packet's longest piece has on a link (skb_gso_network_seglen). */
export function linkLength(packet: IpPacket, segmentSize: number): number {
  return packetLength(packet) - excess(packet, segmentSize);
}

/** The same for a frame. */
export function frameLinkLength(frame: Frame, segmentSize: number): number {
  const length = frameLength(frame);
  return frame.payload.kind === 'ip' ? length - excess(frame.payload, segmentSize) : length;
}

function excess({ payload }: IpPacket, segmentSize: number): number {
  if (segmentSize === 0) return 0;
  if (payload.protocol === 'tcp') return Math.max(0, payload.data.length - segmentSize);
  const inner = innerPacket(payload);
  return inner === undefined ? 0 : excess(inner, segmentSize);
}

/** What a tunnel that leaves the cutting to others carries (SKB_GSO_UDP_TUNNEL, SKB_GSO_IPXIP4); WireGuard cuts itself. */
function innerPacket(payload: Segment): IpPacket | undefined {
  if (payload.protocol === 'ipip') return payload.packet;
  if (payload.protocol !== 'udp' || payload.tunnel?.kind !== 'vxlan') return undefined;
  const { frame } = payload.tunnel;
  return frame.payload.kind === 'ip' ? frame.payload : undefined;
}

/** The same tunnel's packet around another one (skb_udp_tunnel_segment, inet_gso_segment). */
function around(payload: Segment, packet: IpPacket): Segment {
  if (payload.protocol === 'ipip') return { ...payload, packet };
  if (payload.protocol !== 'udp' || payload.tunnel?.kind !== 'vxlan') return payload;
  return { ...payload, tunnel: { ...payload.tunnel, frame: { ...payload.tunnel.frame, payload: packet } } };
}

/** tcp_gso_segment: what ends the data (PSH, FIN) is the last one's. */
export function segments(packet: IpPacket, segmentSize: number): readonly IpPacket[] {
  const { payload } = packet;
  const inner = innerPacket(payload);
  if (inner !== undefined) {
    return segments(inner, segmentSize).map((piece, i) => ({
      ...packet,
      id: (packet.id + i) & 0xffff,
      payload: around(payload, piece),
    }));
  }
  if (payload.protocol !== 'tcp' || payload.data.length <= segmentSize) return [packet];
  const pieces: IpPacket[] = [];
  for (let at = 0; at < payload.data.length; at += segmentSize) {
    const last = at + segmentSize >= payload.data.length;
    const piece: TcpSegment = {
      ...payload,
      sequence: (payload.sequence + at) >>> 0,
      data: payload.data.subarray(at, at + segmentSize),
      psh: last && payload.psh,
      fin: last && payload.fin,
    };
    pieces.push({ ...packet, id: (packet.id + pieces.length) & 0xffff, payload: piece });
  }
  return pieces;
}
