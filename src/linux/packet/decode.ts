import { checksum, crc32c, pseudoHeader } from './checksum.ts';
import { readSctp } from './decode-sctp.ts';
import { ETHERTYPE_ARP, ETHERTYPE_IP, icmpErrorNumber, icmpErrorType, protocolNumber, VXLAN_PORTS } from './numbers.ts';
import type { ArpPacket, Frame, IcmpError, IcmpMessage, IpPacket, Segment, TcpSegment, UdpDatagram } from './packet.ts';
import { type Malformed, PacketReader, type Unmodelled, Unreadable } from './reader.ts';
import { IP_HEADER, tcpOptionsLength } from './size.ts';
import { readTcpOptions } from './tcp-options.ts';

const ETHERNET_HEADER = 14;
const ARP_PACKET = 28;

/** The frame that bytes are. Offsets in a result that is none count from the first byte. */
export function decodeFrame(bytes: Uint8Array): Frame | Malformed | Unmodelled {
  return attempt(bytes, readFrame);
}

/** The IP packet that bytes are. */
export function decodePacket(bytes: Uint8Array): IpPacket | Malformed | Unmodelled {
  return attempt(bytes, (reader) => readPacket(reader, true));
}

function attempt<T>(bytes: Uint8Array, read: (reader: PacketReader) => T): T | Malformed | Unmodelled {
  try {
    return read(new PacketReader(bytes));
  } catch (error) {
    if (error instanceof Unreadable) return error.result;
    throw error;
  }
}

function readFrame(reader: PacketReader): Frame {
  reader.layer('Ethernet').need(ETHERNET_HEADER);
  const destination = reader.mac(0);
  const source = reader.mac(6);
  const type = reader.uint16(12);
  const inner = reader.from(ETHERNET_HEADER);
  if (type === ETHERTYPE_ARP) return { source, destination, payload: readArp(inner) };
  if (type === ETHERTYPE_IP) return { source, destination, payload: readPacket(inner, true) };
  return reader.unmodelled(12, `EtherType 0x${type.toString(16).padStart(4, '0')}`);
}

function readArp(reader: PacketReader): ArpPacket {
  reader.layer('ARP').need(ARP_PACKET);
  const operation = reader.uint16(6);
  const usual = reader.uint16(0) === 1 && reader.uint16(2) === ETHERTYPE_IP && reader.uint16(4) === 0x0604;
  if (!usual || operation < 1 || operation > 2) {
    return reader.unmodelled(0, 'ARP other than request and reply for IPv4 over Ethernet');
  }
  return {
    kind: 'arp',
    operation: operation === 1 ? 'request' : 'reply',
    senderMac: reader.mac(8),
    senderIp: reader.uint32(14),
    targetMac: reader.mac(18),
    targetIp: reader.uint32(24),
  };
}

/** `whole`: not the head of a packet within an ICMP error, whose checksums are as they were when it was lost. */
function readPacket(around: PacketReader, whole: boolean): IpPacket {
  around.layer('IP').need(IP_HEADER);
  const first = around.uint8(0);
  if (first >> 4 !== 4) return around.malformed(0, `version is ${first >> 4}, not 4`);
  const header = (first & 15) * 4;
  if (header < IP_HEADER) return around.malformed(0, `header length is ${header}, less than ${IP_HEADER}`);
  around.need(header);
  const length = around.uint16(2);
  if (length < header) return around.malformed(2, `total length is ${length}, less than its header's ${header}`);
  if (length > around.length) {
    const problem = `total length is ${length}, but there are ${around.length} bytes`;
    return whole ? around.malformed(2, problem) : around.unmodelled(2, problem);
  }
  if (checksum(around.bytes(0, header)) !== 0) return around.malformed(10, 'header checksum is wrong');
  if (header > IP_HEADER) return around.unmodelled(IP_HEADER, 'IP options');
  const flags = around.uint16(6);
  if ((flags & 0x8000) !== 0) return around.unmodelled(6, 'the reserved flag of IP');
  if ((flags & 0x3fff) !== 0) return around.unmodelled(6, 'one fragment of an IP packet by itself');
  const source = around.uint32(12);
  const destination = around.uint32(16);
  return {
    kind: 'ip',
    source,
    destination,
    ttl: around.uint8(8),
    tos: around.uint8(1),
    id: around.uint16(4),
    dontFragment: flags !== 0,
    payload: readSegment(around.from(header, length), around.uint8(9), source, destination, whole),
  };
}

function readSegment(
  reader: PacketReader,
  protocol: number,
  source: number,
  destination: number,
  whole: boolean,
): Segment {
  const start = pseudoHeader(source, destination, protocol, reader.length);
  switch (protocol) {
    case protocolNumber.tcp:
      reader.layer('TCP').need(20);
      if (whole) verify(reader, 16, start);
      return readTcp(reader);
    case protocolNumber.udp:
      reader.layer('UDP').need(8);
      if (whole && reader.uint16(6) !== 0) verify(reader, 6, start);
      return readUdp(reader);
    case protocolNumber.icmp:
      reader.layer('ICMP').need(8);
      if (whole) verify(reader, 2);
      return readIcmp(reader);
    case protocolNumber.sctp: {
      reader.layer('SCTP').need(12);
      const bare = reader.bytes(0).slice();
      bare.fill(0, 8, 12);
      if (whole && crc32c(bare) !== reader.uint32(8, true)) return reader.malformed(8, 'checksum is wrong');
      return readSctp(reader);
    }
    case protocolNumber.ipip:
      return { protocol: 'ipip', packet: readPacket(reader, whole) };
    default:
      return reader.unmodelled(0, `IP protocol ${protocol}`);
  }
}

/** A checksum left to the network card (its field has the pseudo header's sum alone) is as good as a right one. */
function verify(reader: PacketReader, field: number, start = 0): void {
  if (checksum(reader.bytes(0), 0, reader.length, start) === 0) return;
  if (start === 0 || reader.uint16(field) !== start) reader.malformed(field, 'checksum is wrong');
}

function readTcp(reader: PacketReader): TcpSegment {
  const header = (reader.uint8(12) >> 4) * 4;
  if (header < 20) return reader.malformed(12, `header length is ${header}, less than 20`);
  reader.need(header);
  const flags = reader.uint8(13);
  if ((flags & 0xe0) !== 0 || (reader.uint8(12) & 15) !== 0) return reader.unmodelled(13, 'flags URG, ECE, CWR, NS');
  if (reader.uint16(18) !== 0) return reader.unmodelled(18, 'an urgent pointer');
  const segment: TcpSegment = {
    protocol: 'tcp',
    sourcePort: reader.uint16(0),
    destinationPort: reader.uint16(2),
    sequence: reader.uint32(4),
    acknowledgement: reader.uint32(8),
    syn: (flags & 2) !== 0,
    ack: (flags & 16) !== 0,
    fin: (flags & 1) !== 0,
    rst: (flags & 4) !== 0,
    psh: (flags & 8) !== 0,
    window: reader.uint16(14),
    ...readTcpOptions(reader, header),
    data: reader.bytes(header).slice(),
  };
  if (tcpOptionsLength(segment) === header - 20) return segment;
  return reader.unmodelled(20, "TCP options in other places than Linux's");
}

function readUdp(reader: PacketReader): UdpDatagram {
  const length = reader.uint16(4);
  if (length < 8 || length > reader.length) {
    return reader.malformed(4, `length is ${length}, but there are ${reader.length} bytes`);
  }
  const ports = { sourcePort: reader.uint16(0), destinationPort: reader.uint16(2) };
  const { destinationPort } = ports;
  if (length >= 16 && VXLAN_PORTS.includes(destinationPort) && reader.uint32(8) === 0x08000000) {
    const vni = reader.uint32(12) >>> 8;
    const frame = readFrame(reader.from(16, length));
    return { protocol: 'udp', ...ports, data: new Uint8Array(0), tunnel: { kind: 'vxlan', vni, frame } };
  }
  return { protocol: 'udp', ...ports, data: reader.bytes(8, length).slice() };
}

function readIcmp(reader: PacketReader): IcmpMessage {
  const type = reader.uint8(0);
  const code = reader.uint8(1);
  if ((type === 0 || type === 8) && code === 0) {
    return {
      protocol: 'icmp',
      type: type === 8 ? 'echo-request' : 'echo-reply',
      identifier: reader.uint16(4),
      sequence: reader.uint16(6),
      data: reader.bytes(8).slice(),
    };
  }
  for (const [name, [itsType, itsCode]] of Object.entries(icmpErrorNumber)) {
    const named = icmpErrorType[type];
    if (type !== itsType || code !== itsCode || named === undefined) continue;
    return {
      protocol: 'icmp',
      type: named,
      code: name as IcmpError['code'],
      ...(name === 'fragmentation-needed' && { mtu: reader.uint16(6) }),
      ...(type === 5 && { gateway: reader.uint32(4) }),
      original: readPacket(reader.from(8), false),
    };
  }
  return reader.unmodelled(0, `ICMP type ${type}, code ${code}`);
}
