import { expect, test } from 'vitest';
import { ip, Lab, prefix } from '../../network.fixture.ts';
import { formatIp } from '../../packet/address.ts';
import { addBridge, addPod } from './bridge.fixture.ts';

function setup() {
  const lab = new Lab();
  const room = lab.namespace('room');
  const br0 = addBridge(room, 'br0');
  const pods = [1, 2, 3].map((host) => addPod(lab, room, br0, host));
  const decisions = () =>
    lab.events.filter(({ stage }) => stage === 'bridge').map(({ verdict, reason }) => `${verdict} ${reason}`);
  return { lab, room, br0, pods, decisions };
}

test('it floods what it does not know and learns from what comes', async () => {
  const { lab, room, br0, pods, decisions } = setup();
  const [one, two] = pods;
  if (one === undefined || two === undefined) throw new Error('no pods');
  expect(await lab.ping(one, '10.0.0.2')).toBeDefined();
  const [asks, answers] = decisions();
  expect(asks).toBe('accept flooded to v3, v2, itself: broadcast');
  expect(answers).toBe('accept to port v1: the address was learned there');
  const event = lab.events.find(({ stage, rule }) => stage === 'bridge' && rule !== undefined);
  const mac = /^([\da-f:]+) dev v1 master br0$/.exec(event?.rule ?? '')?.[1];
  expect(mac).toBeDefined();
  const known = () => br0.fdb.entries().filter(({ state }) => state === 'dynamic').length;
  expect(known()).toBe(2);
  await lab.clock.runTo(lab.clock.now() + 299_000);
  expect(known()).toBe(2);
  await lab.clock.runTo(lab.clock.now() + 30_000);
  expect(known()).toBe(0);
  expect(room.link('br0')?.carrier).toBe(true);
  for (const name of ['v1', 'v2', 'v3']) room.setLink(name, { up: false });
  expect(room.link('br0')?.carrier).toBe(false);
});

test('a frame leaves by the port that it came by in hairpin mode alone', async () => {
  const { lab, br0, pods, decisions } = setup();
  const [one, two] = pods;
  // The last port that it got comes first.
  const port = br0.ports[2];
  if (one === undefined || two === undefined || port === undefined) throw new Error('no pods');
  await lab.ping(one, '10.0.0.2');
  lab.events.length = 0;
  const entry = br0.fdb.entries().find(({ port: at, state }) => at === br0.ports[1] && state === 'dynamic');
  br0.fdb.set(entry?.mac ?? 0, port, 'static', 'replace');
  await lab.ping(one, '10.0.0.2', { patience: 100 });
  expect(decisions()).toContain('drop it came by port v1, which has no hairpin mode');
  lab.events.length = 0;
  port.hairpin = true;
  await lab.ping(one, '10.0.0.2', { patience: 100 });
  expect(decisions()).toContain('accept to port v1: the address is static there');
});

test('a loop ends: its storm is bounded, and an event says so', async () => {
  const { lab, room, br0, pods, decisions } = setup();
  const [one] = pods;
  if (one === undefined) throw new Error('no pods');
  const br1 = addBridge(room, 'br1');
  for (const cable of [1, 2, 3]) {
    room.addVeth({ name: `a${cable}` }, { name: `b${cable}` });
    room.setLink(`a${cable}`, { up: true, master: br0 });
    room.setLink(`b${cable}`, { up: true, master: br1 });
  }
  await lab.ping(one, '10.0.0.9', { patience: 60_000 });
  await lab.clock.runTo(lab.clock.now() + 60_000);
  const dropped = decisions().filter((text) => text.startsWith('drop'));
  expect(dropped.some((text) => text.includes('a broadcast storm') || text.includes('there is a loop'))).toBe(true);
  // Nothing goes round any more.
  const before = lab.events.length;
  await lab.clock.runTo(lab.clock.now() + 60_000);
  expect(lab.events.length).toBe(before);
});

test('br_netfilter: bridged packets cross PREROUTING, FORWARD and POSTROUTING with both ports', async () => {
  const { lab, room, pods } = setup();
  const [one] = pods;
  if (one === undefined) throw new Error('no pods');
  room.addAddress('br0', prefix('10.0.0.254/24'));
  const seen: string[] = [];
  for (const hook of ['prerouting', 'input', 'forward', 'output', 'postrouting'] as const) {
    room.stack.hooks.register(hook, {
      name: 'watch',
      priority: 0,
      run({ in: input, out, bridge, packet }) {
        const ports = bridge === undefined ? '' : ` ${bridge.in.name}>${bridge.out?.name ?? ''}`;
        seen.push(`${hook} ${input?.name ?? ''}>${out?.name ?? ''}${ports} ${formatIp(packet.destination)}`);
        return 'accept';
      },
    });
  }
  expect(await lab.ping(one, '10.0.0.2')).toBeDefined();
  expect(seen.splice(0)).toEqual([
    'prerouting br0> v1> 10.0.0.2',
    'forward br0>br0 v1>v2 10.0.0.2',
    'postrouting >br0 v1>v2 10.0.0.2',
    'prerouting br0> v2> 10.0.0.1',
    'forward br0>br0 v2>v1 10.0.0.1',
    'postrouting >br0 v2>v1 10.0.0.1',
  ]);
  expect(await lab.ping(one, '10.0.0.254')).toBeDefined();
  expect(seen).toEqual([
    'prerouting br0> v1> 10.0.0.254',
    'input br0> v1> 10.0.0.254',
    'output >br0 10.0.0.1',
    'postrouting >br0 10.0.0.1',
  ]);
  seen.length = 0;
  room.setSysctl('net.bridge.bridge-nf-call-iptables', 0);
  expect(await lab.ping(one, '10.0.0.2')).toBeDefined();
  expect(seen).toEqual([]);
});

test('br_netfilter: a packet that DNAT turns to another machine of the bridge goes there', async () => {
  const { lab, room, pods } = setup();
  const [one, , three] = pods;
  if (one === undefined || three === undefined) throw new Error('no pods');
  room.addAddress('br0', prefix('10.0.0.254/24'));
  room.setSysctl('net.ipv4.ip_forward', 1);
  room.stack.hooks.register('prerouting', {
    name: 'to the third',
    priority: -100,
    run(passage) {
      if (passage.packet.destination === ip('10.0.0.2')) {
        passage.packet = { ...passage.packet, destination: ip('10.0.0.3') };
      }
      return 'accept';
    },
  });
  lab.events.length = 0;
  await lab.ping(one, '10.0.0.2', { patience: 100 });
  const arrived = lab.events.filter(({ namespace, stage }) => namespace === three.name && stage === 'receive');
  expect(
    arrived.some(({ packet }) => packet !== undefined && !('kind' in packet) && packet.payload.kind === 'ip'),
  ).toBe(true);
});
