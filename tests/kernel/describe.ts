import { isOwnPort } from './generate/ports.ts';

/**
 * A frame's bytes in words, one line. Written for this test alone, so that a fault of the stack's own reader can't hide
 * one of its writer. Left out: checksums (offload leaves them open), and what chance decides: identification, sequence
 * numbers that the kernel chose, windows and TCP options.
 */
export function describeFrame(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  const type = bytes.readUInt16BE(12);
  const link = `${mac(bytes, 6)} > ${mac(bytes, 0)}`;
  if (type === 0x0806) return `${link} ${arp(bytes.subarray(14))}`;
  if (type === 0x0800) return `${link} ${ip(bytes.subarray(14))}`;
  return `${link} ethertype 0x${type.toString(16)}`;
}

/** An IP packet's bytes in words. */
export function describePacket(hex: string): string {
  return ip(Buffer.from(hex, 'hex'));
}

/** Where probes begin to count (generate/packets.ts); other numbers in sequence space are a kernel's, and chance. */
const OWN_SEQUENCES = [1_000_000, 1_500_000] as const;
/** A segment of a probe is shorter. */
const MOST_DATA = 1500;
const PROTOCOL: Readonly<Record<number, string>> = { 1: 'icmp', 4: 'ipip', 6: 'tcp', 17: 'udp', 132: 'sctp' };
const VXLAN_PORTS = [4789, 8472];

function mac(bytes: Buffer, at: number): string {
  return bytes.toString('hex', at, at + 6).replace(/(..)(?=.)/g, '$1:');
}

function address(bytes: Buffer, at: number): string {
  return [...bytes.subarray(at, at + 4)].join('.');
}

function arp(bytes: Buffer): string {
  const operation = ['', 'request', 'reply'][bytes.readUInt16BE(6)] ?? '?';
  return `arp ${operation} ${mac(bytes, 8)} ${address(bytes, 14)} > ${mac(bytes, 18)} ${address(bytes, 24)}`;
}

function ip(bytes: Buffer, inner = false): string {
  const header = (bytes.readUInt8(0) & 15) * 4;
  const flags = bytes.readUInt16BE(6);
  const offset = (flags & 0x1fff) * 8;
  const protocol = bytes.readUInt8(9);
  const total = bytes.readUInt16BE(2);
  const words = [
    `${address(bytes, 12)} > ${address(bytes, 16)} ${PROTOCOL[protocol] ?? protocol}`,
    `ttl ${bytes.readUInt8(8)}`,
    `length ${total}`,
  ];
  if (bytes.readUInt8(1) !== 0) words.push(`tos 0x${bytes.readUInt8(1).toString(16)}`);
  if ((flags & 0x4000) !== 0) words.push('DF');
  if (offset > 0 || (flags & 0x2000) !== 0) words.push(`fragment ${offset}${(flags & 0x2000) !== 0 ? '+' : ''}`);
  const rest = bytes.subarray(header, Math.min(total, bytes.length));
  if (offset === 0) words.push(segment(protocol, rest, inner));
  return words.join(' ');
}

function segment(protocol: number, bytes: Buffer, inner: boolean): string {
  if (bytes.length < 8) return 'short';
  switch (protocol) {
    case 1:
      return icmp(bytes);
    case 4:
      return `(${ip(bytes)})`;
    case 6:
      return tcp(bytes, inner);
    case 17: {
      const ports = portsOf(bytes);
      if (inner || !VXLAN_PORTS.includes(bytes.readUInt16BE(2)) || bytes.length < 30) return ports;
      // The source port is a hash of what is inside, with a seed of the machine's.
      const vni = bytes.readUInt32BE(12) >>> 8;
      return `* > ${bytes.readUInt16BE(2)} vni ${vni} (${describeFrame(bytes.toString('hex', 16))})`;
    }
    default:
      return '';
  }
}

function icmp(bytes: Buffer): string {
  const type = bytes.readUInt8(0);
  const code = bytes.readUInt8(1);
  if (type === 8 || type === 0) {
    const id = bytes.readUInt16BE(4);
    return `${type === 8 ? 'request' : 'reply'} id ${id >= 1000 && id < 2000 ? id : '*'} seq ${bytes.readUInt16BE(6)}`;
  }
  const rest = bytes.readUInt32BE(4);
  return `type ${type} code ${code}${rest > 0 ? ` rest ${rest}` : ''} (${ip(bytes.subarray(8), true)})`;
}

function portsOf(bytes: Buffer): string {
  return `${port(bytes.readUInt16BE(0))} > ${port(bytes.readUInt16BE(2))}`;
}

function port(number: number): string {
  return isOwnPort(number) ? String(number) : '*';
}

const FLAGS = ['F', 'S', 'R', 'P', 'A', 'U'];

function tcp(bytes: Buffer, inner: boolean): string {
  const ports = portsOf(bytes);
  if (inner && bytes.length < 14) return ports;
  const bits = bytes.readUInt8(13);
  const flags = FLAGS.filter((_, i) => (bits & (1 << i)) !== 0).join('');
  const acknowledgement = (bits & 16) === 0 ? '' : ` ack ${sequence(bytes.readUInt32BE(8))}`;
  const data = inner ? '' : ` data ${bytes.length - (bytes.readUInt8(12) >> 4) * 4}`;
  return `${ports} ${flags} seq ${sequence(bytes.readUInt32BE(4))}${acknowledgement}${data}`;
}

function sequence(value: number): string {
  const own = OWN_SEQUENCES.some((first) => value >= first && value < first + MOST_DATA);
  return value === 0 || own ? String(value) : '*';
}
