import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Machine } from '../../src/linux/machine.ts';
import { natOf } from '../../src/linux/netfilter/nat/nat.ts';
import { ip } from '../../src/linux/network.fixture.ts';
import type { IpPacket, Segment, TcpSegment } from '../../src/linux/packet/packet.ts';
import { Collector } from '../../src/linux/process/streams.ts';
import { conntrack } from '../../src/programs/conntrack/conntrack.ts';
import { LINES } from './conntrack-lines.ts';
import { conntrackLeftOut, KernelRouter, SimulatedRouter, type WireName } from './conntrack-router.ts';

/** conntrack(8) of this machine and ours, about tables that came about by the same packets. */

const tcp: TcpSegment = {
  protocol: 'tcp',
  sourcePort: 4000,
  destinationPort: 80,
  sequence: 100,
  acknowledgement: 0,
  syn: true,
  ack: false,
  fin: false,
  rst: false,
  psh: false,
  window: 65_535,
  data: new Uint8Array(),
};

function packet(source: string, destination: string, payload: Segment): IpPacket {
  const rest = { ttl: 64, tos: 0, id: 7, dontFragment: payload.protocol === 'tcp' };
  return { kind: 'ip', source: ip(source), destination: ip(destination), ...rest, payload };
}

function udp(sourcePort: number, destinationPort: number): Segment {
  return { protocol: 'udp', sourcePort, destinationPort, data: new Uint8Array(4) };
}

const PACKETS: readonly (readonly [WireName, IpPacket])[] = [
  ['w1', packet('10.0.1.2', '10.0.1.1', tcp)],
  [
    'w2',
    packet('10.0.2.2', '10.0.2.8', {
      ...tcp,
      sourcePort: 8080,
      destinationPort: 4000,
      acknowledgement: 101,
      ack: true,
    }),
  ],
  ['w1', packet('10.0.1.2', '10.0.1.1', { ...tcp, sequence: 101, acknowledgement: 101, syn: false, ack: true })],
  ['w1', packet('10.0.1.3', '10.0.2.3', { ...tcp, sourcePort: 4001 })],
  ['w1', packet('10.0.1.3', '10.0.2.2', udp(4000, 53))],
  ['w2', packet('10.0.2.2', '10.0.1.2', udp(53, 4000))],
  [
    'w1',
    packet('10.0.1.2', '10.0.2.2', {
      protocol: 'icmp',
      type: 'echo-request',
      identifier: 77,
      sequence: 1,
      data: new Uint8Array(4),
    }),
  ],
  ['w1', packet('10.0.1.2', '10.0.2.2', { protocol: 'ipip', packet: packet('10.7.0.1', '10.7.0.2', udp(1, 2)) })],
  [
    'w1',
    packet('10.0.1.2', '10.0.2.2', {
      protocol: 'sctp',
      sourcePort: 9,
      destinationPort: 10,
      verificationTag: 0,
      chunks: [{ type: 'init', initiateTag: 5, sequence: 1 }],
    }),
  ],
];

const RULES = [
  'iptables -t nat -A PREROUTING -d 10.0.1.1 -p tcp -j DNAT --to-destination 10.0.2.2:8080',
  'iptables -t nat -A POSTROUTING -o right -j SNAT --to-source 10.0.2.8',
];

function simulatedRouter(): SimulatedRouter {
  return new SimulatedRouter(({ stack }) => {
    const nat = natOf(stack);
    const to = ip('10.0.2.2');
    nat.register('prerouting', {
      name: 'test',
      priority: -100,
      run: (passage) => {
        const { destination, payload } = passage.packet;
        if (destination !== ip('10.0.1.1') || payload.protocol !== 'tcp') return 'accept';
        const range = { minAddress: to, maxAddress: to, minPort: 8080, maxPort: 8080 };
        return nat.setup(passage, { ...range, manipulate: 'destination' });
      },
    });
    nat.register('postrouting', {
      name: 'test',
      priority: 100,
      run: (passage) => {
        const address = ip('10.0.2.8');
        if (passage.out?.name !== 'right') return 'accept';
        return nat.setup(passage, { manipulate: 'source', minAddress: address, maxAddress: address });
      },
    });
  });
}

/** Lines in no order; ids are anybody's, timeouts what the machine needs. */
function comparable({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) {
  const lines = stdout.split('\n').map((line) =>
    line
      .replace(/use=\d+ id=\d+/, 'use=1 id=N')
      .replace(/use=\d+/, 'use=1')
      .replace(/^((?:ipv4 +2 )?\w+ +\d+) (\d+) /, (_all, start, time) => `${start} ${Number(time) < 31 ? '~' : '+'} `),
  );
  return { code, stderr, stdout: lines.sort() };
}

const left = conntrackLeftOut();

describe.skipIf(left !== undefined)(`conntrack(8) by the real one (left out: ${left ?? 'no'})`, () => {
  let kernel: KernelRouter;
  beforeAll(() => {
    kernel = new KernelRouter();
  });
  afterAll(() => kernel.close());

  test('prints, refuses and deletes what the real one does', async () => {
    // Short timeouts would end entries while the lines run.
    const patient = ['udp_timeout', 'icmp_timeout', 'sctp_timeout_closed', 'sctp_timeout_cookie_wait'];
    const set = patient.map((name) => `net.netfilter.nf_conntrack_${name}=300`);
    await kernel.setup([...RULES, `sysctl -qw ${set.join(' ')}`]);
    const simulated = simulatedRouter();
    const { router } = simulated;
    for (const one of set) router.setSysctl(one.replace(/=.*/, ''), 300);
    for (const [wire, one] of PACKETS) {
      await kernel.inject(wire, one);
      await simulated.inject(wire, one);
    }
    const { clock, random } = router.stack;
    const programs = { conntrack: async () => conntrack };
    const machine = new Machine({ name: 'router', clock, random, programs, netns: router });
    for (const line of LINES) {
      const real = await kernel.run(`conntrack ${line}`);
      const stdout = new Collector();
      const stderr = new Collector();
      const child = machine.spawn({ argv: ['conntrack', ...line.split(' ')], stdout, stderr });
      const code = await simulated.wait(child.exit);
      expect.soft({ line, ...comparable({ code, stdout: stdout.text(), stderr: stderr.text() }) }).toEqual({
        line,
        ...comparable(real),
      });
    }
  });
});
