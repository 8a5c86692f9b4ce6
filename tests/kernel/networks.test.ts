import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { encodePacket } from '../../src/linux/packet/encode.ts';
import { generate } from './generate/generate.ts';
import { Judge, report, type Simulate } from './judge.ts';
import type { Plan } from './plan.ts';
import { judges, kernelLeftOut, RealNetworks } from './real.ts';
import { simulate } from './simulated.ts';

/** `npm run test:kernel` tries more. */
const NETWORKS = 50;
const PACKETS = 20;
const FOUND = new URL('found/', import.meta.url);

const leftOut = await kernelLeftOut();
const title = leftOut === undefined ? `by ${judges()}` : `(left out: ${leftOut})`;

describe.skipIf(leftOut !== undefined)(`kernel differential ${title}`, () => {
  const real = new RealNetworks();
  const judge = new Judge(real);
  afterAll(() => real.close());

  test.for(readdirSync(FOUND).filter((name) => name.endsWith('.json')))('found before: %s', async (name) => {
    const plan = JSON.parse(readFileSync(new URL(name, FOUND), 'utf8')) as Plan;
    const mismatches = await judge.judge(plan);
    expect(mismatches, report(plan, mismatches)).toEqual([]);
  });

  test(`${NETWORKS} networks`, async () => {
    for (let i = 0; i < NETWORKS; i++) {
      const plan = generate(`k${i}`, PACKETS);
      const mismatches = await judge.judge(plan);
      if (mismatches.length === 0) continue;
      const small = await judge.smallest(plan, mismatches);
      expect.fail(`${report(small.plan, small.mismatches)}\nAgain: npm run test:kernel -- ${plan.seed}`);
    }
  });

  test('a router that forgets the TTL is found, and shrunk to one packet', async () => {
    const forgetful: Simulate = async (plan) => {
      const outcome = await simulate(plan);
      return { ...outcome, probes: outcome.probes.map((met) => ({ ...met, seen: met.seen.map(forgetTtl) })) };
    };
    const broken = new Judge(real, forgetful);
    const plan = line();
    expect(await judge.judge(plan)).toEqual([]);
    const mismatches = await broken.judge(plan);
    const small = await broken.smallest(plan, mismatches);
    expect(small.plan.probes.length).toBe(1);
    expect(small.plan.steps.length).toBeLessThan(plan.steps.length);
    expect(small.plan.questions).toEqual([]);
    expect(report(small.plan, small.mismatches)).toContain('ttl 64');
  });
});

/** As if it had never been decremented: 63 is 64 again. */
function forgetTtl([namespace, device, direction, bytes]: SeenFrame): SeenFrame {
  const forgotten = bytes.slice(24, 28) === '0800' && bytes.slice(44, 46) === '3f';
  return [namespace, device, direction, forgotten ? `${bytes.slice(0, 44)}40${bytes.slice(46)}` : bytes];
}
type SeenFrame = Awaited<ReturnType<Simulate>>['probes'][number]['seen'][number];

/** Three namespaces in a row, the middle one a router, and pings from one end to the other. */
function line(): Plan {
  return {
    seed: 'line',
    namespaces: ['hopk-a', 'hopk-b', 'hopk-c'],
    steps: [
      ['hopk-b', 'sysctl -w net.ipv4.ip_forward=1'],
      [
        'hopk-a',
        'ip link add e1 address 02:00:00:00:01:01 type veth peer name e1 address 02:00:00:00:01:02 netns hopk-b',
      ],
      [
        'hopk-b',
        'ip link add e2 address 02:00:00:00:02:01 type veth peer name e2 address 02:00:00:00:02:02 netns hopk-c',
      ],
      ['hopk-a', 'ip link set e1 up'],
      ['hopk-b', 'ip link set e1 up'],
      ['hopk-b', 'ip link set e2 up'],
      ['hopk-c', 'ip link set e2 up'],
      ['hopk-a', 'ip addr add 10.0.1.1/24 dev e1'],
      ['hopk-b', 'ip addr add 10.0.1.2/24 dev e1'],
      ['hopk-b', 'ip addr add 10.0.2.1/24 dev e2'],
      ['hopk-c', 'ip addr add 10.0.2.2/24 dev e2'],
      ['hopk-a', 'ip route add 10.0.2.0/24 via 10.0.1.2'],
      ['hopk-c', 'ip route add 10.0.1.0/24 via 10.0.2.1'],
    ].map(([node = '', run = '']) => ({ in: node, run })),
    listeners: [],
    probes: [1, 2, 3].map(() => ({ kind: 'send', in: 'hopk-a', bytes: PING })),
    questions: [{ in: 'hopk-b', run: 'ip route' }],
  };
}

/** 10.0.1.1 > 10.0.2.2. */
const PING = Buffer.from(
  encodePacket({
    kind: 'ip',
    source: 0x0a000101,
    destination: 0x0a000202,
    ttl: 64,
    tos: 0,
    id: 1,
    dontFragment: true,
    payload: { protocol: 'icmp', type: 'echo-request', identifier: 1, sequence: 1, data: new Uint8Array(8) },
  }),
).toString('hex');
