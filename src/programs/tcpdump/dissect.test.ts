import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linkType } from '../../linux/capture/link-type.ts';
import { encodeFrame } from '../../linux/packet/encode.ts';
import type { Segment } from '../../linux/packet/packet.ts';
import { Dissector, protocols } from './dissect.ts';
import type { Names, PrintOptions } from './printer.ts';

const names: Names = { host: () => undefined, port: () => undefined, device: () => undefined };
const plain: PrintOptions = {
  link: false,
  numeric: true,
  shortNames: false,
  verbose: 0,
  quiet: 0,
  absolute: false,
  uncheckedSums: false,
  time: 1,
  hex: 0,
  hexAscii: 0,
  ascii: 0,
  count: false,
};
const print = (bytes: Uint8Array, options: Partial<PrintOptions> = {}, link: number = linkType.ethernet) =>
  new Dissector(link, { ...plain, ...options }, names).print({ bytes, length: bytes.length, microseconds: 0 });

function packet(payload: Segment, destination = 0x0a000002): Uint8Array {
  const ip = { kind: 'ip' as const, source: 0x0a000001, destination, ttl: 64, tos: 0, id: 7, dontFragment: true };
  return encodeFrame({ source: 1, destination: 2, payload: { ...ip, payload } });
}
const bytes = (text: string) => new TextEncoder().encode(text);
const segment: Segment = {
  protocol: 'tcp',
  sourcePort: 40000,
  destinationPort: 80,
  sequence: 5,
  acknowledgement: 9,
  syn: false,
  ack: true,
  fin: false,
  rst: false,
  psh: true,
  window: 502,
  data: bytes('GET / HTTP/1.1\r\nHost: web\r\n\r\n'),
};

test('HTTP in TCP', () => {
  expect(print(packet(segment))).toBe(
    'IP 10.0.0.1.40000 > 10.0.0.2.80: Flags [P.], seq 5:34, ack 9, win 502, length 29: HTTP: GET / HTTP/1.1\n',
  );
  expect(print(packet(segment), { verbose: 1 })).toMatch(
    /^IP \(tos 0x0, ttl 64, id 7, offset 0, flags \[DF\], proto TCP \(6\), length 69\)\n {4}.*, cksum 0x\w{4} \(correct\), .*HTTP, length: 29\n\tGET \/ HTTP\/1\.1\n\tHost: web\n\t\n$/,
  );
});

test('VXLAN on its port, and what the real tool says of the port that Flannel has', () => {
  const frame = {
    source: 3,
    destination: 4,
    payload: { kind: 'ip' as const, source: 1, destination: 2, ttl: 3, tos: 0 },
  };
  const inner = { ...frame, payload: { ...frame.payload, id: 1, dontFragment: false, payload: segment } };
  const tunnel = { kind: 'vxlan' as const, vni: 1, frame: inner };
  const udp = { protocol: 'udp' as const, sourcePort: 5, data: new Uint8Array(0), tunnel };
  expect(print(packet({ ...udp, destinationPort: 4789 }))).toContain(
    '10.0.0.1.5 > 10.0.0.2.4789: VXLAN, flags [I] (0x08), vni 1\nIP 0.0.0.1.40000',
  );
  expect(print(packet({ ...udp, destinationPort: 8472 }))).toContain(
    '10.0.0.2.8472: OTV, flags [I] (0x08), overlay 0, instance 1\nIP 0.0.0.1.40000 > 0.0.0.2.80',
  );
});

test('any bytes are printed, at any snapshot length and with any options', () => {
  const options = fc.record({
    link: fc.boolean(),
    verbose: fc.nat(3),
    quiet: fc.nat(2),
    hexAscii: fc.nat(2),
    ascii: fc.nat(2),
    time: fc.nat(5),
  });
  const links = fc.constantFrom(...Object.values(linkType));
  const noise = fc.uint8Array({ maxLength: 120 });
  const protocol = fc.constantFrom(1, 4, 6, 17, 132, 47);
  const port = fc.constantFrom(53, 80, 8080, 4789, 8472, 5353, 25, 9999);
  /** An IP header, ports and noise, so that printers are reached. */
  const likely = fc.tuple(noise, protocol, port).map(([data, number, to]) => {
    const made = Uint8Array.from([...packet({ protocol: 'udp', sourcePort: 1, destinationPort: to, data })]);
    made[23] = number;
    return made;
  });
  fc.assert(
    fc.property(fc.oneof(noise, likely), options, links, fc.nat(200), (data, some, link, cut) => {
      const text = print(data.subarray(0, cut), some, link);
      expect(text.endsWith('\n')).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

test('tunnels in tunnels end', () => {
  let inner: Segment = { protocol: 'udp', sourcePort: 1, destinationPort: 2, data: new Uint8Array(0) };
  const ip = { kind: 'ip' as const, source: 1, destination: 2, ttl: 64, tos: 0, id: 7, dontFragment: true };
  for (let depth = 0; depth < 100; depth++) inner = { protocol: 'ipip', packet: { ...ip, payload: inner } };
  expect(print(packet(inner))).toContain('IP 0.0.0.1 > 0.0.0.2: IP');
});

test('each protocol is described', () => {
  for (const { name, summary } of protocols) expect([name, summary.length > 10]).toEqual([name, true]);
});
