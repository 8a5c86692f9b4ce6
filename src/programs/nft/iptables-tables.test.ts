import { beforeEach, expect, test } from 'vitest';
import type { NetworkNamespace } from '../../linux/namespace.ts';
import { Bench } from '../network.fixture.ts';

let bench: Bench;
let netns: NetworkNamespace;
const run = (line: string) => bench.run(netns, line.split(' '));

beforeEach(() => {
  bench = new Bench();
  netns = bench.lab.namespace('node');
});

test("nft lists the rules of iptables in its own words, with xtables' translations, and warns of them", async () => {
  await run('iptables -t nat -N KUBE-SERVICES');
  await run(
    'iptables -t nat -A KUBE-SERVICES -d 10.96.0.10 -p udp -m comment --comment dns -m udp --dport 53 -j RETURN',
  );
  await run('iptables -t nat -A POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN');
  await run('iptables -t nat -A POSTROUTING -m recent --rcheck -j MASQUERADE --random-fully');
  const listed = await run('nft -a list ruleset');
  expect(listed.stderr).toBe('# Warning: table ip nat is managed by iptables-nft, do not touch!\n');
  expect(listed.stdout).toBe(`table ip nat { # handle 1
	chain KUBE-SERVICES { # handle 1
		meta l4proto udp ip daddr 10.96.0.10  udp dport 53 counter packets 0 bytes 0 return # handle 2
	}

	chain POSTROUTING { # handle 3
		type nat hook postrouting priority srcnat; policy accept;
		meta mark & 0x00004000 != 0x00004000 counter packets 0 bytes 0 return # handle 4
		xt match recent counter packets 0 bytes 0 masquerade fully-random # handle 5
	}
}
`);
});

test('tables stand in the order in which they were made, whichever tool made them', async () => {
  await run('nft add table ip early');
  await run('iptables -A INPUT -j ACCEPT');
  await run('nft add table inet late');
  expect((await run('nft list tables')).stdout).toBe('table ip early\ntable ip filter\ntable inet late\n');
});

test('flush ruleset takes the rules of iptables away, and packets no longer meet them', async () => {
  await run('iptables -A OUTPUT -d 127.0.0.1 -j DROP');
  expect((await run('ping -c 1 -W 1 127.0.0.1')).code).toBe(1);
  expect((await run('nft -c flush ruleset')).code).toBe(0);
  expect((await run('iptables -S OUTPUT')).stdout).toContain('DROP');
  expect((await run('nft flush ruleset')).code).toBe(0);
  expect((await run('iptables -S OUTPUT')).stdout).toBe('-P OUTPUT ACCEPT\n');
  expect((await run('ping -c 1 -W 1 127.0.0.1')).code).toBe(0);
});

test('a rule of nft in a table of iptables is refused by name, and nothing has changed', async () => {
  await run('iptables -A INPUT -j ACCEPT');
  const refused = await run('nft add rule ip filter INPUT drop');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('changing table ip filter, which is of iptables, is not modelled here');
  expect((await run('iptables -S INPUT')).stdout).toBe('-P INPUT ACCEPT\n-A INPUT -j ACCEPT\n');
});
