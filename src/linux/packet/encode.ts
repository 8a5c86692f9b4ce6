import type { IpAddress, MacAddress } from './address.ts';
import { addWords, checksum, pseudoHeader } from './checksum.ts';
import { writeSctp } from './encode-sctp.ts';
import { ETHERTYPE_ARP, ETHERTYPE_IP, icmpErrorNumber, protocolNumber } from './numbers.ts';
import type {
  ArpPacket,
  Frame,
  IcmpMessage,
  IpPacket,
  SctpPacket,
  Segment,
  TcpSegment,
  UdpDatagram,
  WireguardPayload,
} from './packet.ts';
import { frameLength, IP_HEADER, packetLength, segmentLength, tcpOptionsLength } from './size.ts';
import { writeTcpOptions } from './tcp-options.ts';

export interface EncodeOptions {
  /**
   * The checksum of TCP and UDP is left to the network card (CHECKSUM_PARTIAL), as a capture on the sending machine
   * shows it: the sum of the pseudo header alone. Around a packet for which that holds a VXLAN datagram's own is what
   * it will be once that one is finished (lco_csum); what is sent in fragments has been finished.
   */
  readonly partialChecksum?: boolean;
}

const ETHERNET_HEADER = 14;
const DONT_FRAGMENT = 0x4000;
const MORE_FRAGMENTS = 0x2000;
const NOTHING: EncodeOptions = {};

/** The bytes of a frame, without preamble and check sequence; as many as `frameLength` says. */
export function encodeFrame(frame: Frame, options: EncodeOptions = NOTHING): Uint8Array {
  const view = new DataView(new ArrayBuffer(frameLength(frame)));
  writeFrame(view, 0, frame, options);
  return new Uint8Array(view.buffer);
}

/** The bytes of an IP packet, header included; as many as `packetLength` says. */
export function encodePacket(packet: IpPacket, options: EncodeOptions = NOTHING): Uint8Array {
  const view = new DataView(new ArrayBuffer(packetLength(packet)));
  writePacket(view, 0, packet, options);
  return new Uint8Array(view.buffer);
}

function writeFrame(view: DataView, at: number, frame: Frame, options: EncodeOptions): void {
  writeMac(view, at, frame.destination);
  writeMac(view, at + 6, frame.source);
  const { payload } = frame;
  view.setUint16(at + 12, payload.kind === 'arp' ? ETHERTYPE_ARP : ETHERTYPE_IP);
  if (payload.kind === 'arp') writeArp(view, at + ETHERNET_HEADER, payload);
  else writePacket(view, at + ETHERNET_HEADER, payload, options);
}

function writeMac(view: DataView, at: number, mac: MacAddress): void {
  view.setUint16(at, Math.floor(mac / 0x100000000));
  view.setUint32(at + 2, mac % 0x100000000);
}

function writeArp(view: DataView, at: number, arp: ArpPacket): void {
  view.setUint16(at, 1);
  view.setUint16(at + 2, ETHERTYPE_IP);
  view.setUint16(at + 4, 0x0604);
  view.setUint16(at + 6, arp.operation === 'request' ? 1 : 2);
  writeMac(view, at + 8, arp.senderMac);
  view.setUint32(at + 14, Number(arp.senderIp));
  writeMac(view, at + 18, arp.targetMac);
  view.setUint32(at + 24, Number(arp.targetIp));
}

function writePacket(view: DataView, at: number, packet: IpPacket, options: EncodeOptions): void {
  const { fragment, payload } = packet;
  const length = packetLength(packet);
  let flags = packet.dontFragment ? DONT_FRAGMENT : 0;
  if (fragment !== undefined) flags |= (fragment.more ? MORE_FRAGMENTS : 0) | (fragment.offset / 8);
  view.setUint8(at, 0x45);
  view.setUint8(at + 1, packet.tos);
  view.setUint16(at + 2, length);
  view.setUint16(at + 4, packet.id);
  view.setUint16(at + 6, flags);
  view.setUint8(at + 8, packet.ttl);
  view.setUint8(at + 9, protocolNumber[payload.protocol]);
  view.setUint32(at + 12, Number(packet.source));
  view.setUint32(at + 16, Number(packet.destination));
  view.setUint16(at + 10, checksum(window(view, at, IP_HEADER)));
  if (fragment === undefined) {
    writeSegment(view, at + IP_HEADER, packet, payload, options);
    return;
  }
  const whole = new DataView(new ArrayBuffer(segmentLength(payload)));
  writeSegment(whole, 0, packet, payload, NOTHING);
  const { offset } = fragment;
  window(view, at + IP_HEADER, fragment.length).set(window(whole, offset, fragment.length));
}

function writeSegment(view: DataView, at: number, around: IpPacket, segment: Segment, options: EncodeOptions): void {
  const length = segmentLength(segment);
  switch (segment.protocol) {
    case 'tcp':
      writeTcp(view, at, segment);
      writeChecksum(view, at, at + 16, length, around, 'tcp', options);
      return;
    case 'udp':
      if (leavesChecksum(segment)) {
        writeUdp(view, at, segment, length, NOTHING);
        writeChecksum(view, at, at + 6, length, around, 'udp', NOTHING);
        if (options.partialChecksum) writeContent(view, at, segment, length, options);
        return;
      }
      writeUdp(view, at, segment, length, options);
      writeChecksum(view, at, at + 6, length, around, 'udp', options);
      return;
    case 'icmp':
      writeIcmp(view, at, segment, length);
      return;
    case 'sctp':
      writeSctp(view, at, segment satisfies SctpPacket, length);
      return;
    case 'ipip':
      writePacket(view, at, segment.packet, options);
      return;
  }
}

function writeChecksum(
  view: DataView,
  at: number,
  field: number,
  length: number,
  { source, destination }: { readonly source: IpAddress; readonly destination: IpAddress },
  protocol: 'tcp' | 'udp',
  { partialChecksum = false }: EncodeOptions,
): void {
  const start = pseudoHeader(Number(source), Number(destination), protocolNumber[protocol], length);
  const sum = partialChecksum ? start : ~addWords(window(view, at, length), 0, length, start) & 0xffff;
  // RFC 768: 0 would say that there is none.
  view.setUint16(field, protocol === 'udp' && sum === 0 ? 0xffff : sum);
}

/** Is what a tunnel carries a packet whose own checksum may be left to the card? */
function leavesChecksum({ tunnel }: UdpDatagram): boolean {
  if (tunnel?.kind !== 'vxlan') return false;
  const { payload } = tunnel.frame;
  return payload.kind === 'ip' && (payload.payload.protocol === 'tcp' || payload.payload.protocol === 'udp');
}

function writeTcp(view: DataView, at: number, tcp: TcpSegment): void {
  const header = 20 + tcpOptionsLength(tcp);
  const { fin, syn, rst, psh, ack } = tcp;
  view.setUint16(at, tcp.sourcePort);
  view.setUint16(at + 2, tcp.destinationPort);
  view.setUint32(at + 4, tcp.sequence);
  view.setUint32(at + 8, tcp.acknowledgement);
  view.setUint8(at + 12, (header / 4) << 4);
  view.setUint8(at + 13, +fin | (+syn << 1) | (+rst << 2) | (+psh << 3) | (+ack << 4));
  view.setUint16(at + 14, tcp.window);
  writeTcpOptions(view, at + 20, tcp);
  window(view, at + header, tcp.data.length).set(tcp.data);
}

function writeUdp(view: DataView, at: number, udp: UdpDatagram, length: number, options: EncodeOptions): void {
  view.setUint16(at, udp.sourcePort);
  view.setUint16(at + 2, udp.destinationPort);
  view.setUint16(at + 4, length);
  writeContent(view, at, udp, length, options);
}

function writeContent(view: DataView, at: number, udp: UdpDatagram, length: number, options: EncodeOptions): void {
  const { tunnel, data } = udp;
  window(view, at + 8, data.length).set(data);
  const inside = at + 8 + data.length;
  if (tunnel?.kind === 'vxlan') {
    view.setUint8(inside, 0x08);
    view.setUint32(inside + 4, tunnel.vni * 256);
    writeFrame(view, inside + 8, tunnel.frame, options);
  } else if (tunnel?.kind === 'wireguard') writeWireguard(window(view, inside, length - 8 - data.length), tunnel);
}

function writeIcmp(view: DataView, at: number, icmp: IcmpMessage, length: number): void {
  if ('data' in icmp) {
    view.setUint8(at, icmp.type === 'echo-request' ? 8 : 0);
    view.setUint16(at + 4, icmp.identifier);
    view.setUint16(at + 6, icmp.sequence);
    window(view, at + 8, icmp.data.length).set(icmp.data);
  } else {
    const [type, code] = icmpErrorNumber[icmp.code];
    view.setUint8(at, type);
    view.setUint8(at + 1, code);
    if (icmp.mtu !== undefined) view.setUint16(at + 6, icmp.mtu);
    if (icmp.gateway !== undefined) view.setUint32(at + 4, Number(icmp.gateway));
    window(view, at + 8, length - 8).set(encodePacket(icmp.original).subarray(0, length - 8));
  }
  view.setUint16(at + 2, checksum(window(view, at, length)));
}

/**
 * WireGuard's transport data message (paper, 5.4.6). Who has no key sees noise: made of what can be seen, so that the
 * same message always looks the same.
 */
function writeWireguard(into: Uint8Array, { receiver, counter, packet }: WireguardPayload): void {
  const view = new DataView(into.buffer, into.byteOffset, into.length);
  view.setUint32(0, 4, true);
  view.setUint32(4, receiver, true);
  view.setUint32(8, counter % 0x100000000, true);
  view.setUint32(12, Math.floor(counter / 0x100000000), true);
  into.set(encodePacket(packet), 16);
  let state = (receiver ^ Math.imul(counter, 0x9e3779b9)) >>> 0;
  for (let at = 16; at < into.length; at++) {
    const plain = into[at] as number;
    // Mulberry32, which each byte of the message stirs: the tag at the end depends on all of them.
    state = (state + 0x6d2b79f5 + plain) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    into[at] = plain ^ (mixed ^ (mixed >>> 14));
  }
}

function window(view: DataView, at: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + at, length);
}
