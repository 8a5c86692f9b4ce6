import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NetworkNamespace } from '../../src/linux/namespace.ts';
import { natOf } from '../../src/linux/netfilter/nat/nat.ts';
import type { NatRange } from '../../src/linux/netfilter/nat/range.ts';
import type { Passage } from '../../src/linux/netfilter/passage.ts';
import { ip } from '../../src/linux/network.fixture.ts';
import { Random } from '../../src/simulation/random.ts';
import { Drawn } from './conntrack-drawn.ts';
import { conntrackLeftOut, type Effect, KernelRouter, SimulatedRouter } from './conntrack-router.ts';
import { describePacket, Traffic } from './conntrack-traffic.ts';

/**
 * The same packets through a router of the kernel's and a simulated one: what comes out, and what `conntrack -L` shows
 * after each packet. HOP_CONNTRACK_RUNS says how many walks each kind of router gets.
 */

interface Kind {
  readonly name: string;
  readonly rules: readonly string[];
  readonly setup: (router: NetworkNamespace) => void;
  /** What clients send to. */
  readonly targets: readonly string[];
}

const SERVERS = ['10.0.2.2', '10.0.2.3'];

function range(
  manipulate: NatRange['manipulate'],
  from: string,
  to = from,
  minPort?: number,
  maxPort = minPort,
): NatRange {
  const addresses = { manipulate, minAddress: ip(from), maxAddress: ip(to) };
  return minPort === undefined || maxPort === undefined ? addresses : { ...addresses, minPort, maxPort };
}

function ported({ payload }: Passage['packet'], port?: number): boolean {
  if (payload.protocol !== 'tcp' && payload.protocol !== 'udp') return false;
  return port === undefined || payload.destinationPort === port;
}

const snat = (chosen: NatRange) => (router: NetworkNamespace) => {
  const nat = natOf(router.stack);
  const run = (passage: Passage) => (passage.out?.name === 'right' ? nat.setup(passage, chosen) : 'accept');
  nat.register('postrouting', { name: 'test', priority: 100, run });
};

const masquerade = (router: NetworkNamespace) => {
  const nat = natOf(router.stack);
  nat.register('postrouting', { name: 'test', priority: 100, run: (passage) => nat.masquerade(passage) });
};

const dnat = (chosen: NatRange, port?: number) => (router: NetworkNamespace) => {
  const nat = natOf(router.stack);
  const run = (passage: Passage) => {
    const wanted =
      passage.packet.destination === ip('10.0.1.1') && (port === undefined || ported(passage.packet, port));
    return wanted ? nat.setup(passage, chosen) : 'accept';
  };
  nat.register('prerouting', { name: 'test', priority: -100, run });
};

const KINDS: readonly Kind[] = [
  { name: 'no translation', rules: [], setup: () => {}, targets: [...SERVERS, '10.0.1.1'] },
  {
    name: 'no translation, and none picked up in the middle',
    rules: ['sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0'],
    setup: (router) => router.setSysctl('net.netfilter.nf_conntrack_tcp_loose', 0),
    targets: SERVERS,
  },
  {
    name: 'SNAT',
    rules: ['iptables -t nat -A POSTROUTING -o right -j SNAT --to-source 10.0.2.8'],
    setup: snat(range('source', '10.0.2.8')),
    targets: SERVERS,
  },
  {
    name: 'SNAT to one of several addresses',
    rules: ['iptables -t nat -A POSTROUTING -o right -j SNAT --to-source 10.0.2.20-10.0.2.29'],
    setup: snat(range('source', '10.0.2.20', '10.0.2.29')),
    targets: SERVERS,
  },
  {
    name: 'SNAT to one of several addresses, persistent',
    rules: ['iptables -t nat -A POSTROUTING -o right -j SNAT --to-source 10.0.2.20-10.0.2.29 --persistent'],
    setup: snat({ ...range('source', '10.0.2.20', '10.0.2.29'), persistent: true }),
    targets: SERVERS,
  },
  {
    name: 'MASQUERADE',
    rules: ['iptables -t nat -A POSTROUTING -j MASQUERADE'],
    setup: masquerade,
    targets: SERVERS,
  },
  {
    name: 'DNAT of all',
    rules: ['iptables -t nat -A PREROUTING -d 10.0.1.1 -j DNAT --to-destination 10.0.2.2'],
    setup: dnat(range('destination', '10.0.2.2')),
    targets: ['10.0.1.1', '10.0.2.2'],
  },
  {
    name: 'DNAT of ports',
    rules: ['tcp', 'udp'].map(
      (protocol) =>
        `iptables -t nat -A PREROUTING -d 10.0.1.1 -p ${protocol} --dport 80 -j DNAT --to-destination 10.0.2.2:8080`,
    ),
    setup: dnat(range('destination', '10.0.2.2', '10.0.2.2', 8080), 80),
    targets: ['10.0.1.1'],
  },
  {
    name: 'DNAT to one of several, and MASQUERADE',
    rules: [
      'iptables -t nat -A PREROUTING -d 10.0.1.1 -j DNAT --to-destination 10.0.2.2-10.0.2.5',
      'iptables -t nat -A POSTROUTING -j MASQUERADE',
    ],
    setup: (router) => {
      dnat(range('destination', '10.0.2.2', '10.0.2.5'))(router);
      masquerade(router);
    },
    targets: ['10.0.1.1'],
  },
];

const STEPS = 40;
const RUNS = Number(process.env['HOP_CONNTRACK_RUNS'] ?? 2);
const left = conntrackLeftOut();

/** In lines, in no order; timeouts may differ by what the machine needs, and a busy kernel holds an entry twice. */
function comparable(
  { seen, table }: Effect,
  drawn: Drawn,
  whose: 'kernel' | 'ours',
): { seen: string[]; table: string[] } {
  const timed = (line: string) => line.replace(/^(\w+ +\d+) (\d+)/, (_all, start, time) => `${start} ${rounded(time)}`);
  const lines = table.map((line) => timed(line).replace(/use=\d+/, 'use=1'));
  const packets = seen.map(({ wire, packet }) => `${wire} ${describePacket(packet)}`);
  const named = (all: string[]) => all.map((line) => drawn.name(line, whose)).sort();
  return { seen: named(packets), table: named(lines) };
}

/** Timeouts are rounded up to what they were set to: 30 for 28 to 30. */
function rounded(seconds: string): string {
  const number = Number(seconds);
  const set = [1, 3, 10, 30, 60, 120, 210, 300, 600, 432_000].find((known) => number <= known && number > known - 3);
  return set === undefined ? seconds : `~${set}`;
}

describe.skipIf(left !== undefined)(`conntrack by the kernel (left out: ${left ?? 'no'})`, () => {
  let kernel: KernelRouter;
  beforeAll(() => {
    kernel = new KernelRouter();
  });
  afterAll(() => kernel.close());

  for (const kind of KINDS) {
    for (let run = 0; run < RUNS; run++) {
      const seed = `${process.env['HOP_CONNTRACK_SEED'] ?? 'conntrack'} ${run}`;
      test(`${kind.name}, seed ${seed}`, async () => {
        await kernel.setup(kind.rules);
        const simulated = new SimulatedRouter(kind.setup);
        const traffic = new Traffic(new Random(`${seed} ${kind.name}`), kind.targets);
        const drawn = new Drawn();
        const history: string[] = [];
        for (let step = 0; step < STEPS; step++) {
          const { wire, packet, flow, fromClient } = traffic.next();
          history.push(`${wire} ${describePacket(packet)}`);
          const real = await kernel.inject(wire, packet);
          const ours = await simulated.inject(wire, drawn.translate(packet));
          drawn.learn(packet, real, ours);
          expect(comparable(ours, drawn, 'ours'), history.join('\n')).toEqual(comparable(real, drawn, 'kernel'));
          traffic.learn(flow, fromClient, real);
        }
      });
    }
  }
});
