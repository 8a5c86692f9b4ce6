import { expect, test } from 'vitest';
import type { NetworkNamespace } from '../../namespace.ts';
import { ip, Lab, owner } from '../../network.fixture.ts';
import { formatIp } from '../../packet/address.ts';
import type { IcmpError, TcpSegment } from '../../packet/packet.ts';
import { Skb } from '../../packet/skb.ts';
import type { TcpConnection } from '../socket.ts';

/** What goes wrong, and what the kernel then does (net/ipv4/tcp_ipv4.c, tcp_input.c, tcp_timer.c). */

const PORT = 8080;
const SERVER = '10.244.3.6';
const bytes = (text: string) => new TextEncoder().encode(text);

async function pair(lab: Lab, client: NetworkNamespace, server: NetworkNamespace) {
  const listener = server.sockets.listenTcp({ address: 0, port: PORT }, owner);
  const accepted = listener.accept();
  const connected = await lab.settle(client.sockets.connectTcp({ address: ip(SERVER), port: PORT }, owner));
  const other = await lab.settle(accepted);
  if (connected === undefined || other === undefined) throw new Error('no connection');
  return [connected, other] as const;
}

function segments(lab: Lab, namespace: NetworkNamespace): TcpSegment[] {
  return lab.events.flatMap(({ stage, namespace: where, verdict, packet }) => {
    const mine = stage === 'socket' && where === namespace.name && verdict === undefined;
    if (!mine || packet === undefined || !('kind' in packet) || packet.payload.protocol !== 'tcp') return [];
    return [packet.payload];
  });
}

const stateOf = (namespace: NetworkNamespace, { local }: TcpConnection) =>
  namespace.sockets.list().find((entry) => entry.protocol === 'tcp' && entry.local.port === local.port)?.state;

/** An ICMP error about the last segment of `connection`, as if `from` had sent it. */
function icmp(lab: Lab, namespace: NetworkNamespace, connection: TcpConnection, code: IcmpError['code'], from: string) {
  const original = lab.events.findLast(
    ({ packet, stage }) =>
      stage === 'socket' &&
      packet !== undefined &&
      'kind' in packet &&
      packet.payload.protocol === 'tcp' &&
      packet.payload.sourcePort === connection.local.port,
  )?.packet;
  if (original === undefined || !('kind' in original) || original.kind !== 'ip') throw new Error('nothing was sent');
  const device = namespace.link('eth0');
  if (device === undefined) throw new Error('no eth0');
  const type = code === 'ttl' ? 'time-exceeded' : 'destination-unreachable';
  namespace.stack.ip.receive(
    device,
    {
      kind: 'ip',
      source: ip(from),
      destination: connection.local.address,
      ttl: 64,
      tos: 0,
      id: 1,
      dontFragment: false,
      payload: { protocol: 'icmp', type, code, original },
    },
    new Skb(undefined, 0),
  );
}

test('the SYN has the options that Linux sends, and windows are scaled from then on', async () => {
  const lab = new Lab();
  const { podA, podB } = lab.cluster();
  const [client] = await pair(lab, podA, podB);
  await client.write(bytes('x'));
  await lab.clock.runTo(lab.clock.now() + 10);
  const [syn, ack, data] = segments(lab, podA);
  const [synAck] = segments(lab, podB);
  expect(syn).toMatchObject({ window: 64240, mss: 1460, sackPermitted: true, windowScale: 7, timestamps: { echo: 0 } });
  expect(synAck).toMatchObject({ window: 65160, windowScale: 7, timestamps: { echo: syn?.timestamps?.value } });
  expect(ack).toMatchObject({ window: 502, timestamps: { echo: synAck?.timestamps?.value } });
  expect(ack).not.toHaveProperty('mss');
  expect(data).toMatchObject({ window: 502, psh: true });
});

test('options that one end does not have are not used', async () => {
  const lab = new Lab();
  const { podA, podB } = lab.cluster();
  for (const name of ['sack', 'timestamps', 'window_scaling']) podB.setSysctl(`net.ipv4.tcp_${name}`, 0);
  await pair(lab, podA, podB);
  const [synAck] = segments(lab, podB);
  expect(Object.keys(synAck ?? {})).not.toEqual(expect.arrayContaining(['windowScale']));
  const ack = segments(lab, podA)[1];
  expect(ack).toMatchObject({ window: 64240 });
  expect(ack).not.toHaveProperty('timestamps');
});

test('one lost segment is told by SACK and sent again alone', async () => {
  const lab = new Lab();
  const { b, podA, podB } = lab.cluster();
  const [client, server] = await pair(lab, podA, podB);
  let passed = 0;
  // Behind the wire each segment is a packet of its own.
  b.stack.hooks.register('forward', {
    name: 'loses the second',
    priority: 0,
    run: ({ packet }) => {
      if (packet.payload.protocol !== 'tcp' || packet.payload.data.length === 0) return 'accept';
      return ++passed === 2 ? 'drop' : 'accept';
    },
  });
  await client.write(new Uint8Array(1448 * 8));
  let total = 0;
  const reading = (async () => {
    while (total < 1448 * 8) total += (await server.read())?.length ?? 0;
    return lab.clock.now();
  })();
  const began = lab.clock.now();
  expect(((await lab.settle(reading)) ?? 0) - began).toBeLessThan(100);
  expect(passed).toBe(9);
  expect(segments(lab, podB).some(({ sack }) => (sack?.length ?? 0) === 1)).toBe(true);
});

test.each([
  ['host', 'EHOSTUNREACH'],
  ['net', 'ENETUNREACH'],
  ['port', 'ECONNREFUSED'],
  ['admin-prohibited', 'EHOSTUNREACH'],
] as const)('ICMP %s unreachable for a SYN: connect fails with %s', async (code, errno) => {
  const lab = new Lab();
  const { a, podA } = lab.cluster();
  a.stack.hooks.register('forward', {
    name: 'rejects',
    priority: 0,
    run: ({ packet, skb }) => {
      if (packet.payload.protocol !== 'tcp') return 'accept';
      a.stack.ip.sendError(code, packet, skb);
      return 'drop';
    },
  });
  const connecting = podA.sockets.connectTcp({ address: ip(SERVER), port: PORT }, owner);
  await expect(lab.settle(connecting, 100)).rejects.toMatchObject({ errno });
});

test('once connected an ICMP error is a hint: it is what a later give-up is blamed on', async () => {
  const lab = new Lab();
  const { b, podA, podB } = lab.cluster();
  const [client, server] = await pair(lab, podA, podB);
  icmp(lab, podA, client, 'host', '10.244.2.1');
  await client.write(bytes('still here'));
  expect(new TextDecoder().decode(await lab.settle(server.read()))).toBe('still here');
  b.setSysctl('net.ipv4.ip_forward', 0);
  podA.setSysctl('net.ipv4.tcp_retries2', 3);
  await client.write(bytes('lost'));
  await lab.clock.runTo(lab.clock.now() + 1);
  icmp(lab, podA, client, 'host', '10.244.2.1');
  await expect(lab.settle(client.read())).rejects.toMatchObject({ errno: 'EHOSTUNREACH' });
});

test('half-open: after the peer has forgotten the connection, the next data meet RST', async () => {
  const lab = new Lab();
  const { podA, podB } = lab.cluster();
  const [client] = await pair(lab, podA, podB);
  const address = ip(SERVER);
  podB.removeAddress('eth0', { address, length: 24 });
  podB.addAddress('eth0', { address, length: 24 }, { noPrefixRoute: true });
  (podB.sockets as unknown as { destroy(): void }).destroy();
  podB.addRoute({ destination: { address: ip('10.244.3.1'), length: 32 }, device: 'eth0', scope: 'link' }, 'replace');
  podB.addRoute({ destination: { address: 0, length: 0 }, via: ip('10.244.3.1') }, 'replace');
  await client.write(bytes('hello?'));
  await expect(lab.settle(client.read(), 5000)).rejects.toMatchObject({ errno: 'ECONNRESET' });
});

test('a RST in the window that is not the next in order is asked about, not believed (RFC 5961)', async () => {
  const lab = new Lab();
  const { podA, podB } = lab.cluster();
  const [client, server] = await pair(lab, podA, podB);
  const last = segments(lab, podB).at(-1) as TcpSegment;
  const forge = (sequence: number) =>
    podB.stack.ip.send(
      {
        source: server.local.address,
        destination: client.local.address,
        payload: { ...last, sequence: sequence >>> 0, syn: false, rst: true, data: new Uint8Array(0) },
      },
      new Skb(undefined, 0),
    );
  forge(last.sequence + 100);
  await lab.clock.runTo(lab.clock.now() + 10);
  expect(stateOf(podA, client)).toBe('ESTABLISHED');
  forge(last.sequence + 1);
  await lab.clock.runTo(lab.clock.now() + 10);
  await expect(lab.settle(client.read())).rejects.toMatchObject({ errno: 'ECONNRESET' });
});

test('both close at once: CLOSING on both sides, then TIME_WAIT for a minute', async () => {
  const lab = new Lab();
  const { podA, podB } = lab.cluster();
  const [client, server] = await pair(lab, podA, podB);
  client.close();
  server.close();
  await lab.clock.runTo(lab.clock.now() + 10);
  expect([stateOf(podA, client), podB.sockets.list().at(-1)?.state]).toEqual(['TIME_WAIT', 'TIME_WAIT']);
  expect(podA.sockets.list()[0]?.timer?.name).toBe('timewait');
  await lab.clock.runTo(lab.clock.now() + 60_000);
  expect(podA.sockets.list()).toEqual([]);
});

test('close(2): a peer that never closes leaves FIN_WAIT2 after tcp_fin_timeout; what it sends meets RST', async () => {
  const lab = new Lab();
  const { podA, podB } = lab.cluster();
  const [client, server] = await pair(lab, podA, podB);
  client.close();
  await lab.clock.runTo(lab.clock.now() + 50);
  expect(stateOf(podA, client)).toBe('FIN_WAIT2');
  await lab.clock.runTo(lab.clock.now() + 60_000);
  expect(stateOf(podA, client)).toBeUndefined();
  await server.write(bytes('late'));
  await lab.clock.runTo(lab.clock.now() + 10);
  await expect(server.write(bytes('later'))).rejects.toMatchObject({ errno: 'EPIPE' });
});

test('close(2) with something unread sends RST', async () => {
  const lab = new Lab();
  const { podA, podB } = lab.cluster();
  const [client, server] = await pair(lab, podA, podB);
  await client.write(bytes('unread'));
  await lab.clock.runTo(lab.clock.now() + 10);
  server.close();
  await expect(lab.settle(client.read())).rejects.toMatchObject({ errno: 'ECONNRESET' });
});

test('keep-alive: probes while the peer lives; without answers the connection has timed out', async () => {
  const lab = new Lab();
  const { b, podA, podB } = lab.cluster();
  const [client] = await pair(lab, podA, podB);
  client.keepAlive({ idle: 60_000, interval: 10_000, probes: 3 });
  await lab.clock.runTo(lab.clock.now() + 200_000);
  expect(stateOf(podA, client)).toBe('ESTABLISHED');
  expect(podA.sockets.list()[0]?.timer).toMatchObject({ name: 'keepalive', retries: 0 });
  b.setSysctl('net.ipv4.ip_forward', 0);
  const began = lab.clock.now();
  await expect(lab.settle(client.read())).rejects.toMatchObject({ errno: 'ETIMEDOUT' });
  expect(lab.clock.now() - began).toBeLessThan(100_000);
});

test('both open at once: one connection (RFC 9293, 3.5)', async () => {
  const lab = new Lab({ latency: 10 });
  const { a, b } = lab.cluster();
  await lab.ping(a, '172.18.0.3');
  const [one, two] = [
    a.sockets.connectTcp({ address: ip('172.18.0.3'), port: 2222 }, owner, { sourcePort: 1111 }),
    b.sockets.connectTcp({ address: ip('172.18.0.2'), port: 1111 }, owner, { sourcePort: 2222 }),
  ];
  const [first, second] = (await lab.settle(Promise.all([one, two]), 5000)) ?? [];
  await first?.write(bytes('hi'));
  expect(new TextDecoder().decode(await lab.settle(second?.read() ?? Promise.resolve(undefined)))).toBe('hi');
});

test('a bound source port: taken in TIME_WAIT; low ones are for root; a listener may rebind', async () => {
  const lab = new Lab();
  const { podA, podB } = lab.cluster();
  const listener = podB.sockets.listenTcp({ address: 0, port: PORT }, owner);
  const connect = (sourcePort: number, uid = 0) =>
    lab.settle(podA.sockets.connectTcp({ address: ip(SERVER), port: PORT }, { ...owner, uid }, { sourcePort }));
  const client = await connect(5000);
  expect(client?.local).toEqual({ address: ip('10.244.2.5'), port: 5000 });
  client?.close();
  (await lab.settle(listener.accept()))?.close();
  await lab.clock.runTo(lab.clock.now() + 10);
  await expect(connect(5000)).rejects.toMatchObject({ errno: 'EADDRINUSE' });
  await expect(connect(80, 1000)).rejects.toMatchObject({ errno: 'EACCES' });
  expect(client?.originalDestination()).toEqual(client?.local);
});

test('an entry says what ss shows: queues, owner, numbers', async () => {
  const lab = new Lab();
  const { podA, podB } = lab.cluster();
  const mine = { pid: 7, name: 'client', ended: new AbortController().signal };
  podB.sockets.listenTcp({ address: 0, port: PORT }, owner, { backlog: 10 });
  await lab.settle(podA.sockets.connectTcp({ address: ip(SERVER), port: PORT }, mine));
  const client = await lab.settle(podA.sockets.connectTcp({ address: ip(SERVER), port: PORT }, mine));
  await client?.write(bytes('12345'));
  await lab.clock.runTo(lab.clock.now() + 10);
  const entries = podB.sockets.list();
  expect(entries[0]).toMatchObject({ state: 'LISTEN', receiveQueue: 2, sendQueue: 10 });
  expect(entries[2]).toMatchObject({ state: 'ESTABLISHED', receiveQueue: 5, owner: undefined });
  expect(podA.sockets.list().map(({ fd }) => fd)).toEqual([3, 4]);
  expect(podA.sockets.list()[1]).toMatchObject({
    owner: mine,
    sendQueue: 0,
    tcp: { timestamps: true, sack: true, segment: 1448, pathMtu: 1500, congestion: 10, bytesAcknowledged: 6 },
  });
  expect(formatIp(entries[2]?.remote?.address ?? 0)).toBe('10.244.2.5');
});
