import { expect, test } from 'vitest';
import { encodeFrame } from '../../src/linux/packet/encode.ts';
import type { TapEvent } from '../../src/linux/tap/tap.ts';
import { generate } from './generate/generate.ts';
import { simulate } from './simulated.ts';

/** What holds in every network that the generator makes, whatever the kernel says; no root is needed. */
const NETWORKS = 40;
const PACKETS = 20;
/** ARP requests that nobody has answered yet are under way when the clock stops. */
const UNDER_WAY = 'arp';

async function eventsOf(seed: string): Promise<TapEvent[]> {
  const events: TapEvent[] = [];
  await simulate(generate(seed, PACKETS), (event) => events.push(event));
  return events;
}

test('no packet ends without an event that says where and why', async () => {
  for (let i = 0; i < NETWORKS; i++) {
    const events = await eventsOf(`p${i}`);
    const continued = new Set(events.map((event) => event.parent));
    const ends = events.filter((event) => !continued.has(event.id) && event.stage !== UNDER_WAY);
    expect(ends.length).toBeGreaterThan(0);
    for (const end of ends) {
      const said = `seed p${i}: ${JSON.stringify(end)}`;
      expect(end.verdict, said).toMatch(/^(drop|deliver|reject|queue)$/);
      if (end.verdict !== 'deliver') expect(end.reason ?? end.rule, said).toBeTruthy();
    }
  }
});

test('a routing loop ends when the time to live does', async () => {
  const events: TapEvent[] = [];
  const steps = [
    [
      'hopk-a',
      'ip link add e1 address 02:00:00:00:01:01 type veth peer name e1 address 02:00:00:00:01:02 netns hopk-b',
    ],
    ...['hopk-a', 'hopk-b'].flatMap((node, i) => [
      [node, 'ip link set e1 up'],
      [node, `ip addr add 10.0.1.${i + 1}/24 dev e1`],
      [node, 'sysctl -w net.ipv4.ip_forward=1'],
      [node, `ip route add default via 10.0.1.${2 - i}`],
    ]),
  ].map(([node = '', run = '']) => ({ in: node, run }));
  const bytes = Buffer.from(
    encodeFrame({
      source: 0x020000000101,
      destination: 0x020000000102,
      payload: {
        kind: 'ip',
        source: 0x09090909,
        destination: 0x08080808,
        ttl: 255,
        tos: 0,
        id: 1,
        dontFragment: true,
        payload: { protocol: 'udp', sourcePort: 1024, destinationPort: 53, data: new Uint8Array(8) },
      },
    }),
  ).toString('hex');
  const namespaces = ['hopk-a', 'hopk-b'];
  const probes = [{ kind: 'frame', in: 'hopk-a', device: 'e1', bytes } as const];
  await simulate({ seed: 'loop', namespaces, steps, listeners: [], probes, questions: [] }, (event) =>
    events.push(event),
  );
  const forwarded = events.filter(({ stage, verdict, packet }) => {
    const udp = packet !== undefined && 'payload' in packet && 'protocol' in packet.payload;
    return stage === 'forward' && verdict === 'accept' && udp && packet.payload.protocol === 'udp';
  });
  expect(forwarded.length).toBe(254);
  expect(events.some(({ reason }) => reason === 'its time to live has run out')).toBe(true);
});

test('the same seed gives the same events', async () => {
  for (let i = 0; i < 5; i++) expect(await eventsOf(`p${i}`)).toEqual(await eventsOf(`p${i}`));
});

test('a broadcast over a loop of two bridges ends, and an event says so', async () => {
  const events: TapEvent[] = [];
  const namespaces = ['hopk-a', 'hopk-b'];
  const steps = [
    ...namespaces.map((node, i) => [node, `ip link add br0 address 02:00:00:00:0b:0${i} type bridge`]),
    ...[1, 2].map((i) => [
      'hopk-a',
      `ip link add e${i} address 02:00:00:00:0${i}:01 type veth peer name e${i} address 02:00:00:00:0${i}:02 netns hopk-b`,
    ]),
    ...namespaces.flatMap((node) => [
      ...[1, 2].flatMap((i) => [
        [node, `ip link set e${i} master br0`],
        [node, `ip link set e${i} up`],
      ]),
      [node, 'ip link set br0 up'],
    ]),
    ['hopk-a', 'ip addr add 10.0.1.1/24 dev br0'],
  ].map(([node = '', run = '']) => ({ in: node, run }));
  const probes = [{ kind: 'connect', in: 'hopk-a', to: '10.0.1.2', port: 80 } as const];
  const plan = { seed: 'storm', namespaces, steps, listeners: [], probes, questions: [] };
  const outcome = await simulate(plan, (event) => events.push(event));
  expect(outcome.steps.filter(({ code }) => code !== 0)).toEqual([]);
  // It is a storm, and it has an end.
  expect(outcome.probes[0]?.seen.length).toBeGreaterThan(100);
  expect(events.length).toBeLessThan(100_000);
  expect(
    events.some(({ verdict, reason }) => verdict === 'drop' && /a broadcast storm|there is a loop/.test(reason ?? '')),
  ).toBe(true);
});
