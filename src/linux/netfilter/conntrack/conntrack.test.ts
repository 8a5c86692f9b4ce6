import { expect, test } from 'vitest';
import { ip, owner } from '../../network.fixture.ts';
import { Skb } from '../../packet/skb.ts';
import { conntrackOf, trackingOf } from './conntrack.ts';
import { listenTo } from './events.ts';
import { Routed } from './router.fixture.ts';

test('a datagram is NEW, its answer makes the connection two-way, and it is a stream when it goes on', async () => {
  const net = new Routed();
  const client = net.udp(net.client, 4000);
  const server = net.udp(net.server, 53);
  await net.datagram(client, '10.0.2.2', 53);
  expect(net.list()).toEqual([
    'udp      17 29 src=10.0.1.2 dst=10.0.2.2 sport=4000 dport=53 [UNREPLIED] src=10.0.2.2 dst=10.0.1.2 sport=53 dport=4000 mark=0 use=1',
  ]);
  await net.datagram(server, '10.0.1.2', 4000);
  expect(net.list()[0]).toBe(
    'udp      17 29 src=10.0.1.2 dst=10.0.2.2 sport=4000 dport=53 src=10.0.2.2 dst=10.0.1.2 sport=53 dport=4000 mark=0 use=1',
  );
  await net.pass(3000);
  await net.datagram(client, '10.0.2.2', 53);
  expect(net.list()[0]).toBe(
    'udp      17 119 src=10.0.1.2 dst=10.0.2.2 sport=4000 dport=53 src=10.0.2.2 dst=10.0.1.2 sport=53 dport=4000 [ASSURED] mark=0 use=1',
  );
  await net.pass(119_000);
  expect(net.list()).toHaveLength(1);
  await net.pass(1_000);
  expect(net.list()).toEqual([]);
});

test('TCP goes through its states', async () => {
  const net = new Routed();
  const listener = net.server.sockets.listenTcp({ address: 0, port: 80 }, owner);
  const states: string[] = [];
  listenTo(net.router.stack, ({ type, connection }) => states.push(`${type} ${connection.tcp?.state}`));
  const connecting = net.client.sockets.connectTcp({ address: ip('10.0.2.2'), port: 80 }, owner);
  const client = await net.lab.settle(connecting);
  const server = await net.lab.settle(listener.accept());
  await net.pass();
  expect(net.list()[0]).toContain('tcp      6 431999 ESTABLISHED src=10.0.1.2 dst=10.0.2.2 sport=* dport=80 ');
  expect(net.list()[0]).toContain('[ASSURED]');
  client?.close();
  await net.pass();
  server?.close();
  await net.pass();
  expect(net.list()[0]).toContain('TIME_WAIT');
  expect(states).toEqual([
    'NEW SYN_SENT',
    'UPDATE SYN_RECV',
    'UPDATE ESTABLISHED',
    'UPDATE FIN_WAIT',
    'UPDATE CLOSE_WAIT',
    'UPDATE LAST_ACK',
    'UPDATE TIME_WAIT',
  ]);
  await net.pass(120_000);
  expect(states.at(-1)).toBe('DESTROY TIME_WAIT');
});

test('a refused connection leaves nothing behind', async () => {
  const net = new Routed();
  const connecting = net.client.sockets.connectTcp({ address: ip('10.0.2.2'), port: 81 }, owner);
  await expect(net.lab.settle(connecting)).rejects.toThrow('Connection refused');
  expect(net.list()).toEqual([]);
});

test('an error is RELATED to the connection of the packet inside; one about nothing known is INVALID', async () => {
  const net = new Routed();
  const states: (string | undefined)[] = [];
  net.router.stack.hooks.register('forward', {
    name: 'test',
    priority: 0,
    run: ({ skb }) => {
      states.push(skb.connection && `${skb.connection.state} ${skb.connection.direction}`);
      return 'accept';
    },
  });
  const client = net.udp(net.client, 4000);
  await net.datagram(client, '10.0.2.2', 99);
  expect(states.splice(0)).toEqual(['new original', 'related reply']);
  net.router.stack.hooks.register('prerouting', {
    name: 'forgets',
    priority: -300,
    run: ({ packet }) => {
      if (packet.payload.protocol === 'icmp') for (const one of net.conntrack.connections()) net.conntrack.delete(one);
      return 'accept';
    },
  });
  await net.datagram(client, '10.0.2.2', 99);
  expect(states).toEqual(['new original', undefined]);
});

test('a ping is one connection by its identifier, for 30 seconds', async () => {
  const net = new Routed();
  await net.lab.ping(net.client, '10.0.2.2');
  expect(net.list()).toEqual([
    'icmp     1 29 src=10.0.1.2 dst=10.0.2.2 type=8 code=0 id=* src=10.0.2.2 dst=10.0.1.2 type=0 code=0 id=* mark=0 use=1',
  ]);
  await net.pass(30_000);
  expect(net.conntrack.count).toBe(0);
});

test('a connection whose first packet is dropped is none', async () => {
  const net = new Routed();
  net.router.stack.hooks.register('forward', { name: 'drops', priority: 0, run: () => 'drop' });
  await net.datagram(net.udp(net.client, 4000), '10.0.2.2', 53);
  expect(net.list()).toEqual([]);
});

test('a full table drops what is new, unless something may go', async () => {
  const net = new Routed();
  net.conntrack.settings.max = 1;
  const client = net.udp(net.client, 4000);
  const server = net.udp(net.server, 53);
  await net.datagram(client, '10.0.2.2', 53);
  await net.datagram(server, '10.0.1.2', 4000);
  await net.pass(3000);
  await net.datagram(client, '10.0.2.2', 53);
  expect(net.list()[0]).toContain('[ASSURED]');
  await net.datagram(net.udp(net.client, 4001), '10.0.2.2', 53);
  expect(net.list()).toHaveLength(1);
  expect(net.lab.events.find(({ stage, verdict }) => stage === 'conntrack' && verdict === 'drop')?.reason).toBe(
    'nf_conntrack: table full, dropping packet',
  );
});

test('of two that are made at once for the same datagrams one stays, and both packets pass', async () => {
  const net = new Routed();
  const queued: { decide(verdict: 'accept'): void }[] = [];
  net.router.stack.hooks.register('forward', { name: 'q', priority: 0, run: () => ({ queue: 1, bypass: false }) });
  const end = net.router.stack.hooks.listen(1, (packet) => queued.push(packet));
  const client = net.udp(net.client, 4000);
  await net.datagram(client, '10.0.2.2', 53);
  await net.datagram(client, '10.0.2.2', 53);
  expect([queued.length, net.list().length]).toEqual([2, 0]);
  for (const packet of queued) packet.decide('accept');
  await net.pass();
  expect(net.list()).toHaveLength(1);
  expect(net.server.link('eth0')?.rx.packets).toBeGreaterThanOrEqual(2);
  end();
});

test('who only looks switches nothing on; what a rule exempts is untracked and in no list', async () => {
  const net = new Routed();
  expect(trackingOf(net.client.stack)).toBeUndefined();
  net.router.stack.hooks.register('prerouting', {
    name: 'raw',
    priority: -300,
    run: ({ skb }) => {
      net.conntrack.untrack(skb);
      return 'accept';
    },
  });
  await net.datagram(net.udp(net.client, 4000), '10.0.2.2', 53);
  expect(net.list()).toEqual([]);
  const skb = new Skb(undefined, 0);
  conntrackOf(net.router.stack).untrack(skb);
  expect(skb.connection?.state).toBe('untracked');
});

test('fragments are put together before they are looked at: one connection, and the ping is answered', async () => {
  const net = new Routed();
  expect((await net.lab.ping(net.client, '10.0.2.2', { size: 4000 }))?.size).toBe(4008);
  expect(net.list()).toHaveLength(1);
  expect(net.lab.trace().filter((line) => line.includes('waits for the other fragments')).length).toBeGreaterThan(0);
});

test('the settings are sysctls: a shorter timeout, and packets counted', async () => {
  const net = new Routed();
  net.router.setSysctl('net.netfilter.nf_conntrack_udp_timeout', 5);
  net.router.setSysctl('net.netfilter.nf_conntrack_acct', 1);
  expect(() => net.router.setSysctl('net.netfilter.nf_conntrack_acct', 2)).toThrow('Invalid argument');
  await net.datagram(net.udp(net.client, 4000), '10.0.2.2', 53);
  expect(net.list()).toEqual([
    'udp      17 4 src=10.0.1.2 dst=10.0.2.2 sport=4000 dport=53 packets=1 bytes=32 [UNREPLIED] src=10.0.2.2 dst=10.0.1.2 sport=53 dport=4000 packets=0 bytes=0 mark=0 use=1',
  ]);
  expect(net.router.getSysctl('net.netfilter.nf_conntrack_count')).toBe('1');
});

test('a mark stays with the connection, and is told of', async () => {
  const net = new Routed();
  const told: string[] = [];
  listenTo(net.router.stack, ({ type, connection }) => told.push(`${type} ${connection.mark}`));
  net.router.stack.hooks.register('forward', {
    name: 'marks',
    priority: -150,
    run: ({ skb }) => {
      if (skb.connection?.direction === 'reply') net.conntrack.setMark(skb.connection.entry, 5);
      return 'accept';
    },
  });
  await net.lab.ping(net.client, '10.0.2.2');
  expect(told).toEqual(['NEW 0', 'UPDATE 5']);
  expect(net.list()[0]).toContain('mark=5');
});
