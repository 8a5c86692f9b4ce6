import { expect, test } from 'vitest';
import { ip } from '../network.fixture.ts';
import type { IpPacket } from './packet.ts';
import { linkLength, segments } from './segmentation.ts';
import { packetLength } from './size.ts';

const packet: IpPacket = {
  kind: 'ip',
  source: ip('10.0.0.1'),
  destination: ip('10.0.0.2'),
  ttl: 64,
  tos: 0,
  id: 65535,
  dontFragment: true,
  payload: {
    protocol: 'tcp',
    sourcePort: 1,
    destinationPort: 2,
    sequence: 0xfffffff0,
    acknowledgement: 7,
    syn: false,
    ack: true,
    fin: true,
    rst: false,
    psh: true,
    window: 100,
    data: Uint8Array.from({ length: 250 }, (_, i) => i),
  },
};

test('a long TCP packet becomes segments in order; what ends the data is the last one’s', () => {
  const pieces = segments(packet, 100).map(({ id, payload }) => {
    if (payload.protocol !== 'tcp') throw new Error('not TCP');
    const { sequence, fin, psh, data } = payload;
    return { id, sequence, fin, psh, first: data[0], length: data.length };
  });
  expect(pieces).toEqual([
    { id: 65535, sequence: 0xfffffff0, fin: false, psh: false, first: 0, length: 100 },
    { id: 0, sequence: 84, fin: false, psh: false, first: 100, length: 100 },
    { id: 1, sequence: 184, fin: true, psh: true, first: 200, length: 50 },
  ]);
  expect(linkLength(packet, 100)).toBe(packetLength(packet) - 150);
  expect(linkLength(packet, 0)).toBe(packetLength(packet));
  expect(segments(packet, 250)).toEqual([packet]);
});

test('what a tunnel carries is cut inside it, each piece with an outer header of its own', () => {
  const frame = { source: 1, destination: 2, payload: packet };
  const tunnel = { kind: 'vxlan', vni: 1, frame } as const;
  const datagram = { protocol: 'udp', sourcePort: 5, destinationPort: 8472, data: new Uint8Array(), tunnel } as const;
  for (const payload of [datagram, { protocol: 'ipip', packet } as const]) {
    const outer: IpPacket = { ...packet, id: 7, dontFragment: false, payload };
    const pieces = segments(outer, 100);
    expect(pieces.map(({ id }) => id)).toEqual([7, 8, 9]);
    const whole = packetLength(outer);
    expect(pieces.map(packetLength)).toEqual([whole - 150, whole - 150, whole - 200]);
    expect(linkLength(outer, 100)).toBe(whole - 150);
  }
});
