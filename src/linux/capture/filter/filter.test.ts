import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseIp } from '../../packet/address.ts';
import { encodeFrame } from '../../packet/encode.ts';
import type { Frame, IpPacket, Segment } from '../../packet/packet.ts';
import { linkType } from '../link-type.ts';
import { compileFilter, FilterError, type FilterNames, filterLanguage } from './filter.ts';

/** What they decide is compared with libpcap's own in tests/differential/tcpdump.test.ts. */

const ip = (text: string) => Number(parseIp(text));
const frame = (payload: Frame['payload']): Uint8Array =>
  encodeFrame({ source: 0x024200000001, destination: 0x024200000002, payload });
const packet = (from: string, to: string, payload: Segment): IpPacket => ({
  kind: 'ip',
  source: ip(from),
  destination: ip(to),
  ttl: 63,
  tos: 0,
  id: 1,
  dontFragment: true,
  payload,
});
const none = { syn: false, ack: false, fin: false, rst: false, psh: false };
const data = new Uint8Array(0);
const tcp = (from: number, to: number, flags: Partial<typeof none>): Segment => ({
  protocol: 'tcp',
  sourcePort: from,
  destinationPort: to,
  sequence: 7,
  acknowledgement: 0,
  window: 1,
  data,
  ...none,
  ...flags,
});
const packets = {
  syn: frame(packet('10.0.0.1', '10.0.0.2', tcp(40000, 80, { syn: true }))),
  reset: frame(packet('10.0.0.2', '10.0.0.1', tcp(80, 40000, { rst: true, ack: true }))),
  udp: frame(
    packet('10.0.0.1', '10.96.0.10', {
      protocol: 'udp',
      sourcePort: 5000,
      destinationPort: 53,
      data: new Uint8Array(9),
    }),
  ),
  ping: frame(
    packet('10.0.0.1', '8.8.8.8', { protocol: 'icmp', type: 'echo-request', identifier: 1, sequence: 1, data }),
  ),
  arp: frame({
    kind: 'arp',
    operation: 'request',
    senderMac: 0x024200000001,
    senderIp: ip('10.0.0.1'),
    targetMac: 0,
    targetIp: ip('10.0.0.2'),
  }),
};
const names: FilterNames = {
  host: (name) => (name === 'web' ? ip('10.0.0.2') : undefined),
  service: (name) => (name === 'http' ? { tcp: 80 } : undefined),
};

function selected(text: string): string {
  const test = compileFilter(text, { linkType: linkType.ethernet, names, live: true });
  const ask = ([, bytes]: [string, Uint8Array]) => test({ bytes, length: bytes.length, direction: 'out' });
  return Object.entries(packets)
    .filter(ask)
    .map(([name]) => name)
    .join(' ');
}

test.each([
  ['', 'syn reset udp ping arp'],
  ['tcp', 'syn reset'],
  ['host web', 'syn reset arp'],
  ['ip host web', 'syn reset'],
  ['src 10.0.0.1 and not arp', 'syn udp ping'],
  ['port http or 53', 'syn reset udp'],
  ['dst port 80', 'syn'],
  ['tcp[tcpflags] & (tcp-syn|tcp-ack) != 0', 'syn reset'],
  ['tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn', 'syn'],
  ['not tcp[13] == 2', 'reset udp ping arp'],
  ['icmp[icmptype] == icmp-echo', 'ping'],
  ['ip[8] = 63', 'syn reset udp ping'],
  ['net 10.96.0.0/12', 'udp'],
  ['ip6', ''],
  ['inbound', ''],
  ['outbound and arp', 'arp'],
  ['ip[1000] = 1 or ip', ''],
  ['ether src 02:42:00:00:00:01 and less 53', 'udp ping arp'],
])('%s', (text, expected) => {
  expect(selected(text)).toBe(expected);
});

test.each([
  ['host nosuch', "unknown host 'nosuch'", 5],
  ['tcp and port', "can't parse filter expression: syntax error", 12],
  ['tcp and 80', 'syntax error in filter expression', 8],
  ['vlan 5', "'vlan' is not modelled in this simulation", 0],
  ['vxlan', "can't parse filter expression: syntax error", 0],
  ['host ::1', 'IPv6 address ::1 not supported', 5],
])('%s is refused', (text, message, at) => {
  let thrown: unknown;
  try {
    selected(text);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(FilterError);
  expect([(thrown as FilterError).message, (thrown as FilterError).at]).toEqual([message, at]);
});

test('any text gives a filter or a clear error, and any filter an answer for any bytes', () => {
  const words =
    'tcp udp ip arp icmp ether host net port portrange src dst proto and or not ( ) [ ] : 1 80 10.0.0.1 10.0.0.0/8 & | ^ % * / - + = != < > << >> len less greater inbound broadcast multicast mask web http \\tcp 02:42:00:00:00:01 tcpflags tcp-syn ifindex byte';
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.array(fc.constantFrom(...words.split(' ')), { maxLength: 12 }).map((parts) => parts.join(' ')),
  );
  const bytes = fc.uint8Array({ maxLength: 80 });
  const link = fc.constantFrom(...Object.values(linkType), 7);
  let compiled = 0;
  fc.assert(
    fc.property(text, bytes, link, (filter, noise, type) => {
      try {
        const test = compileFilter(filter, { linkType: type, names });
        compiled++;
        expect(typeof test({ bytes: noise, length: noise.length })).toBe('boolean');
      } catch (error) {
        expect(error).toBeInstanceOf(FilterError);
      }
    }),
    { numRuns: 3000 },
  );
  expect(compiled).toBeGreaterThan(100);
});

test.each([
  '('.repeat(5000),
  '!'.repeat(4000),
  `${'('.repeat(150)}tcp${')'.repeat(150)}`,
  '- '.repeat(300),
  'tcp[ip['.repeat(900),
])('deep nesting ends with an error, not with the stack', (text) => {
  try {
    selected(text);
  } catch (error) {
    expect(error).toBeInstanceOf(FilterError);
  }
});

test('a long chain is one step after the other', () => {
  expect(selected(`tcp${' or tcp'.repeat(2000)}`)).toBe('syn reset');
});

test('the language describes itself', () => {
  expect(filterLanguage.summary).not.toBe('');
  for (const word of ['VLAN', 'MPLS', 'gateway']) expect(filterLanguage.leavesOut).toContain(word);
});
