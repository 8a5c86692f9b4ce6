import { parseIp, parseMac } from '../../../src/linux/packet/address.ts';
import { encodeFrame, encodePacket } from '../../../src/linux/packet/encode.ts';
import type { IpPacket, Segment } from '../../../src/linux/packet/packet.ts';
import type { Draft } from './draft.ts';
import { CLIENT_PORTS, TCP_PORTS, UDP_PORTS } from './ports.ts';

/** Servers, and `count` probes: frames from a link, packets of a namespace's own, connections. */
export function packets(to: Draft, count: number): void {
  const { chance, nodes } = to;
  for (const node of nodes) {
    if (chance.percent(60)) to.listeners.push({ in: node, protocol: 'udp', port: chance.of(UDP_PORTS) });
    if (chance.percent(60)) to.listeners.push({ in: node, protocol: 'tcp', port: chance.of(TCP_PORTS) });
  }
  for (let i = 0; i < count; i++) {
    const draw = chance.below(100);
    if (draw < 60) frame(to);
    else if (draw < 85) send(to);
    else to.probes.push({ kind: 'connect', in: chance.of(nodes), to: destination(to), port: chance.of(TCP_PORTS) });
  }
}

/** A frame from one of `to`'s ports to somebody of `others`. */
export function frame(to: Draft, others: Draft = to): void {
  const { chance, ports } = to;
  const from = chance.of(ports);
  const source = chance.percent(80) ? from.address : destination(others);
  const target = chance.percent(95) ? from.peer().mac : '02:00:00:00:99:99';
  const bytes = encodeFrame({
    source: mac(from.mac),
    destination: mac(target),
    payload: packet(to, source, destination(others)),
  });
  to.probes.push({ kind: 'frame', in: from.node, device: from.device, bytes: hex(bytes) });
}

/** A packet of a namespace of one of `to`'s ports to somebody of `others`. */
export function send(to: Draft, others: Draft = to): void {
  const { node, address: source } = to.chance.of(to.ports);
  to.probes.push({ kind: 'send', in: node, bytes: hex(encodePacket(packet(to, source, destination(others)))) });
}

function packet(to: Draft, source: string, target: string): IpPacket {
  const { chance } = to;
  const payload = segment(to);
  return {
    kind: 'ip',
    source: address(source),
    destination: address(target),
    ttl: chance.percent(60) ? 64 : chance.of([1, 2, 3, 255]),
    tos: chance.percent(20) ? chance.of([0x10, 0xb8, 0x2c]) : 0,
    id: 1 + chance.below(65535),
    dontFragment: chance.percent(50),
    payload,
  };
}

/** Mostly somebody's address; else a neighbour that nobody is, or nowhere. */
export function destination({ chance, ports, extra, subnets }: Draft): string {
  const draw = chance.below(100);
  if (draw < 75) return chance.of(ports).address;
  if (draw < 88 && extra.length > 0) return chance.of(extra).address;
  if (draw < 95) return chance.of(subnets).prefix.replace(/\.0\/.*/, `.${chance.of([2, 3, 77, 255])}`);
  return chance.of(['8.8.8.8', '192.168.9.9', '10.99.0.1']);
}

function segment({ chance }: Draft): Segment {
  const size = chance.percent(75) ? chance.between(0, 64) : chance.of([540, 972, 1100, 1252, 1380]);
  const data = new Uint8Array(size).fill(0x2e);
  const draw = chance.below(100);
  if (draw < 40) {
    return { protocol: 'udp', sourcePort: chance.of(CLIENT_PORTS), destinationPort: chance.of(UDP_PORTS), data };
  }
  if (draw < 70) {
    const type = chance.percent(90) ? 'echo-request' : 'echo-reply';
    return { protocol: 'icmp', type, identifier: chance.between(1001, 1009), sequence: chance.between(1, 9), data };
  }
  const flags = chance.of(['S', 'S', 'S', 'A', 'R', 'FA', 'SA']);
  return {
    protocol: 'tcp',
    sourcePort: chance.of(CLIENT_PORTS),
    destinationPort: chance.of(TCP_PORTS),
    sequence: 1_000_000,
    acknowledgement: flags.includes('A') ? 1_500_000 : 0,
    syn: flags.includes('S'),
    ack: flags.includes('A'),
    fin: flags.includes('F'),
    rst: flags.includes('R'),
    psh: false,
    window: 1024,
    data: flags.includes('S') ? new Uint8Array(0) : data,
  };
}

export function address(text: string): number {
  return Number(parseIp(text) ?? 0);
}

export function mac(text: string): number {
  return parseMac(text) ?? 0;
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
