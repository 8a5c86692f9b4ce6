import { expect, test } from 'vitest';
import { linkType } from '../capture/link-type.ts';
import { Lab, owner } from '../network.fixture.ts';
import { decodeFrame } from '../packet/decode.ts';
import { type Captured, PacketSocket } from './packet.ts';

async function all(lab: Lab, socket: PacketSocket): Promise<Captured[]> {
  socket.close();
  const captured: Captured[] = [];
  for (;;) {
    const next = await lab.settle(socket.receive());
    if (next === undefined) return captured;
    captured.push(next);
  }
}

const kinds = (captured: readonly Captured[]) =>
  captured.map(({ bytes, direction }) => {
    const frame = decodeFrame(bytes);
    if ('kind' in frame) throw new Error(JSON.stringify(frame));
    const { payload } = frame;
    const what =
      payload.kind === 'arp' ? `arp ${payload.operation}` : 'type' in payload.payload && payload.payload.type;
    return `${direction} ${what}`;
  });

test('a device is seen both ways, as long as somebody looks', async () => {
  const lab = new Lab();
  const { podA } = lab.cluster();
  const socket = PacketSocket.open(podA, owner, { device: podA.device('eth0') });
  const other = PacketSocket.open(podA, owner, { device: podA.device('lo') });
  expect(socket.linkType).toBe(linkType.ethernet);
  await lab.ping(podA, '10.244.3.6');
  const seen = await all(lab, socket);
  expect(kinds(seen)).toEqual(['out arp request', 'in arp reply', 'out echo-request', 'in echo-reply']);
  expect([socket.received, socket.dropped]).toEqual([4, 0]);
  expect(seen[3]?.time).toBeGreaterThan(seen[2]?.time ?? 0);
  expect(podA.listener).toBeDefined();
  expect(await all(lab, other)).toEqual([]);
  expect(podA.listener).toBeUndefined();
  expect((await lab.ping(podA, '10.244.3.6'))?.type).toBe('echo-reply');
});

test('all devices: a router sees each packet twice, behind the cooked header', async () => {
  const lab = new Lab();
  const { a, podA } = lab.cluster();
  await lab.ping(podA, '10.244.3.6');
  const socket = PacketSocket.open(a, owner);
  expect(socket.linkType).toBe(linkType.cooked);
  await lab.ping(podA, '10.244.3.6');
  const seen = await all(lab, socket);
  const head = ({ bytes }: Captured) => [...bytes.subarray(0, 12)];
  const eth0 = a.device('eth0').index;
  const veth = a.device('veth5').index;
  expect(seen.map(head)).toEqual([
    [8, 0, 0, 0, 0, 0, 0, veth, 0, 1, 0, 6],
    [8, 0, 0, 0, 0, 0, 0, eth0, 0, 1, 4, 6],
    [8, 0, 0, 0, 0, 0, 0, eth0, 0, 1, 0, 6],
    [8, 0, 0, 0, 0, 0, 0, veth, 0, 1, 4, 6],
  ]);
});

test('loopback shows a packet once, coming in', async () => {
  const lab = new Lab();
  const a = lab.node('a', 2);
  const socket = PacketSocket.open(a, owner, { device: a.device('lo') });
  await lab.ping(a, '127.0.0.1');
  expect(kinds(await all(lab, socket))).toEqual(['in echo-request', 'in echo-reply']);
});

test("lab checks' packets are hidden, unless they are asked for", async () => {
  const lab = new Lab();
  const { podA } = lab.cluster();
  await lab.ping(podA, '10.244.3.6');
  const socket = PacketSocket.open(podA, owner);
  const curious = PacketSocket.open(podA, owner, { probes: true });
  await lab.ping(podA, '10.244.3.6', { probe: 'p1' });
  expect(await all(lab, socket)).toEqual([]);
  expect(await all(lab, curious)).toHaveLength(2);
});

test('the filter, the snapshot length and the end of its process', async () => {
  const lab = new Lab();
  const { podA } = lab.cluster();
  const ended = new AbortController();
  const filter = ({ direction }: Captured) => direction === 'in';
  const socket = PacketSocket.open(podA, { ...owner, ended: ended.signal }, { filter, snapLength: 40 });
  await lab.ping(podA, '10.244.3.6');
  ended.abort();
  expect(podA.listener).toBeUndefined();
  const seen = await all(lab, socket);
  expect(seen.map(({ bytes, length }) => [bytes.length, length])).toEqual([
    [40, 48],
    [40, 104],
  ]);
});
