import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeFrame, decodePacket } from './decode.ts';
import { encodeFrame, encodePacket } from './encode.ts';
import { icmpErrorNumber, icmpErrorType } from './numbers.ts';
import type { Frame, IcmpError, IpPacket, SctpChunk, Segment, UdpDatagram } from './packet.ts';
import { frameLength, packetLength } from './size.ts';

const uint = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 });
const mac = fc.maxSafeNat().map((n) => n % 2 ** 48);
const data = fc.uint8Array({ maxLength: 60 });
const ports = { sourcePort: uint(16), destinationPort: uint(16).filter((port) => port !== 4789 && port !== 8472) };

const tcp = fc.record(
  {
    protocol: fc.constant('tcp' as const),
    ...ports,
    sequence: uint(32),
    acknowledgement: uint(32),
    syn: fc.boolean(),
    ack: fc.boolean(),
    fin: fc.boolean(),
    rst: fc.boolean(),
    psh: fc.boolean(),
    window: uint(16),
    mss: uint(16),
    sackPermitted: fc.constant(true as const),
    windowScale: uint(4),
    timestamps: fc.record({ value: uint(32), echo: uint(32) }),
    sack: fc.array(fc.tuple(uint(32), uint(32)), { minLength: 1, maxLength: 2 }),
    data,
  },
  {
    requiredKeys: [
      'protocol',
      'sourcePort',
      'destinationPort',
      'sequence',
      'acknowledgement',
      'syn',
      'ack',
      'fin',
      'rst',
      'psh',
      'window',
      'data',
    ],
  },
);
const udp = fc.record({ protocol: fc.constant('udp' as const), ...ports, data });
const echo = fc.record({
  protocol: fc.constant('icmp' as const),
  type: fc.constantFrom('echo-request' as const, 'echo-reply' as const),
  identifier: uint(16),
  sequence: uint(16),
  data,
});
const tsn = uint(32);
const chunk: fc.Arbitrary<SctpChunk> = fc.oneof(
  fc.record({ type: fc.constantFrom('init' as const, 'init-ack' as const), initiateTag: uint(32), sequence: tsn }),
  fc.record({ type: fc.constant('data' as const), sequence: tsn, data }),
  fc.record({ type: fc.constantFrom('sack' as const, 'shutdown' as const), sequence: tsn }),
  fc.record({
    type: fc.constantFrom(
      'heartbeat' as const,
      'heartbeat-ack' as const,
      'abort' as const,
      'shutdown-ack' as const,
      'error' as const,
      'cookie-echo' as const,
      'cookie-ack' as const,
      'shutdown-complete' as const,
    ),
  }),
);
const sctp = fc.record({
  protocol: fc.constant('sctp' as const),
  ...ports,
  verificationTag: uint(32),
  chunks: fc.array(chunk, { maxLength: 4 }),
});

const packetOf = (payload: fc.Arbitrary<Segment>): fc.Arbitrary<IpPacket> =>
  fc.record({
    kind: fc.constant('ip' as const),
    source: uint(32),
    destination: uint(32),
    ttl: uint(8),
    tos: uint(8),
    id: uint(16),
    dontFragment: fc.boolean(),
    payload,
  });
const plain = packetOf(fc.oneof(tcp, udp, echo, sctp));
const codes = Object.keys(icmpErrorNumber) as IcmpError['code'][];
const error = fc.record({ code: fc.constantFrom(...codes), original: plain, mtu: uint(16), gateway: uint(32) }).map(
  ({ code, original, mtu, gateway }): IcmpError => ({
    protocol: 'icmp',
    type: icmpErrorType[icmpErrorNumber[code][0]] ?? 'time-exceeded',
    code,
    original,
    ...(code === 'fragmentation-needed' && { mtu }),
    ...(code.startsWith('redirect') && { gateway }),
  }),
);
const ipip = fc.record({ protocol: fc.constant('ipip' as const), packet: plain });
const arp = fc.record({
  kind: fc.constant('arp' as const),
  operation: fc.constantFrom('request' as const, 'reply' as const),
  senderMac: mac,
  senderIp: uint(32),
  targetMac: mac,
  targetIp: uint(32),
});
const frameOf = (payload: fc.Arbitrary<Frame['payload']>): fc.Arbitrary<Frame> =>
  fc.record({ source: mac, destination: mac, payload });
const vxlan = fc
  .record({ sourcePort: uint(16), destinationPort: fc.constantFrom(4789, 8472), vni: uint(24), frame: frameOf(plain) })
  .map(
    ({ vni, frame, ...rest }): UdpDatagram => ({
      protocol: 'udp',
      ...rest,
      data: new Uint8Array(0),
      tunnel: { kind: 'vxlan', vni, frame },
    }),
  );
const anyPacket = fc.oneof(plain, packetOf(fc.oneof(error, ipip, vxlan)));
const anyFrame = frameOf(fc.oneof(arp, anyPacket));

test('what is encoded is as long as its size says, and is decoded as it was', () => {
  fc.assert(
    fc.property(anyFrame, (frame) => {
      const bytes = encodeFrame(frame);
      expect(bytes.length).toBe(frameLength(frame));
      expect(decodeFrame(bytes)).toEqual(frame);
    }),
  );
});

test('a checksum left to the card is decoded too, and is not the right one', () => {
  fc.assert(
    fc.property(packetOf(fc.oneof(tcp, udp)), (packet) => {
      expect(decodePacket(encodePacket(packet, { partialChecksum: true }))).toEqual(packet);
    }),
  );
});

test('around a packet whose checksum is left to the card, the checksum of VXLAN is whole; around another it is left', () => {
  fc.assert(
    fc.property(frameOf(packetOf(fc.oneof(udp, echo))), packetOf(udp), (frame, outer) => {
      const tunnel = { kind: 'vxlan' as const, vni: 1, frame };
      const around = {
        ...outer,
        payload: { ...outer.payload, destinationPort: 4789, data: new Uint8Array(0), tunnel },
      };
      const [partial, whole] = [encodePacket(around, { partialChecksum: true }), encodePacket(around)];
      const same = (at: number) => partial[at] === whole[at] && partial[at + 1] === whole[at + 1];
      const inner = frame.payload.kind === 'ip' && frame.payload.payload.protocol === 'udp';
      if (!inner) expect(partial.subarray(36)).toEqual(whole.subarray(36));
      if (inner) expect(same(26)).toBe(true);
    }),
  );
});

test('fragments carry the bytes of the whole, each with its own header', () => {
  fc.assert(
    fc.property(packetOf(udp), fc.integer({ min: 1, max: 4 }), (packet, eighths) => {
      const whole = encodePacket(packet).subarray(20);
      const joined: number[] = [];
      for (let offset = 0; offset < whole.length; offset += eighths * 8) {
        const length = Math.min(eighths * 8, whole.length - offset);
        const more = offset + length < whole.length;
        const piece = { ...packet, dontFragment: false, fragment: { offset, length, more } };
        const bytes = encodePacket(piece);
        expect(bytes.length).toBe(packetLength(piece));
        joined.push(...bytes.subarray(20));
        if (more || offset > 0) expect(decodePacket(bytes)).toMatchObject({ kind: 'unmodelled', layer: 'IP' });
      }
      expect(Uint8Array.from(joined)).toEqual(whole);
    }),
  );
});

const wireguard = (receiver: number, counter: number, packet: IpPacket): IpPacket => ({
  ...packet,
  payload: {
    protocol: 'udp',
    sourcePort: 51820,
    destinationPort: 51820,
    data: new Uint8Array(0),
    tunnel: { kind: 'wireguard', receiver, counter, packet },
  },
});

test("WireGuard's messages are noise, always the same, and another with each counter", () => {
  fc.assert(
    fc.property(packetOf(udp), uint(32), uint(48), (packet, receiver, counter) => {
      const message = wireguard(receiver, counter, packet);
      const bytes = encodePacket(message);
      expect(bytes.length).toBe(packetLength(message));
      expect(encodePacket(message)).toEqual(bytes);
      const noise = bytes.subarray(44);
      expect(noise).not.toEqual(encodePacket(wireguard(receiver, counter + 1, packet)).subarray(44));
      expect([...bytes.subarray(28, 32)]).toEqual([4, 0, 0, 0]);
      expect(decodePacket(bytes)).toMatchObject({ kind: 'ip', payload: { protocol: 'udp', data: bytes.subarray(28) } });
    }),
  );
});

test('the head of a long packet stands in an ICMP error', () => {
  const long = { protocol: 'udp' as const, sourcePort: 1, destinationPort: 2, data: new Uint8Array(2000).fill(7) };
  const ip = { kind: 'ip' as const, source: 1, destination: 2, ttl: 9, tos: 0, id: 3, dontFragment: false };
  const error: IcmpError = {
    protocol: 'icmp',
    type: 'destination-unreachable',
    code: 'port',
    original: { ...ip, payload: long },
  };
  const bytes = encodePacket({ ...ip, payload: error });
  expect(bytes.length).toBe(576);
  expect(bytes.subarray(28)).toEqual(encodePacket(error.original).subarray(0, 548));
  expect(decodePacket(bytes)).toMatchObject({ kind: 'unmodelled', offset: 30 });
});

test('any bytes give a frame, or say where and what is wrong', () => {
  const kinds = new Set<string>();
  const check = (bytes: Uint8Array) => {
    const decoded = decodeFrame(bytes);
    if (!('kind' in decoded)) return;
    kinds.add(decoded.kind);
    expect(decoded.layer).not.toBe('');
    expect(decoded.offset).toBeLessThanOrEqual(bytes.length);
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), check));
  fc.assert(
    fc.property(anyFrame, fc.nat(), fc.nat(255), fc.nat(), (frame, at, value, cut) => {
      const bytes = encodeFrame(frame);
      bytes[at % bytes.length] = value;
      check(bytes.subarray(0, bytes.length - (cut % 3 === 0 ? cut % bytes.length : 0)));
    }),
    { numRuns: 1000 },
  );
  expect([...kinds].sort()).toEqual(['malformed', 'unmodelled']);
});

test.each([
  ['', 'Ethernet', 0, '14 bytes are needed, but there are 0'],
  ['ffffffffffff0200000000010800 65', 'IP', 15, '20 bytes are needed, but there are 1'],
  [`ffffffffffff0200000000010800 6500${'00'.repeat(18)}`, 'IP', 14, 'version is 6, not 4'],
  [`ffffffffffff0200000000010800 44000014${'00'.repeat(16)}`, 'IP', 14, 'header length is 16, less than 20'],
  [`ffffffffffff0200000000010800 45000014${'00'.repeat(16)}`, 'IP', 24, 'header checksum is wrong'],
])('%s', (hex, layer, offset, problem) => {
  const bytes = Uint8Array.from(hex.replace(' ', '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  expect(decodeFrame(bytes)).toEqual({ kind: 'malformed', layer, offset, problem });
});
