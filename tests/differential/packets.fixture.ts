import { linkType } from '../../src/linux/capture/link-type.ts';
import { pcapHeader, pcapRecord } from '../../src/linux/capture/pcap.ts';
import { parseIp } from '../../src/linux/packet/address.ts';
import { type EncodeOptions, encodeFrame, encodePacket } from '../../src/linux/packet/encode.ts';
import { icmpErrorNumber, sctpChunkNumber } from '../../src/linux/packet/numbers.ts';
import type { Frame, IcmpError, IpPacket, SctpChunk, Segment, TcpSegment } from '../../src/linux/packet/packet.ts';

/** A packet of every kind that the simulation has, as files that tcpdump and tshark read. */

const ip = (text: string) => Number(parseIp(text));
const bytes = (text: string) => new TextEncoder().encode(text);
const NOTHING = new Uint8Array(0);
let id = 0;

function packet(payload: Segment, more: Partial<IpPacket> = {}): IpPacket {
  return {
    kind: 'ip',
    source: ip('10.244.1.5'),
    destination: ip('10.244.2.6'),
    ttl: 63,
    tos: 0,
    id: ++id,
    dontFragment: true,
    payload,
    ...more,
  };
}

function frame(payload: Frame['payload'], back = false): Frame {
  const [source, destination] = [0x0242ac120002, 0x0242ac120003];
  return back ? { source: destination, destination: source, payload } : { source, destination, payload };
}

function tcp(flags: Partial<TcpSegment>, data = ''): Segment {
  const none = { syn: false, ack: false, fin: false, rst: false, psh: false };
  return {
    protocol: 'tcp',
    sourcePort: 40000,
    destinationPort: 80,
    sequence: 4294967290,
    acknowledgement: 0,
    window: 64240,
    data: bytes(data),
    ...none,
    ...flags,
  };
}
const back = { sourcePort: 80, destinationPort: 40000 };
const reply = { source: ip('10.244.2.6'), destination: ip('10.244.1.5') };
const timestamps = { value: 100, echo: 200 };

function conversation(): Frame[] {
  const request = 'GET /a?b=1 HTTP/1.1\r\nHost: web\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n';
  const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n';
  const there = (segment: Segment) => frame(packet(segment));
  const here = (segment: Segment) => frame(packet(segment, reply), true);
  const end = (4294967291 + request.length) % 2 ** 32;
  return [
    there(tcp({ syn: true, mss: 1460, sackPermitted: true, windowScale: 7, timestamps: { value: 100, echo: 0 } })),
    here(tcp({ ...back, syn: true, ack: true, sequence: 7000, acknowledgement: 4294967291, mss: 1460 })),
    there(tcp({ ack: true, sequence: 4294967291, acknowledgement: 7001, timestamps })),
    there(tcp({ ack: true, psh: true, sequence: 4294967291, acknowledgement: 7001, timestamps }, request)),
    here(tcp({ ...back, ack: true, sequence: 7001, acknowledgement: end, timestamps })),
    here(tcp({ ...back, ack: true, psh: true, sequence: 7001, acknowledgement: end, timestamps }, answer)),
    here(tcp({ ...back, ack: true, sequence: 7101, acknowledgement: end }, 'second half \u0001 of it')),
    there(tcp({ ack: true, sequence: end, acknowledgement: 7001 + answer.length, timestamps, sack: [[7101, 7120]] })),
    here(tcp({ ...back, fin: true, ack: true, sequence: 7001 + answer.length, acknowledgement: end })),
    there(tcp({ rst: true, sequence: end })),
    there(tcp({ syn: true, destinationPort: 81, mss: 1460 })),
    here(tcp({ ...back, sourcePort: 81, rst: true, ack: true, sequence: 0, acknowledgement: 4294967291 })),
    there(tcp({ rst: true, ack: true, sequence: end }, 'why this was reset, in more than thirty bytes')),
    there(tcp({ destinationPort: 25, ack: true, sequence: 5 }, 'EHLO web\r\n')),
    there(tcp({ destinationPort: 8080, ack: true, sequence: 5 }, 'PUT /no-line-ends')),
  ];
}

function dnsName(name: string): number[] {
  return [...name.split('.').flatMap((label) => [label.length, ...bytes(label)]), 0];
}
const u16 = (...values: number[]) => values.flatMap((value) => [value >> 8, value & 255]);
const record = (name: number[], type: number, data: number[], ttl = 30) => [
  ...name,
  ...u16(type, 1, 0, ttl, data.length),
  ...data,
];
const toName = [0xc0, 12];
function dns(head: number[], ...parts: number[][]): Uint8Array {
  return Uint8Array.from([...u16(...head), ...parts.flat()]);
}
function domains(): Frame[] {
  const question = (name: string, type: number) => [...dnsName(name), ...u16(type, 1)];
  const web = question('web.default.svc.cluster.local', 1);
  const udp = (data: Uint8Array, from = 41000, to = 53): Segment => ({
    protocol: 'udp',
    sourcePort: from,
    destinationPort: to,
    data,
  });
  const answer = (data: Uint8Array) => frame(packet(udp(data, 53, 41000), reply), true);
  const opt = [0, ...u16(41, 1232, 0, 0, 12), ...u16(10, 8), 1, 2, 3, 4, 5, 6, 7, 8];
  const soa = record(toName, 6, [
    ...dnsName('ns.dns.cluster.local'),
    ...dnsName('hostmaster.cluster.local'),
    ...u16(0, 1, 0, 7200, 0, 1800, 1, 0, 0, 30),
  ]);
  const overTcp = dns([1, 0x0100, 1, 0, 0, 0], web);
  return [
    frame(packet(udp(dns([12345, 0x0100, 1, 0, 0, 0], web)))),
    frame(packet(udp(dns([12346, 0x0120, 1, 0, 0, 1], question('web.default', 28), opt)))),
    answer(dns([12345, 0x8580, 1, 2, 0, 0], web, record(toName, 1, [10, 96, 0, 7]), record(toName, 1, [10, 96, 0, 8]))),
    answer(dns([12346, 0x8583, 1, 0, 1, 0], web, soa)),
    answer(dns([1, 0x8180, 1, 1, 0, 1], web, record(toName, 5, dnsName('other.example')), opt)),
    answer(dns([2, 0x8402, 1, 1, 0, 0], web, record(toName, 28, [0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 1]))),
    answer(dns([3, 0x8180, 1, 1, 0, 0], web, record(toName, 33, [...u16(0, 100, 8080), ...toName]))),
    answer(dns([4, 0x8180, 1, 1, 0, 0], web, record(toName, 16, [5, ...bytes('a b"c'), 2, 7, 200]))),
    answer(dns([5, 0x8180, 1, 1, 0, 0], web, record(toName, 12, [...dnsName('x.y')]))),
    frame(packet(udp(dns([0, 0, 1, 0, 0, 0], web), 5353, 5353))),
    frame(packet(tcp({ destinationPort: 53, ack: true, sequence: 9 }, ''))),
    frame(
      packet({
        ...(tcp({ destinationPort: 53, ack: true, psh: true, sequence: 9 }) as TcpSegment),
        data: Uint8Array.from([...u16(overTcp.length), ...overTcp]),
      }),
    ),
  ];
}

function errors(): Frame[] {
  const originals = [
    packet(tcp({ syn: true, mss: 1460 })),
    packet({ protocol: 'udp', sourcePort: 1000, destinationPort: 53, data: bytes('x'.repeat(30)) }),
    packet({ protocol: 'icmp', type: 'echo-request', identifier: 3, sequence: 4, data: new Uint8Array(1400) }),
    packet({ protocol: 'sctp', sourcePort: 1, destinationPort: 2, verificationTag: 3, chunks: [{ type: 'abort' }] }),
  ];
  return (Object.keys(icmpErrorNumber) as IcmpError['code'][]).flatMap((code) =>
    originals.map((original) => {
      const type = icmpErrorNumber[code][0] === 11 ? 'time-exceeded' : 'destination-unreachable';
      const mtu = code === 'fragmentation-needed' ? { mtu: 1400 } : {};
      const error: IcmpError = { protocol: 'icmp', type, code, original, ...mtu };
      return frame(packet(error, { ...reply, tos: 0xc0, dontFragment: false }), true);
    }),
  );
}

function sctp(): Frame[] {
  const chunk = (type: SctpChunk['type']): SctpChunk => {
    if (type === 'data') return { type, sequence: 77, data: bytes('hello, association') };
    if (type === 'init' || type === 'init-ack') return { type, initiateTag: 99, sequence: 76 };
    return type === 'sack' || type === 'shutdown' ? { type, sequence: 77 } : { type };
  };
  const of = (chunks: SctpChunk[]) =>
    frame(packet({ protocol: 'sctp', sourcePort: 5000, destinationPort: 3868, verificationTag: 98765, chunks }));
  const types = Object.keys(sctpChunkNumber) as SctpChunk['type'][];
  return [...types.map((type) => of([chunk(type)])), of([chunk('cookie-echo'), chunk('data'), chunk('sack')])];
}

function tunnels(): Frame[] {
  const echo = packet({ protocol: 'icmp', type: 'echo-request', identifier: 1, sequence: 2, data: new Uint8Array(56) });
  const syn = packet(tcp({ syn: true, mss: 1410 }));
  const host = { source: ip('172.18.0.2'), destination: ip('172.18.0.3'), dontFragment: false };
  const udp = { protocol: 'udp' as const, sourcePort: 50000, data: NOTHING };
  const vxlan = (inner: Frame) => ({ kind: 'vxlan' as const, vni: 1, frame: inner });
  const wireguard = { kind: 'wireguard' as const, receiver: 0x12345678, counter: 5, packet: echo };
  const arp = {
    kind: 'arp' as const,
    operation: 'request' as const,
    senderMac: 1,
    senderIp: 2,
    targetMac: 0,
    targetIp: 3,
  };
  return [
    frame(packet({ protocol: 'ipip', packet: echo }, host)),
    frame(packet({ protocol: 'ipip', packet: syn }, host)),
    ...[4789, 8472].flatMap((destinationPort) =>
      [frame(echo), frame(syn), frame(arp)].map((inner) =>
        frame(packet({ ...udp, destinationPort, tunnel: vxlan(inner) }, host)),
      ),
    ),
    frame(packet({ ...udp, destinationPort: 51820, tunnel: wireguard }, host)),
  ];
}

function others(): Frame[] {
  const data = Uint8Array.from({ length: 56 }, (_, i) => i);
  const echo = { protocol: 'icmp' as const, identifier: 7, sequence: 1, data };
  const macs = { senderMac: 0x0242ac120002, senderIp: ip('172.18.0.2'), targetIp: ip('172.18.0.3') };
  const long: Segment = { ...echo, type: 'echo-request', data: new Uint8Array(3000) };
  const pieces = [0, 1480, 2960].map((offset) => ({
    fragment: { offset, length: Math.min(1480, 3008 - offset), more: offset < 2960 },
    dontFragment: false,
    id: 500,
  }));
  const cut: Segment = { protocol: 'udp', sourcePort: 9, destinationPort: 9999, data: new Uint8Array(2000) };
  return [
    frame({ kind: 'arp', operation: 'request', ...macs, targetMac: 0 }),
    frame({ kind: 'arp', operation: 'request', ...macs, targetMac: 0x0242ac120003 }),
    frame({ kind: 'arp', operation: 'reply', ...macs, targetMac: 0x0242ac120003 }, true),
    { ...frame({ kind: 'arp', operation: 'request', ...macs, targetMac: 0 }), destination: 0xffffffffffff },
    frame(packet({ ...echo, type: 'echo-request' })),
    frame(packet({ ...echo, type: 'echo-reply' }, { ...reply, tos: 3, dontFragment: false }), true),
    frame(packet({ ...echo, type: 'echo-request', data: NOTHING }, { ttl: 1 })),
    ...pieces.map((piece) => frame(packet(long, piece))),
    ...[0, 1480].map((offset) =>
      frame(packet(cut, { fragment: { offset, length: 1480 - (offset && 952), more: offset === 0 }, id: 501 })),
    ),
    frame(packet({ protocol: 'udp', sourcePort: 5000, destinationPort: 6000, data: bytes('hello\n') })),
    frame(packet({ protocol: 'udp', sourcePort: 5000, destinationPort: 6000, data: NOTHING }, { tos: 0x10 })),
  ];
}

/** What breaks the rules of its protocol. */
function broken(): Frame[] {
  const web = [...dnsName('web'), ...u16(1, 1)];
  const of = (data: Uint8Array, destinationPort: number) =>
    frame(packet({ protocol: 'udp', sourcePort: 41000, destinationPort, data }));
  return [
    of(dns([6, 0x8180, 1, 3, 0, 0], web, record(toName, 15, [...u16(10), ...toName])), 53),
    of(dns([7, 0x8180, 1, 1, 0, 0], [0xc0, 12], u16(1, 1)), 53),
    of(dns([8, 0x8180, 1, 1, 0, 0], [0x80, 12], u16(1, 1)), 53),
    of(Uint8Array.from([1, 2, 3]), 53),
    of(bytes('short'), 4789),
    of(bytes('short'), 8472),
  ];
}

const everyKind: readonly Frame[] = [
  ...others(),
  ...conversation(),
  ...domains(),
  ...errors(),
  ...sctp(),
  ...tunnels(),
];

function file(link: number, packets: readonly Uint8Array[], snapLength = 262144): Uint8Array {
  const start = 1_790_000_000_000_000;
  const records = packets.map((whole, index) => {
    const cut = whole.subarray(0, snapLength);
    return pcapRecord({ bytes: cut, length: whole.length, microseconds: start + index * 1_234_567 });
  });
  return Buffer.concat([pcapHeader({ linkType: link, snapLength }), ...records]);
}

const encoded = (options?: EncodeOptions) => everyKind.map((each) => encodeFrame(each, options));
const whole = [...encoded(), ...broken().map((each) => encodeFrame(each))];

/** Files of all kinds by name: whole, cut, with unfinished checksums, without Ethernet headers, with broken bytes. */
export const files: Readonly<Record<string, Uint8Array>> = {
  sound: file(linkType.ethernet, encoded()),
  whole: file(linkType.ethernet, whole),
  cut: file(linkType.ethernet, whole, 60),
  short: file(linkType.ethernet, whole, 40),
  partial: file(linkType.ethernet, encoded({ partialChecksum: true })),
  raw: file(
    linkType.raw,
    everyKind.flatMap(({ payload }) => (payload.kind === 'ip' ? [encodePacket(payload)] : [])),
  ),
};
