import { expect, test } from 'vitest';
import { ip, owner } from '../../network.fixture.ts';
import { Routed } from '../conntrack/router.fixture.ts';
import { priority } from '../hook-table.ts';
import { logOf } from '../log.ts';
import { Nft } from './nftables.fixture.ts';
import { ruleTraceOf } from './trace.ts';

/** A router between a client and a server, with rules. */
function routed(rules: string, options: { traced?: boolean } = {}) {
  const net = new Routed(options);
  const nft = new Nft(net.router, net.lab);
  nft.run(rules);
  return { net, nft };
}

/** Sends a datagram from a new socket of the client, and tells what the server's socket at `port` has got of it. */
async function datagram(net: Routed, to: string, port: number, at = port) {
  const server = net.server.sockets.openUdp({ address: 0, port: at }, owner);
  const client = net.client.sockets.openUdp({ address: 0, port: 0 }, owner);
  client.send({ address: ip(to), port }, new TextEncoder().encode('hello'));
  const got = await net.lab.settle(server.receive(), 100);
  server.close();
  client.close();
  return got;
}

const SERVICES = `table ip kube-proxy {
	map service-ips {
		type ipv4_addr . inet_proto . inet_service : verdict
		elements = { 10.96.0.10 . udp . 53 : goto service-dns }
	}
	chain services {
		ip daddr . meta l4proto . th dport vmap @service-ips
	}
	chain service-dns {
		ip saddr != 10.244.0.0/16 jump mark-for-masquerade
		numgen inc mod 2 vmap { 0 : goto endpoint-1, 1 : goto endpoint-2 }
	}
	chain endpoint-1 {
		meta l4proto udp dnat to 10.0.2.2:5301
	}
	chain endpoint-2 {
		meta l4proto udp dnat to 10.0.2.2:5302
	}
	chain mark-for-masquerade {
		mark set mark or 0x4000
	}
	chain masquerading {
		mark and 0x4000 == 0 return
		mark set mark xor 0x4000
		masquerade fully-random
	}
	chain nat-prerouting {
		type nat hook prerouting priority dstnat; policy accept;
		jump services
	}
	chain nat-postrouting {
		type nat hook postrouting priority srcnat; policy accept;
		jump masquerading
	}
}`;

test('a service of kube-proxy: the map finds it, numgen picks an endpoint, the mark masquerades', async () => {
  const { net } = routed(SERVICES);
  const first = await datagram(net, '10.96.0.10', 53, 5301);
  expect(first?.from.address).toBe(ip('10.0.2.1'));
  const second = await datagram(net, '10.96.0.10', 53, 5302);
  expect(second?.from.address).toBe(ip('10.0.2.1'));
  expect(await datagram(net, '10.96.0.10', 54, 5301)).toBeUndefined();
  const told = net.lab.events
    .filter(({ table }) => table === 'ip kube-proxy')
    .map(({ chain, rule }) => `${chain}: ${rule}`);
  expect(told.slice(0, 6)).toEqual([
    'nat-prerouting: jump services',
    'services: ip daddr . meta l4proto . th dport vmap @service-ips',
    'service-dns: ip saddr != 10.244.0.0/16 jump mark-for-masquerade',
    'mark-for-masquerade: meta mark set meta mark | 0x00004000',
    'service-dns: numgen inc mod 2 vmap { 0 : goto endpoint-1, 1 : goto endpoint-2 }',
    'endpoint-1: meta l4proto udp dnat to 10.0.2.2:5301',
  ]);
});

test('dnat to a map of addresses with ports, redirect, and snat to a range', async () => {
  const { net } = routed(`table ip t {
	map forwards {
		type inet_service : ipv4_addr . inet_service
		elements = { 2222 : 10.0.2.2 . 22 }
	}
	chain pre {
		type nat hook prerouting priority dstnat;
		udp dport 2222 dnat ip to udp dport map @forwards
		udp dport 99 redirect to :100
	}
	chain post {
		type nat hook postrouting priority srcnat;
		ip daddr 10.0.2.2 snat to 10.0.2.7-10.0.2.7
	}
}`);
  expect((await datagram(net, '10.0.1.1', 2222, 22))?.from.address).toBe(ip('10.0.2.7'));
  const own = net.router.sockets.openUdp({ address: 0, port: 100 }, owner);
  net.udp(net.client, 0).send({ address: ip('10.9.9.9'), port: 99 }, new Uint8Array(1));
  expect((await net.lab.settle(own.receive(), 100))?.from.address).toBe(ip('10.0.1.2'));
});

test('packets put themselves into a set, which forgets them in time', async () => {
  const { net, nft } = routed(`table ip t {
	set seen {
		type ipv4_addr
		flags dynamic,timeout
		timeout 1m
	}
	chain c {
		type filter hook forward priority 0;
		ip saddr @seen counter drop
		add @seen { ip saddr }
	}
}`);
  expect(await datagram(net, '10.0.2.2', 5)).toBeDefined();
  expect(nft.run('list set ip t seen')).toMatch(/elements = \{ 10\.0\.1\.2 expires 59s\d+ms \}/);
  expect(await datagram(net, '10.0.2.2', 5)).toBeUndefined();
  await net.pass(61_000);
  expect(nft.run('list set ip t seen')).not.toContain('elements');
  expect(await datagram(net, '10.0.2.2', 5)).toBeDefined();
});

test('a limit lets a burst pass and then what its rate allows', async () => {
  const { net, nft } = routed(`table ip t {
	chain c {
		type filter hook forward priority 0;
		limit rate 1/second burst 3 packets counter accept
		drop
	}
}`);
  const socket = net.udp(net.client, 0);
  for (let i = 0; i < 10; i++) socket.send({ address: ip('10.0.2.2'), port: 5 }, new Uint8Array(1));
  await net.pass();
  expect(nft.run('list chain ip t c')).toContain('counter packets 3 ');
  await net.pass(2000);
  for (let i = 0; i < 10; i++) socket.send({ address: ip('10.0.2.2'), port: 5 }, new Uint8Array(1));
  await net.pass();
  expect(nft.run('list chain ip t c')).toContain('counter packets 5 ');
});

test('a route chain that sets a mark makes the route be looked up again', async () => {
  const net = new Routed();
  const nft = new Nft(net.client, net.lab);
  nft.run(
    'table ip t {\n\tchain c {\n\t\ttype route hook output priority mangle;\n\t\tudp dport 7 meta mark set 1\n\t}\n}',
  );
  const ways: unknown[] = [];
  for (const at of [priority.first, priority.filter]) {
    net.client.stack.hooks.register('output', {
      name: 'watch',
      priority: at,
      run: ({ path }) => {
        ways.push(path);
        return 'accept';
      },
    });
  }
  for (const port of [7, 8]) await net.datagram(net.udp(net.client, 0), '10.0.2.2', port);
  const [before7, after7, before8, after8] = ways;
  expect([before7 === after7, before8 === after8]).toEqual([false, true]);
});

test('log writes a line as the kernel does; a queue without a listener drops unless it is bypassed', async () => {
  const { net, nft } = routed(`table inet t {
	chain c {
		type filter hook forward priority 0;
		udp dport 5 log prefix "five: " level info
		udp dport 6 queue num 3
		udp dport 7 queue flags bypass to 3
	}
}`);
  expect(await datagram(net, '10.0.2.2', 5)).toBeDefined();
  expect(logOf(net.router.stack).lines.map(({ text, level }) => [level, text.slice(0, 24)])).toEqual([
    [6, 'five: IN=left OUT=right '],
  ]);
  expect(await datagram(net, '10.0.2.2', 6)).toBeUndefined();
  expect(await datagram(net, '10.0.2.2', 7)).toBeDefined();
  expect(nft.run('list chain inet t c')).toContain('queue flags bypass to 3');
});

test('connection tracking: state, direction, addresses of both directions, status and marks', async () => {
  const { net, nft } = routed(`table ip t {
	chain c {
		type filter hook forward priority 0;
		ct state new ct direction original counter
		ct state established ct direction reply counter
		ct original ip daddr 10.0.2.2 ct reply ip saddr 10.0.2.2 counter
		ct state new ct mark set 0x10 ct mark 0x10 counter
		ct status & (snat|dnat) == 0 counter
		ct state invalid,untracked counter
	}
}`);
  expect(await net.lab.ping(net.client, '10.0.2.2')).toBeDefined();
  const counters = [...nft.run('list chain ip t c').matchAll(/counter packets (\d+)/g)].map(([, packets]) =>
    Number(packets),
  );
  expect(counters).toEqual([1, 1, 2, 1, 2, 0]);
});

test.for([true, false])('meta nftrace tells each rule in the lines of nft monitor trace (tap: %s)', async (traced) => {
  const { net } = routed(
    `table ip t {
	chain pre {
		type filter hook prerouting priority raw;
		icmp type echo-request meta nftrace set 1
	}
	chain c {
		type filter hook forward priority 0; policy drop;
		ip saddr 1.2.3.4 accept
		jump x
	}
	chain x {
		meta mark set 5
	}
}`,
    { traced },
  );
  const lines: string[] = [];
  const devices = { index: () => undefined, name: () => undefined };
  ruleTraceOf(net.router.stack).listen((line) => lines.push(line({ devices })));
  await net.lab.ping(net.client, '10.0.2.2', { patience: 100 });
  const mac = '([0-9a-f]{2}:){5}[0-9a-f]{2}';
  const id = lines[0]?.slice(0, 17) ?? '';
  expect(id).toMatch(/^trace id [0-9a-f]{8}$/);
  expect(lines[0]?.replace(new RegExp(mac, 'g'), 'MAC').replace(/ (ip|icmp) id \d+/g, ' $1 id N')).toBe(
    `${id} ip t pre packet: iif "left" ether saddr MAC ether daddr MAC ip saddr 10.0.1.2 ip daddr 10.0.2.2 ip dscp cs0 ip ecn not-ect ip ttl 64 ip id N ip length 84 icmp type echo-request icmp code net-unreachable icmp id N icmp sequence 1 @th,64,96 0x0 `,
  );
  expect(lines.filter((line) => !line.includes(' packet: '))).toEqual([
    `${id} ip t pre rule icmp type echo-request meta nftrace set 1 (verdict continue)`,
    `${id} ip t pre policy accept `,
    `${id} ip t c rule jump x (verdict jump x)`,
    `${id} ip t x rule meta mark set 0x00000005 (verdict continue)`,
    `${id} ip t c policy drop meta mark 0x00000005 `,
  ]);
});

test('fib: an address of the host, and a source that its device does not lead to', async () => {
  const { net, nft } = routed(`table ip t {
	chain c {
		type filter hook prerouting priority raw;
		fib daddr type local counter
		fib daddr . iif type local counter
		fib saddr . iif oif missing counter
		fib saddr oifname "left" counter
	}
}`);
  await net.lab.ping(net.client, '10.0.1.1');
  await net.lab.ping(net.client, '10.0.2.1');
  const counters = [...nft.run('list chain ip t c').matchAll(/counter packets (\d+)/g)].map(([, packets]) =>
    Number(packets),
  );
  expect(counters).toEqual([2, 1, 0, 2]);
});

test('with nobody listening nothing is told', async () => {
  const { net, nft } = routed(
    'table ip t {\n\tchain c {\n\t\ttype filter hook forward priority 0;\n\t\tcounter drop\n\t}\n}',
    {
      traced: false,
    },
  );
  expect(await datagram(net, '10.0.2.2', 5)).toBeUndefined();
  expect(nft.run('list chain ip t c')).toContain('counter packets 1 ');
  expect(net.lab.events).toEqual([]);
});

test('of base chains with one priority the one that was made last is asked first, as in the kernel', async () => {
  const { net, nft } = routed(`table ip t {
	chain one {
		type filter hook forward priority 0;
		counter
	}
	chain two {
		type filter hook forward priority 0;
		counter drop
	}
	chain three {
		type filter hook forward priority 0;
		quota over 5 bytes counter
	}
}`);
  expect(await datagram(net, '10.0.2.2', 5)).toBeUndefined();
  const counters = [...nft.run('list table ip t').matchAll(/counter packets (\d+)/g)].map(([, packets]) =>
    Number(packets),
  );
  expect(counters).toEqual([0, 1, 1]);
  expect(nft.run('list chain ip t three')).toContain('quota over 5 bytes used 5 bytes counter packets 1 ');
});
