import { expect, test } from 'vitest';
import type { NetworkNamespace } from '../../namespace.ts';
import { ip, Lab } from '../../network.fixture.ts';
import type { IpPacket, Segment } from '../../packet/packet.ts';
import { Skb } from '../../packet/skb.ts';
import { runSetCommand } from '../ipset/set-command.ts';
import { accountsOf } from '../nfacct.ts';
import { Passage } from '../passage.ts';
import { iptablesOf } from './iptables.ts';
import { Restore } from './restore.ts';

const udp: Segment = { protocol: 'udp', sourcePort: 1000, destinationPort: 53, data: new Uint8Array(4) };
const tcp: Segment = {
  protocol: 'tcp',
  sourcePort: 40000,
  destinationPort: 80,
  sequence: 1,
  acknowledgement: 0,
  syn: true,
  ack: false,
  fin: false,
  rst: false,
  psh: false,
  window: 1000,
  data: new Uint8Array(),
};

function packet(payload: Segment, more: Partial<IpPacket> = {}): IpPacket {
  const addresses = { source: ip('10.0.0.1'), destination: ip('10.0.0.2') };
  return { kind: 'ip', ...addresses, ttl: 64, tos: 0, id: 1, dontFragment: true, payload, ...more };
}

class Host {
  readonly lab = new Lab();
  readonly netns: NetworkNamespace = this.lab.namespace('n');

  /** How often INPUT's only rule has counted one of the packets. */
  matched(rule: string, packets: readonly IpPacket[], mark = 0): boolean[] {
    this.rule(rule);
    return packets.map((one) => this.input(one, mark));
  }

  rule(rule: string): void {
    const restore = new Restore(iptablesOf(this.netns.stack), {
      keep: false,
      counters: false,
      test: false,
      verbose: 0,
    });
    const done = restore.run(`*filter\n-A INPUT ${rule} -j DROP\nCOMMIT\n`);
    expect(done).toEqual({ status: 0, stdout: '', stderr: '' });
  }

  input(one: IpPacket, mark = 0): boolean {
    const skb = new Skb(undefined, 0);
    skb.mark = mark;
    let passed = false;
    const ok = () => {
      passed = true;
      return undefined;
    };
    this.netns.stack.hooks.pass(new Passage('input', one, skb, this.netns.link('lo'), undefined, ok));
    return !passed;
  }
}

test.each<[rule: string, packets: readonly IpPacket[], expected: readonly boolean[]]>([
  ['-p tcp --dport 80', [packet(tcp), packet({ ...tcp, destinationPort: 81 }), packet(udp)], [true, false, false]],
  ['-p tcp ! --dport 80:90', [packet(tcp), packet({ ...tcp, destinationPort: 91 })], [false, true]],
  ['-p tcp --syn', [packet(tcp), packet({ ...tcp, ack: true })], [true, false]],
  ['-p tcp ! --tcp-flags SYN,ACK SYN', [packet(tcp), packet({ ...tcp, ack: true })], [false, true]],
  ['-p tcp --tcp-option 2', [packet(tcp), packet({ ...tcp, mss: 1460 })], [false, true]],
  ['-p udp --sport 1000 --dport 53', [packet(udp), packet({ ...udp, sourcePort: 1 })], [true, false]],
  ['-p udp -m multiport --ports 1,1000', [packet(udp), packet({ ...udp, sourcePort: 2 })], [true, false]],
  ['-p udp -m multiport ! --dports 50:60', [packet(udp), packet({ ...udp, destinationPort: 61 })], [false, true]],
  ['! -s 10.0.0.0/24', [packet(udp), packet(udp, { source: ip('10.0.1.1') })], [false, true]],
  ['-d 1.0.0.2/255.0.0.255', [packet(udp), packet(udp, { destination: ip('1.7.7.2') })], [false, true]],
  ['-i l+', [packet(udp)], [true]],
  ['! -i lo', [packet(udp)], [false]],
  ['-f', [packet(udp), packet(udp, { fragment: { offset: 8, length: 8, more: false } })], [false, true]],
  ['-p udp --dport 53', [packet(udp, { fragment: { offset: 8, length: 8, more: false } })], [false]],
  [
    '-p icmp --icmp-type 3/3',
    ['port', 'host'].map((code) =>
      packet({
        protocol: 'icmp',
        type: 'destination-unreachable',
        code: code as 'port' | 'host',
        original: packet(udp),
      }),
    ),
    [true, false],
  ],
  [
    '-p sctp --chunk-types only INIT',
    [[{ type: 'init' as const }], [{ type: 'init' as const }, { type: 'data' as const }]].map((chunks) =>
      packet({ protocol: 'sctp', sourcePort: 1, destinationPort: 2, verificationTag: 0, chunks }),
    ),
    [true, false],
  ],
  ['-m addrtype --dst-type LOCAL', [packet(udp), packet(udp, { destination: ip('127.0.0.1') })], [false, true]],
  [
    '-m statistic --mode nth --every 3 --packet 1',
    Array(6).fill(packet(udp)),
    [false, true, false, false, true, false],
  ],
  ['-m statistic --mode random --probability 0', [packet(udp)], [false]],
  ['-m statistic --mode random --probability 1', [packet(udp)], [true]],
  ['-m limit --limit 1/s --limit-burst 2', Array(4).fill(packet(udp)), [true, true, false, false]],
])('%s', (rule, packets, expected) => {
  expect(new Host().matched(rule, packets)).toEqual(expected);
});

test('a mark is looked at under its mask', () => {
  const host = new Host();
  expect(
    [0x4000, 0x4001, 1].map((mark) => host.matched('-m mark --mark 0x4000/0x4000', [packet(udp)], mark)[0]),
  ).toEqual([true, true, false]);
});

test('a limit gives out again what time brings', async () => {
  const host = new Host();
  host.rule('-m limit --limit 10/s --limit-burst 1');
  expect([host.input(packet(udp)), host.input(packet(udp))]).toEqual([true, false]);
  await host.lab.clock.runTo(100);
  expect([host.input(packet(udp)), host.input(packet(udp))]).toEqual([true, false]);
});

test('recent remembers who came, for how long and how often', async () => {
  const host = new Host();
  host.rule('-m recent --name a --set');
  expect(host.input(packet(udp))).toBe(true);
  host.rule('-m recent --name a --rcheck --seconds 10');
  expect([host.input(packet(udp)), host.input(packet(udp, { source: ip('10.0.0.9') }))]).toEqual([true, false]);
  await host.lab.clock.runTo(10_001);
  expect(host.input(packet(udp))).toBe(false);
  host.rule('-m recent --name b --update --hitcount 2');
  expect(host.input(packet(udp))).toBe(false);
  host.rule('-m recent --name a --remove');
  expect(host.input(packet(udp))).toBe(true);
  host.rule('! --fragment -m recent ! --name a --rcheck'.replace('! --name a --rcheck', '--name a ! --rcheck'));
  expect(host.input(packet(udp))).toBe(true);
});

test('a set is asked with the side that each part names', () => {
  const host = new Host();
  const { stack } = host.netns;
  const format = {
    exist: false,
    quiet: false,
    sorted: false,
    namesOnly: false,
    headersOnly: false,
    output: 'plain',
  } as const;
  for (const line of ['create s hash:ip,port counters', 'add s 10.0.0.2,udp:53', 'add s 10.0.0.1,udp:1000']) {
    const [command = '', ...words] = line.split(' ');
    runSetCommand(stack, command, words, format);
  }
  const rules = ['dst,dst', 'src,src', 'src,dst', 'dst'].map((flags) => `-m set --match-set s ${flags}`);
  expect(rules.map((rule) => host.matched(rule, [packet(udp)])[0])).toEqual([true, true, false, false]);
  expect(runSetCommand(stack, 'list', ['s'], format).stdout).toContain('10.0.0.2,udp:53 packets 1 bytes 32');
  expect(() => runSetCommand(stack, 'destroy', ['s'], format)).toThrow('in use');
});

test('nfacct counts into an object that has to be there before the rule', () => {
  const host = new Host();
  const tables = iptablesOf(host.netns.stack);
  const load = () =>
    new Restore(tables, { keep: false, counters: false, test: false, verbose: 0 }).run(
      '*filter\n-A INPUT -m nfacct --nfacct-name seen -j DROP\nCOMMIT\n',
    );
  // As iptables 1.8.9 says it.
  expect(load().stderr).toContain('RULE_APPEND failed (No such file or directory): rule in chain INPUT');
  accountsOf(host.netns.stack).ensure('seen');
  expect(load()).toEqual({ status: 0, stdout: '', stderr: '' });
  host.input(packet(udp));
  expect(accountsOf(host.netns.stack).get('seen')).toEqual({ packets: 1, bytes: 32 });
});
