import { expect, test } from 'vitest';
import { conntrackOf } from '../../netfilter/conntrack/conntrack.ts';
import { ip, Lab, owner } from '../../network.fixture.ts';
import { sctpOf } from './sctp.ts';

/** RFC 9260; this machine's kernel has no SCTP to compare with. */

const PORT = 3868;
const SERVER = { address: ip('10.244.3.6'), port: PORT };
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array | undefined) => data && new TextDecoder().decode(data);

function setUp() {
  const lab = new Lab();
  const { a, b, podA, podB } = lab.cluster();
  /** The chunks that went out, in order: `10.244.2.5 init`. */
  const sent = () =>
    lab.events.flatMap(({ stage, verdict, namespace, packet }) => {
      const mine = stage === 'socket' && verdict === undefined && packet !== undefined && 'kind' in packet;
      if (!mine || packet.kind !== 'ip' || packet.payload.protocol !== 'sctp') return [];
      return packet.payload.chunks.map(({ type }) => `${namespace?.endsWith('2.5') ? 'client' : 'server'} ${type}`);
    });
  return { lab, a, b, podA, podB, client: sctpOf(podA.stack), server: sctpOf(podB.stack), sent };
}

test('four steps to an association, messages one at a time, three to its end', async () => {
  const { lab, client, server, sent, podA, podB } = setUp();
  const accepted = server.listen({ address: 0, port: PORT }, owner).accept();
  const one = await lab.settle(client.connect(SERVER, owner));
  const two = await lab.settle(accepted);
  expect(sent()).toEqual(['client init', 'server init-ack', 'client cookie-echo', 'server cookie-ack']);
  expect(podA.sockets.list()[0]).toMatchObject({ protocol: 'sctp', state: 'ESTABLISHED', remote: SERVER });
  one?.write(bytes('first'));
  one?.write(bytes('second'));
  expect(text(await lab.settle(two?.read() ?? Promise.resolve(undefined)))).toBe('first');
  expect(text(await lab.settle(two?.read() ?? Promise.resolve(undefined)))).toBe('second');
  two?.write(bytes('answer'));
  expect(text(await lab.settle(one?.read() ?? Promise.resolve(undefined)))).toBe('answer');
  one?.close();
  await lab.clock.runTo(lab.clock.now() + 100);
  expect(sent().slice(4)).toEqual([
    'client data',
    'server sack',
    'client data',
    'server sack',
    'server data',
    'client sack',
    'client shutdown',
    'server shutdown-ack',
    'client shutdown-complete',
  ]);
  expect(await two?.read()).toBeUndefined();
  expect([...podA.sockets.list(), ...podB.sockets.list()].map(({ state }) => state)).toEqual(['LISTEN']);
});

test('a closed port aborts; where nobody speaks SCTP the protocol is unreachable', async () => {
  const { lab, b, client, sent } = setUp();
  await expect(lab.settle(client.connect(SERVER, owner))).rejects.toMatchObject({ errno: 'ECONNREFUSED' });
  expect(sent()).toEqual(['client init', 'server abort']);
  expect(lab.events.find(({ verdict }) => verdict === 'reject')?.reason).toBe(
    'nothing listens on SCTP 10.244.3.6:3868',
  );
  const node = { address: b.addresses()[1]?.address.local ?? 0, port: PORT };
  await expect(lab.settle(client.connect(node, owner))).rejects.toMatchObject({ errno: 'ECONNREFUSED' });
});

test('INIT goes out nine times, ever less often', async () => {
  const { lab, b, client } = setUp();
  b.setSysctl('net.ipv4.ip_forward', 0);
  await expect(lab.settle(client.connect(SERVER, owner), 1_000_000)).rejects.toMatchObject({ errno: 'ETIMEDOUT' });
  const times = lab.events
    .filter(
      ({ stage, namespace, verdict }) => stage === 'socket' && namespace?.endsWith('2.5') && verdict === undefined,
    )
    .map(({ time }) => Math.round(time / 1000));
  expect(times).toEqual([0, 3, 9, 21, 45, 93, 153, 213, 273]);
});

test('what is lost is sent again, once and in order', async () => {
  const { lab, a, client, server } = setUp();
  const accepted = server.listen({ address: 0, port: PORT }, owner).accept();
  const one = await lab.settle(client.connect(SERVER, owner));
  const two = await lab.settle(accepted);
  let losses = 2;
  a.stack.hooks.register('forward', { name: 'loses', priority: 0, run: () => (losses-- > 0 ? 'drop' : 'accept') });
  one?.write(bytes('late'));
  one?.write(bytes('later'));
  expect(text(await lab.settle(two?.read() ?? Promise.resolve(undefined)))).toBe('late');
  expect(text(await lab.settle(two?.read() ?? Promise.resolve(undefined)))).toBe('later');
});

test('abort: the other side hears of it; a message for nobody is answered with ABORT', async () => {
  const { lab, client, server, sent } = setUp();
  const accepted = server.listen({ address: 0, port: PORT }, owner).accept();
  const one = await lab.settle(client.connect(SERVER, owner));
  const two = await lab.settle(accepted);
  const reading = two?.read() ?? Promise.resolve(undefined);
  one?.abort();
  await expect(lab.settle(reading)).rejects.toMatchObject({ errno: 'ECONNRESET' });
  expect(sent().at(-1)).toBe('client abort');
});

test('connection tracking follows an association', async () => {
  const { lab, a, client, server } = setUp();
  const tracked = conntrackOf(a.stack);
  void server.listen({ address: 0, port: PORT }, owner);
  const one = await lab.settle(client.connect(SERVER, owner));
  expect(tracked.count).toBe(1);
  const states = () => lab.events.findLast(({ connection }) => connection?.startsWith('sctp'))?.connection;
  expect(states()).toContain('ESTABLISHED');
  one?.close();
  await lab.clock.runTo(lab.clock.now() + 100);
  expect(states()).toContain('CLOSED');
});
