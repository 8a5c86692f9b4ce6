import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DnsMessage, decodeMessage, encodeMessage, query } from './message.ts';
import { formatIpv6, type RecordData, typeNumber } from './record.ts';

const hex = (bytes: Uint8Array) => [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');

/** Objects like those that decoding makes. */
const plain = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record<T>(model, { noNullPrototype: true });

const label = fc.uint8Array({ minLength: 1, maxLength: 12 });
const name = fc
  .array(label, { maxLength: 5 })
  .map((labels) => `${labels.map((l) => [...l].map((b) => `\\${String(b).padStart(3, '0')}`).join('')).join('.')}.`)
  // As decoding writes it.
  .map((text) => {
    const message = decodeMessage(encodeMessage(query(1, { name: text, type: 1, class: 1 })));
    return typeof message === 'string' ? '.' : (message.questions[0]?.name ?? '.');
  });
const uint16 = fc.nat(65535);
const uint32 = fc.integer({ min: 0, max: 0xffffffff });
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const data: fc.Arbitrary<RecordData> = fc.oneof(
  plain({ type: fc.constant('A' as const), address: uint32 }),
  plain({ type: fc.constant('AAAA' as const), address: bytes(16) }),
  plain({ type: fc.constantFrom('NS' as const, 'CNAME' as const, 'PTR' as const), name }),
  plain({ type: fc.constant('MX' as const), preference: uint16, name }),
  plain({
    type: fc.constant('TXT' as const),
    strings: fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 3 }),
  }),
  plain({ type: fc.constant('SRV' as const), priority: uint16, weight: uint16, port: uint16, name }),
  plain({
    type: fc.constant('SOA' as const),
    server: name,
    mailbox: name,
    serial: uint32,
    refresh: uint32,
    retry: uint32,
    expire: uint32,
    minimum: uint32,
  }),
);
const record = fc
  .record({ name, class: uint16, ttl: uint32, data })
  .map((r) => ({ ...r, type: typeNumber(r.data.type) ?? 0 }));
const records = fc.array(record, { maxLength: 4 });
const message: fc.Arbitrary<DnsMessage> = plain({
  id: uint16,
  response: fc.boolean(),
  opcode: fc.nat(15),
  authoritative: fc.boolean(),
  truncated: fc.boolean(),
  recursionDesired: fc.boolean(),
  recursionAvailable: fc.boolean(),
  authenticData: fc.boolean(),
  checkingDisabled: fc.boolean(),
  code: fc.nat(15),
  questions: fc.array(plain({ name, type: uint16, class: uint16 }), { maxLength: 2 }),
  answers: records,
  authorities: records,
  additionals: records,
  edns: fc.option(
    plain({
      version: fc.nat(255),
      dnssec: fc.boolean(),
      size: uint16,
      options: fc.array(plain({ code: uint16, data: fc.uint8Array({ maxLength: 20 }) }), { maxLength: 2 }),
    }),
    { nil: undefined },
  ),
});

test('decoding an encoded message gives the message', () => {
  fc.assert(
    fc.property(message, (sent) => {
      expect(decodeMessage(encodeMessage(sent))).toEqual(sent);
    }),
  );
});

test('no bytes make decoding throw', () => {
  fc.assert(
    fc.property(
      message,
      fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 6 }),
      fc.nat(300),
      (sent, faults, cut) => {
        const damaged = encodeMessage(sent).slice(0, cut);
        for (const [at, byte] of faults) if (at < damaged.length) damaged[at] = byte;
        decodeMessage(damaged);
      },
    ),
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (noise) => void decodeMessage(noise)));
});

test('a name that points to itself, or forwards, is refused', () => {
  const question = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
  expect(decodeMessage(Uint8Array.from([...question, 0xc0, 12, 0, 1, 0, 1]))).toMatch('does not point backwards');
  expect(decodeMessage(Uint8Array.from([...question, 1, 97, 0xc0, 12, 0, 1, 0, 1]))).toMatch('backwards');
});

test('a query looks as glibc sends it, and a repeated name is a pointer', () => {
  const asked = query(0x1234, { name: 'web.example.com.', type: 1, class: 1 });
  expect(hex(encodeMessage(asked))).toBe(
    '123401000001000000000000037765620765786D706C6503636f6d0000010001'
      .toLowerCase()
      .replace('65786d706c65', '6578616d706c65'),
  );
  const answered = encodeMessage({
    ...asked,
    response: true,
    answers: [{ name: 'web.example.com.', type: 1, class: 1, ttl: 60, data: { type: 'A', address: 0x0a000002 } }],
  });
  expect(hex(answered).slice(-32)).toBe('c00c000100010000003c00040a000002');
});

test('what does not fit is left out, and the message says so', () => {
  const answers = Array.from({ length: 60 }, (_, i) => ({
    name: 'big.example.com.',
    type: 1,
    class: 1,
    ttl: 1,
    data: { type: 'A' as const, address: i },
  }));
  const bytes = encodeMessage({ ...query(1, { name: 'big.example.com.', type: 1, class: 1 }), answers }, 512);
  expect(bytes.length).toBeLessThanOrEqual(512);
  const read = decodeMessage(bytes);
  expect(typeof read === 'object' && read.truncated && read.answers.length).toBe(29);
});

test('IPv6 addresses are written the short way', () => {
  const ipv6 = (...groups: number[]) => formatIpv6(Uint8Array.from(groups.flatMap((g) => [g >> 8, g & 255])));
  expect(ipv6(0, 0, 0, 0, 0, 0, 0, 1)).toBe('::1');
  expect(ipv6(0x2001, 0xdb8, 0, 1, 0, 0, 0, 1)).toBe('2001:db8:0:1::1');
  expect(ipv6(1, 0, 2, 0, 3, 0, 4, 0)).toBe('1:0:2:0:3:0:4:0');
});
