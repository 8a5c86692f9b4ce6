import { expect, test } from 'vitest';
import { Bench } from './network.fixture.ts';

/** Two machines on the wire, and how many of the answers to `arping` the first one got. */
function setUp() {
  const bench = new Bench();
  const { a, b } = bench.lab.cluster();
  const answers = async (address: string) => {
    const { stdout } = await bench.run(a, `arping -c1 -w1 -I eth0 ${address}`);
    return Number(/Received (\d+)/.exec(stdout)?.[1]);
  };
  return { bench, a, b, answers };
}

test('asks everybody first, then the one that has answered', async () => {
  const { bench, a } = setUp();
  const ran = await bench.run(a, 'arping -c2 -I eth0 172.18.0.3');
  expect(ran.stdout.replace(/\[.*\]\s+[0-9.]+ms/g, '[MAC]  Tms')).toBe(
    'ARPING 172.18.0.3 from 172.18.0.2 eth0\n' +
      'Unicast reply from 172.18.0.3 [MAC]  Tms\n'.repeat(2) +
      'Sent 2 probes (1 broadcast(s))\nReceived 2 response(s)\n',
  );
  expect((await bench.run(a, 'arping -c1 -w1 -I eth0 172.18.0.99')).code).toBe(1);
});

test('arp_ignore 1: only addresses of the device that is asked; 8: none', async () => {
  const { b, answers } = setUp();
  expect(await answers('10.244.3.1')).toBe(1);
  b.setSysctl('net.ipv4.conf.eth0.arp_ignore', 1);
  expect(await answers('10.244.3.1')).toBe(0);
  expect(await answers('172.18.0.3')).toBe(1);
  b.setSysctl('net.ipv4.conf.eth0.arp_ignore', 8);
  expect(await answers('172.18.0.3')).toBe(0);
});

test('proxy ARP: for what is reached by another device, by sysctl or by hand', async () => {
  const { bench, b, answers } = setUp();
  expect(await answers('10.244.3.6')).toBe(0);
  b.setSysctl('net.ipv4.neigh.eth0.proxy_delay', 0);
  b.setSysctl('net.ipv4.conf.eth0.proxy_arp', 1);
  expect(await answers('10.244.3.6')).toBe(1);
  b.setSysctl('net.ipv4.conf.eth0.proxy_arp', 0);
  await bench.run(b, 'ip neigh add proxy 10.244.3.6 dev eth0');
  expect(await answers('10.244.3.6')).toBe(1);
});

test('gratuitous ARP makes a new entry only where arp_accept allows it', async () => {
  const { bench, a, b } = setUp();
  await bench.run(a, 'ip addr add 172.18.0.50/32 dev eth0');
  await bench.run(a, 'arping -U -c1 -I eth0 172.18.0.50');
  expect((await bench.run(b, 'ip neigh show 172.18.0.50')).stdout).toBe('');
  b.setSysctl('net.ipv4.conf.eth0.arp_accept', 1);
  await bench.run(a, 'arping -U -c1 -I eth0 172.18.0.50');
  expect((await bench.run(b, 'ip neigh show 172.18.0.50')).stdout).toContain('STALE');
});

test('asks for ever until it is killed', async () => {
  const { bench, a } = setUp();
  const { child, result } = bench.start(a, 'arping -I eth0 172.18.0.99');
  expect(await bench.lab.settle(result, 5_000)).toBeUndefined();
  child.kill('KILL');
  expect(await bench.lab.settle(result, 1_000)).toMatchObject({ code: 137 });
});
