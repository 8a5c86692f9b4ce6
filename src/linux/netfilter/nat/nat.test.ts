import { expect, test } from 'vitest';
import { ip, Lab, owner, prefix } from '../../network.fixture.ts';
import { trackingOf } from '../conntrack/conntrack.ts';
import { Routed } from '../conntrack/router.fixture.ts';
import type { Passage } from '../passage.ts';
import { natOf } from './nat.ts';
import type { NatRange } from './range.ts';

function range(manipulate: NatRange['manipulate'], address: string, port?: number): NatRange {
  const one = { manipulate, minAddress: ip(address), maxAddress: ip(address) };
  return port === undefined ? one : { ...one, minPort: port, maxPort: port };
}

test('NAT switches connection tracking on, once; who only looks does not', () => {
  const { stack } = new Lab().namespace('a');
  expect(trackingOf(stack)).toBeUndefined();
  const nat = natOf(stack);
  expect(natOf(stack)).toBe(nat);
  expect(trackingOf(stack)).toBe(nat.conntrack);
});

test('SNAT changes the source, keeps the port, and answers find their way back', async () => {
  const net = new Routed();
  const nat = natOf(net.router.stack);
  let asked = 0;
  nat.register('postrouting', {
    name: 'test',
    priority: 100,
    run: (passage) => {
      asked++;
      return nat.setup(passage, range('source', '10.0.2.1'));
    },
  });
  const client = net.udp(net.client, 4000);
  const server = net.udp(net.server, 53);
  const heard = server.receive();
  await net.datagram(client, '10.0.2.2', 53);
  expect((await heard).from).toEqual({ address: ip('10.0.2.1'), port: 4000 });
  const answer = client.receive();
  await net.datagram(server, '10.0.2.1', 4000);
  expect((await answer).from).toEqual({ address: ip('10.0.2.2'), port: 53 });
  await net.datagram(client, '10.0.2.2', 53);
  expect(asked).toBe(1);
  expect(net.list()[0]).toBe(
    'udp      17 29 src=10.0.1.2 dst=10.0.2.2 sport=4000 dport=53 src=10.0.2.2 dst=10.0.2.1 sport=53 dport=4000 mark=0 use=1',
  );
  const translated = net.lab.events.filter(({ stage, after }) => stage === 'conntrack' && after !== undefined);
  expect(translated[0]?.reason).toBe(
    'source translated: 10.0.1.2:4000 > 10.0.2.2:53 becomes 10.0.2.1:4000 > 10.0.2.2:53',
  );
});

test('a port that is taken is replaced by one of the same kind', async () => {
  const net = new Routed();
  const nat = natOf(net.router.stack);
  const run = (passage: Passage) => nat.setup(passage, range('source', '10.0.2.1'));
  nat.register('postrouting', { name: 'test', priority: 100, run });
  await net.datagram(net.udp(net.router, 4000), '10.0.2.2', 53);
  await net.datagram(net.udp(net.client, 4000), '10.0.2.2', 53);
  const ports = net.conntrack.connections().map(({ reply }) => reply.destinationPort);
  expect(ports[0]).toBe(4000);
  expect(ports[1]).not.toBe(4000);
  expect(ports[1]).toBeGreaterThanOrEqual(1024);
});

test('DNAT to a host that answers over the router; an existing connection keeps its translation', async () => {
  const net = new Routed();
  const nat = natOf(net.router.stack);
  const run = (passage: Passage) => nat.setup(passage, range('destination', '10.0.2.2', 8080));
  const remove = nat.register('prerouting', { name: 'test', priority: -100, run });
  const listener = net.server.sockets.listenTcp({ address: 0, port: 8080 }, owner);
  const client = await net.lab.settle(net.client.sockets.connectTcp({ address: ip('10.0.1.1'), port: 80 }, owner));
  const server = await net.lab.settle(listener.accept());
  expect(client?.remote).toEqual({ address: ip('10.0.1.1'), port: 80 });
  expect(server?.local.port).toBe(8080);
  remove();
  await client?.write(new Uint8Array(10));
  expect((await net.lab.settle(server?.read() ?? Promise.resolve(undefined)))?.length).toBe(10);
  expect(net.list()[0]).toMatch(
    /src=10.0.1.2 dst=10.0.1.1 sport=\* dport=80 src=10.0.2.2 dst=10.0.1.2 sport=8080 dport=\*/,
  );
});

test('a client in its own DNATed network (hairpin): both ends are translated, and undone', async () => {
  const net = new Routed();
  const nat = natOf(net.router.stack);
  const dnat = (passage: Passage) => nat.setup(passage, range('destination', '10.0.1.2', 53));
  const snat = (passage: Passage) => nat.masquerade(passage);
  nat.register('prerouting', { name: 'test', priority: -100, run: dnat });
  nat.register('postrouting', { name: 'test', priority: 100, run: snat });
  const server = net.udp(net.client, 53);
  const client = net.udp(net.client, 4000);
  const heard = server.receive();
  await net.datagram(client, '10.0.2.9', 1053);
  const { from } = await heard;
  expect(from).toEqual({ address: ip('10.0.1.1'), port: 4000 });
  const answer = client.receive();
  server.send(from, new Uint8Array(1));
  await net.pass();
  expect((await answer).from).toEqual({ address: ip('10.0.2.9'), port: 1053 });
});

test('what was masqueraded to an address that goes is forgotten; what leaves by another device is dropped', async () => {
  const net = new Routed();
  const nat = natOf(net.router.stack);
  nat.register('postrouting', { name: 'test', priority: 100, run: (passage) => nat.masquerade(passage) });
  const client = net.udp(net.client, 4000);
  await net.datagram(client, '10.0.2.2', 53);
  expect(net.list()).toHaveLength(1);
  net.router.addAddress('right', prefix('10.0.3.1/24'));
  net.router.removeAddress('right', prefix('10.0.3.1/24'));
  expect(net.list()).toHaveLength(1);
  net.router.removeAddress('right', prefix('10.0.2.1/24'));
  expect(net.list()).toEqual([]);
  net.router.addAddress('right', prefix('10.0.2.1/24'));
  await net.datagram(client, '10.0.2.2', 53);
  net.router.setLink('right', { up: false });
  expect(net.list()).toEqual([]);
  net.router.setLink('right', { up: true });
  await net.datagram(client, '10.0.2.2', 53);
  net.router.addRoute({ destination: prefix('10.0.2.2/32'), via: ip('10.0.1.2') });
  await net.datagram(client, '10.0.2.2', 53);
  expect(net.list()).toEqual([]);
  const dropped = net.lab.events.filter(({ stage, verdict }) => stage === 'conntrack' && verdict === 'drop');
  expect(dropped.map(({ reason }) => reason)).toEqual([
    // The way back leads out by where the packet came in: its sender would be told of the shorter one.
    'a redirect about a translated connection would lead its sender past the translation',
    expect.stringContaining('masqueraded for another device'),
  ]);
});

test('an ICMP error comes back with the packet that was sent inside', async () => {
  const net = new Routed();
  const nat = natOf(net.router.stack);
  nat.register('prerouting', {
    name: 'test',
    priority: -100,
    run: (passage) => nat.setup(passage, range('destination', '10.0.2.2', 99)),
  });
  nat.register('postrouting', { name: 'test', priority: 100, run: (passage) => nat.masquerade(passage) });
  const client = net.client.sockets.openUdp({ address: 0, port: 4000 }, owner, { address: ip('10.0.1.1'), port: 53 });
  const heard = client.receive();
  client.send({ address: ip('10.0.1.1'), port: 53 }, new Uint8Array(1));
  const outcome = heard.then(
    () => 'data',
    (error: Error) => error.message,
  );
  await net.pass();
  expect(await outcome).toBe('Connection refused');
});

test('what is redirected at OUTPUT goes to loopback; a destination changed there is routed again', async () => {
  const net = new Routed();
  const nat = natOf(net.router.stack);
  const remove = nat.register('output', { name: 'test', priority: -100, run: (passage) => nat.redirect(passage) });
  const local = net.udp(net.router, 53);
  const client = net.udp(net.router, 4000);
  const heard = local.receive();
  await net.datagram(client, '10.9.9.9', 53).catch(() => {});
  await net.datagram(client, '10.0.2.77', 53);
  await heard;
  remove();
  nat.register('output', {
    name: 'test',
    priority: -100,
    run: (passage) => nat.setup(passage, range('destination', '10.0.2.2', 53)),
  });
  const server = net.udp(net.server, 53);
  const there = server.receive();
  await net.datagram(client, '10.0.1.99', 53);
  expect((await there).from.port).toBe(4000);
});

test('REDIRECT at PREROUTING goes to the first address of the device that it came in by, on the port that is named', async () => {
  const net = new Routed();
  const nat = natOf(net.router.stack);
  net.router.addAddress('left', prefix('10.0.1.99/24'));
  nat.register('prerouting', {
    name: 'test',
    priority: -100,
    run: (passage) => nat.redirect(passage, { minPort: 1053, maxPort: 1053 }),
  });
  const local = net.udp(net.router, 1053);
  const client = net.udp(net.client, 4000);
  const heard = local.receive();
  // To a host behind the router: it never gets there.
  await net.datagram(client, '10.0.2.2', 53);
  const { from } = await heard;
  expect(from).toEqual({ address: ip('10.0.1.2'), port: 4000 });
  expect(net.list()).toEqual([
    'udp      17 29 src=10.0.1.2 dst=10.0.2.2 sport=4000 dport=53 [UNREPLIED] src=10.0.1.1 dst=10.0.1.2 sport=1053 dport=4000 mark=0 use=1',
  ]);
  const answer = client.receive();
  local.send(from, new Uint8Array(1));
  await net.pass();
  expect((await answer).from).toEqual({ address: ip('10.0.2.2'), port: 53 });
});

test('REDIRECT at PREROUTING drops what came in by a device without an address, and says so', async () => {
  const net = new Routed();
  const nat = natOf(net.router.stack);
  nat.register('prerouting', { name: 'test', priority: -100, run: (passage) => nat.redirect(passage) });
  const client = net.udp(net.client, 4000);
  await net.datagram(client, '10.0.1.1', 53);
  expect(net.list()).toHaveLength(1);
  net.router.removeAddress('left', prefix('10.0.1.1/24'));
  net.router.addAddress('lo', prefix('10.0.1.1/32'));
  net.router.addRoute({ destination: prefix('10.0.1.0/24'), device: 'left', scope: 'link' });
  await net.datagram(client, '10.0.1.1', 54);
  expect(net.list()).toHaveLength(1);
  expect(net.lab.events.find(({ verdict, stage }) => verdict === 'drop' && stage === 'conntrack')?.reason).toBe(
    'the device that it came in by has no address to redirect to',
  );
});

test('SNAT at INPUT: the socket here sees another source, the client is answered by whom it asked', async () => {
  const net = new Routed();
  const nat = natOf(net.router.stack);
  let asked = 0;
  nat.register('input', {
    name: 'test',
    priority: 100,
    run: (passage) => {
      asked++;
      return nat.setup(passage, range('source', '10.0.1.50', 5000));
    },
  });
  const local = net.udp(net.router, 53);
  const client = net.udp(net.client, 4000);
  const heard = local.receive();
  await net.datagram(client, '10.0.1.1', 53);
  const { from } = await heard;
  expect(from).toEqual({ address: ip('10.0.1.50'), port: 5000 });
  const answer = client.receive();
  local.send(from, new Uint8Array(1));
  await net.pass();
  expect((await answer).from).toEqual({ address: ip('10.0.1.1'), port: 53 });
  expect(net.list()).toEqual([
    'udp      17 29 src=10.0.1.2 dst=10.0.1.1 sport=4000 dport=53 src=10.0.1.1 dst=10.0.1.50 sport=53 dport=5000 mark=0 use=1',
  ]);
  // What is forwarded does not come by.
  await net.datagram(client, '10.0.2.2', 53);
  expect(asked).toBe(1);
});
