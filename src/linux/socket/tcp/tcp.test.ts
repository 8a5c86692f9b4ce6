import { expect, test } from 'vitest';
import type { NetworkNamespace } from '../../namespace.ts';
import { ip, Lab, owner } from '../../network.fixture.ts';
import { from, is, tcp, to } from '../../packet/checks.fixture.ts';
import type { TapEvent } from '../../tap/tap.ts';
import type { TcpConnection } from '../socket.ts';

const PORT = 8080;
const SERVER = '10.244.3.6';

async function pair(
  lab: Lab,
  client: NetworkNamespace,
  server: NetworkNamespace,
): Promise<[TcpConnection, TcpConnection]> {
  const listener = server.sockets.listenTcp({ address: 0, port: PORT }, owner);
  const accepted = listener.accept();
  const connected = await lab.settle(client.sockets.connectTcp({ address: ip(SERVER), port: PORT }, owner));
  const other = await lab.settle(accepted);
  if (connected === undefined || other === undefined) throw new Error('no connection');
  return [connected, other];
}

const text = (data: Uint8Array | undefined) => new TextDecoder().decode(data);
const bytes = (data: string) => new TextEncoder().encode(data);

/** The TCP segments that `namespace` sent, first transmission and repetition alike. */
function sent(lab: Lab, namespace: string) {
  return lab.events.filter((e) => e.stage === 'socket' && e.namespace === namespace && e.verdict === undefined);
}

test('a handshake, data both ways, a half-closed connection, and TIME_WAIT on the side that closed first', async () => {
  const lab = new Lab();
  const { podA, podB } = lab.cluster();
  const [client, server] = await pair(lab, podA, podB);
  const packets = sent(lab, podA.name).concat(sent(lab, podB.name));
  is(packets[0]?.packet, from('10.244.2.5'), to(SERVER), tcp(['syn'], { mss: 1460, destinationPort: PORT }));
  is(packets[1]?.packet, tcp(['ack']));
  is(packets[2]?.packet, from(SERVER), tcp(['syn', 'ack'], { mss: 1460 }));
  expect(client.local.port).toBeGreaterThanOrEqual(32768);
  expect(client.local.port).toBeLessThanOrEqual(60999);
  await client.write(bytes('question'));
  expect(text(await lab.settle(server.read()))).toBe('question');
  client.shutdown();
  expect(await lab.settle(server.read().then((data) => data === undefined))).toBe(true);
  await server.write(bytes('late answer'));
  expect(text(await lab.settle(client.read()))).toBe('late answer');
  server.shutdown();
  expect(await lab.settle(client.read().then((data) => data === undefined))).toBe(true);
  await expect(client.write(bytes('x'))).rejects.toMatchObject({ errno: 'EPIPE' });
  await lab.clock.runTo(lab.clock.now() + 10);
  const events = lab.events.length;
  await lab.clock.runTo(lab.clock.now() + 120_000);
  expect(
    lab.events
      .slice(events)
      .filter(({ packet }) => packet !== undefined && 'kind' in packet && packet.payload.protocol === 'tcp'),
  ).toEqual([]);
});

test('a closed port refuses at once, and the event names it', async () => {
  const lab = new Lab();
  const { podA } = lab.cluster();
  const started = lab.clock.now();
  await expect(lab.settle(podA.sockets.connectTcp({ address: ip(SERVER), port: 81 }, owner))).rejects.toMatchObject({
    errno: 'ECONNREFUSED',
  });
  expect(lab.clock.now() - started).toBeLessThan(5);
  expect(lab.events.find((event) => event.verdict === 'reject')?.reason).toBe('nothing listens on TCP 10.244.3.6:81');
});

test('nothing comes back: the SYN goes out eleven times, and after 131 seconds the connection has timed out', async () => {
  const lab = new Lab();
  const { b, podA } = lab.cluster();
  b.setSysctl('net.ipv4.ip_forward', 0);
  await expect(lab.settle(podA.sockets.connectTcp({ address: ip(SERVER), port: PORT }, owner))).rejects.toMatchObject({
    errno: 'ETIMEDOUT',
  });
  // As measured on Linux 6.18: ten repetitions, the first five a second apart.
  const times = sent(lab, podA.name).map(({ time }) => Math.round(time / 1000));
  expect(times).toEqual([0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67]);
  expect(Math.round(lab.clock.now() / 1000)).toBe(131);
});

test('a host that is not there is unreachable after three seconds; without a route nothing is tried', async () => {
  const lab = new Lab();
  const { a, podA } = lab.cluster();
  await expect(
    lab.settle(podA.sockets.connectTcp({ address: ip('10.244.2.99'), port: PORT }, owner)),
  ).rejects.toMatchObject({ errno: 'ENETUNREACH' });
  await expect(
    lab.settle(a.sockets.connectTcp({ address: ip('172.18.0.99'), port: PORT }, owner)),
  ).rejects.toMatchObject({ errno: 'EHOSTUNREACH' });
  expect(Math.round(lab.clock.now())).toBe(3000);
  await expect(lab.settle(a.sockets.connectTcp({ address: ip('9.9.9.9'), port: PORT }, owner))).rejects.toMatchObject({
    errno: 'ENETUNREACH',
  });
});

test.each([0, 0.05, 0.2])(
  'a hundred kilobytes arrive whole and in order though a wire loses %d of its frames',
  async (loss) => {
    const lab = new Lab({ seed: `loss ${loss}` });
    const { podA, podB } = lab.cluster();
    const [client, server] = await pair(lab, podA, podB);
    lab.wire.loss = loss;
    const data = new Uint8Array(100_000).map((_, i) => (i * 31) % 251);
    const writing = client.write(data).then(() => client.close());
    const reading = (async () => {
      const pieces: number[] = [];
      for (let piece = await server.read(); piece !== undefined; piece = await server.read()) pieces.push(...piece);
      return pieces;
    })();
    const received = await lab.settle(reading, 600_000);
    await lab.settle(writing);
    expect(received?.length).toBe(data.length);
    expect(Uint8Array.from(received ?? [])).toEqual(data);
    const again = sent(lab, podA.name).filter(({ reason }) => reason?.startsWith('sent again'));
    if (loss === 0) expect(again).toEqual([]);
    else expect(again.length).toBeGreaterThan(0);
    const size = (packet: TapEvent['packet']) => {
      const carried = packet === undefined || 'kind' in packet ? packet : packet.payload;
      return carried?.kind === 'ip' && carried.payload.protocol === 'tcp' ? carried.payload.data.length : 0;
    };
    // The stack hands down long packets; on the wire each fits the MTU.
    expect(Math.max(...sent(lab, podA.name).map(({ packet }) => size(packet)))).toBeGreaterThan(1448);
    const arrived = lab.events.filter(({ namespace, stage }) => namespace === 'b' && stage === 'receive');
    expect(Math.max(...arrived.map(({ packet }) => size(packet)))).toBe(1448);
  },
);

test('a reader that does not read stops the writer, and lets it go on later', async () => {
  const lab = new Lab();
  const { podA, podB } = lab.cluster();
  const [client, server] = await pair(lab, podA, podB);
  let written = false;
  const writing = client.write(new Uint8Array(400_000)).then(() => {
    written = true;
  });
  await lab.clock.runTo(lab.clock.now() + 30_000);
  expect(written).toBe(false);
  let total = 0;
  const reading = (async () => {
    while (total < 400_000) total += (await server.read())?.length ?? 0;
  })();
  await lab.settle(Promise.all([reading, writing]), 200_000);
  expect([written, total]).toEqual([true, 400_000]);
});

test('a path that takes only smaller packets is found out', async () => {
  const lab = new Lab();
  const { b, podA, podB } = lab.cluster();
  const [client, server] = await pair(lab, podA, podB);
  b.setLink('veth6', { mtu: 900 });
  void client.write(new Uint8Array(5000));
  let total = 0;
  const reading = (async () => {
    while (total < 5000) total += (await server.read())?.length ?? 0;
    return total;
  })();
  expect(await lab.settle(reading, 10_000)).toBe(5000);
});

test('RST: the reader of an aborted connection hears of it', async () => {
  const lab = new Lab();
  const { podA, podB } = lab.cluster();
  const [client, server] = await pair(lab, podA, podB);
  const reading = client.read();
  server.abort();
  await expect(lab.settle(reading)).rejects.toMatchObject({ errno: 'ECONNRESET' });
  await expect(client.write(bytes('x'))).rejects.toMatchObject({ errno: 'ECONNRESET' });
});

test('what the peer never acknowledges ends in ETIMEDOUT, after ever longer pauses', async () => {
  const lab = new Lab();
  const { b, podA, podB } = lab.cluster();
  const [client] = await pair(lab, podA, podB);
  b.setSysctl('net.ipv4.ip_forward', 0);
  lab.events.length = 0;
  await client.write(bytes('anybody?'));
  await expect(lab.settle(client.read(), 2_000_000)).rejects.toMatchObject({ errno: 'ETIMEDOUT' });
  const times = sent(lab, podA.name).map(({ time }) => time);
  expect(times.length).toBe(16);
  const pauses = times.slice(1).map((time, i) => time - (times[i] ?? 0));
  expect(pauses[1]).toBeGreaterThan((pauses[0] ?? 0) * 1.9);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(120_000.001);
});

test('a full accept queue drops SYNs; the client comes in once there is room', async () => {
  const lab = new Lab();
  const { podA, podB } = lab.cluster();
  const listener = podB.sockets.listenTcp({ address: 0, port: PORT }, owner, { backlog: 0 });
  const connect = () => podA.sockets.connectTcp({ address: ip(SERVER), port: PORT }, owner);
  expect(await lab.settle(connect())).toBeDefined();
  const second = connect();
  expect(await lab.settle(second, 1500)).toBeUndefined();
  expect(
    lab.events.some((event) => event.verdict === 'drop' && event.reason?.startsWith('the accept queue is full')),
  ).toBe(true);
  await lab.settle(listener.accept());
  expect(await lab.settle(second, 10_000)).toBeDefined();
});

test('the sockets of a process that ends are closed; what came unread is answered with RST', async () => {
  const lab = new Lab();
  const { podA, podB } = lab.cluster();
  const process = new AbortController();
  const mine = { ...owner, ended: process.signal };
  const listener = podB.sockets.listenTcp({ address: 0, port: PORT }, mine);
  const accepted = listener.accept();
  const client = await lab.settle(podA.sockets.connectTcp({ address: ip(SERVER), port: PORT }, owner));
  await lab.settle(accepted);
  await client?.write(bytes('unread'));
  await lab.clock.runTo(lab.clock.now() + 10);
  process.abort();
  await expect(lab.settle(client?.read() ?? Promise.resolve(undefined))).rejects.toMatchObject({ errno: 'ECONNRESET' });
  await expect(lab.settle(podA.sockets.connectTcp({ address: ip(SERVER), port: PORT }, owner))).rejects.toMatchObject({
    errno: 'ECONNREFUSED',
  });
});

test('ports: taken ones are refused, own addresses alone can be bound, loopback works', async () => {
  const lab = new Lab();
  const { podB } = lab.cluster();
  const { sockets } = podB;
  const listener = sockets.listenTcp({ address: 0, port: PORT }, owner);
  expect(() => sockets.listenTcp({ address: ip(SERVER), port: PORT }, owner)).toThrow('Address already in use');
  expect(() => sockets.listenTcp({ address: ip('1.2.3.4'), port: 81 }, owner)).toThrow(
    'Cannot assign requested address',
  );
  const accepted = listener.accept();
  const own = await lab.settle(sockets.connectTcp({ address: ip('127.0.0.1'), port: PORT }, owner));
  expect(own?.local.address).toBe(ip('127.0.0.1'));
  await lab.settle(accepted);
  listener.close();
  sockets.listenTcp({ address: 0, port: PORT }, owner);
});
