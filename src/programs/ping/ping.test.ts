import { expect, test } from 'vitest';
import { prefix } from '../../linux/network.fixture.ts';
import { Bench } from '../network.fixture.ts';

/** Round trips vary with the seed; everything else is fixed. */
const without = (text: string) =>
  text
    .replace(/time=[\d.]+ ms/g, 'time=T ms')
    .replace(/time \d+ms/g, 'time Tms')
    .replace(/= [\d./]+ ms/g, '= R ms');

test('answers, one a second, and the summary', async () => {
  const bench = new Bench();
  const { podA } = bench.lab.cluster();
  const { code, stdout, stderr } = await bench.run(podA, 'ping -c 3 10.244.3.6');
  expect(without(stdout)).toBe(`PING 10.244.3.6 (10.244.3.6) 56(84) bytes of data.
64 bytes from 10.244.3.6: icmp_seq=1 ttl=62 time=T ms
64 bytes from 10.244.3.6: icmp_seq=2 ttl=62 time=T ms
64 bytes from 10.244.3.6: icmp_seq=3 ttl=62 time=T ms

--- 10.244.3.6 ping statistics ---
3 packets transmitted, 3 received, 0% packet loss, time Tms
rtt min/avg/max/mdev = R ms
`);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/time 20[0-5]\dms/);
  expect(stdout).toMatch(/= 0\.\d{3}\/0\.\d{3}\/\d\.\d{3}\/0\.\d{3} ms/);
});

test('a host that is not there', async () => {
  const bench = new Bench();
  const { a } = bench.lab.cluster();
  const { code, stdout } = await bench.run(a, 'ping -c 2 172.18.0.9');
  expect(without(stdout)).toBe(`PING 172.18.0.9 (172.18.0.9) 56(84) bytes of data.
From 172.18.0.2 icmp_seq=1 Destination Host Unreachable
From 172.18.0.2 icmp_seq=2 Destination Host Unreachable

--- 172.18.0.9 ping statistics ---
2 packets transmitted, 0 received, +2 errors, 100% packet loss, time Tms
pipe 2
`);
  expect(code).toBe(1);
});

test('no answer at all: it gives up after ten seconds, or as -W and -w say', async () => {
  const bench = new Bench();
  const { b, podA } = bench.lab.cluster();
  b.setSysctl('net.ipv4.ip_forward', 0);
  const { clock } = bench.lab;
  const { code, stdout } = await bench.run(podA, 'ping -c1 10.244.3.6');
  expect(code).toBe(1);
  expect(stdout).toContain('1 packets transmitted, 0 received, 100% packet loss, time 0ms\n\n');
  const first = clock.now();
  expect(Math.round(first / 1000)).toBe(10);
  await bench.run(podA, 'ping -c 1 -W 2 10.244.3.6');
  expect(Math.round((clock.now() - first) / 1000)).toBe(2);
  const second = clock.now();
  expect((await bench.run(podA, 'ping -w 3 10.244.3.6')).stdout).toContain('3 packets transmitted');
  expect(Math.round((clock.now() - second) / 1000)).toBe(3);
});

test('Ctrl-C prints the summary and ends it', async () => {
  const bench = new Bench();
  const { podA } = bench.lab.cluster();
  const { child, result } = bench.start(podA, 'ping -q -n 10.244.3.6');
  await bench.lab.clock.runTo(4500);
  child.kill('INT');
  const ran = await bench.lab.settle(result, 10);
  expect(without(ran?.stdout ?? '')).toBe(`PING 10.244.3.6 (10.244.3.6) 56(84) bytes of data.

--- 10.244.3.6 ping statistics ---
5 packets transmitted, 5 received, 0% packet loss, time Tms
rtt min/avg/max/mdev = R ms
`);
  expect(ran?.code).toBe(0);
});

test('what routers report: TTL, MTU, no route', async () => {
  const bench = new Bench();
  const { a, podA } = bench.lab.cluster();
  const first = async (line: string) => (await bench.run(podA, line)).stdout.split('\n')[1];
  expect(await first('ping -c1 -t1 10.244.3.6')).toBe('From 10.244.2.1 icmp_seq=1 Time to live exceeded');
  expect(await first('ping -c1 8.8.8.8')).toBe('From 10.244.2.1 icmp_seq=1 Destination Net Unreachable');
  a.setLink('eth0', { mtu: 1400 });
  expect(await first('ping -c1 -s 1450 -M do 10.244.3.6')).toBe(
    'From 10.244.2.1 icmp_seq=1 Frag needed and DF set (mtu = 1400)',
  );
  expect((await bench.run(podA, 'ping -c1 -s 1450 -M do 10.244.3.6')).stderr).toBe(
    'ping: local error: message too long, mtu=1400\n',
  );
  expect((await bench.run(podA, 'ping -c1 -s 3000 10.244.3.6')).stdout).toContain('3008 bytes from 10.244.3.6');
});

test('names come from /etc/hosts; -I chooses where to send from', async () => {
  const bench = new Bench();
  const { podA } = bench.lab.cluster();
  bench.machine(podA, '10.244.3.6 web web.example\n');
  podA.addAddress('eth0', prefix('10.244.2.77/24'));
  const named = await bench.run(podA, 'ping -c1 web');
  expect(named.stdout).toContain(
    'PING web (10.244.3.6) 56(84) bytes of data.\n64 bytes from web (10.244.3.6): icmp_seq=1',
  );
  expect(named.stdout).toContain('--- web ping statistics ---');
  expect((await bench.run(podA, 'ping -c1 -I eth0 10.244.2.1')).stdout).toContain(
    'PING 10.244.2.1 (10.244.2.1) from 10.244.2.5 eth0: 56(84) bytes of data.\n64 bytes',
  );
  expect((await bench.run(podA, 'ping -c1 -I 10.244.2.77 10.244.2.1')).stdout).toContain('from 10.244.2.77 : 56(84)');
});

test.each([
  ['ping', 1, 'ping: usage error: Destination address required\n'],
  ['ping -c x 1.2.3.4', 1, "ping: invalid argument: 'x'\n"],
  ['ping -t 300 1.2.3.4', 1, "ping: invalid argument: '300': out of range: 0 <= value <= 255\n"],
  ['ping -6 1.2.3.4', 2, 'ping: IPv6 is not modelled in this simulation\n'],
  ['ping nosuch', 2, 'ping: nosuch: Temporary failure in name resolution\n'],
  ['ping -I nosuch 1.2.3.4', 2, 'ping: SO_BINDTODEVICE nosuch: No such device\n'],
  ['ping -I 9.9.9.9 1.2.3.4', 2, 'ping: bind: Cannot assign requested address\n'],
  ['ping 1.2.3.4', 2, 'ping: connect: Network is unreachable\n'],
])('%s is refused', async (line, status, message) => {
  const bench = new Bench();
  const node = bench.lab.node('a', 2);
  expect(await bench.run(node, line)).toEqual({ code: status, stdout: '', stderr: message });
});

test('an option that is not there is refused by name', async () => {
  const bench = new Bench();
  const { code, stderr } = await bench.run(bench.lab.node('a', 2), 'ping -R 172.18.0.3');
  expect([code, stderr.split('\n')[0]]).toEqual([2, 'ping: -R is not modelled in this simulation']);
});

test('without pause, with dots; a broadcast is asked about first; -O tells what has no answer', async () => {
  const bench = new Bench();
  const { a } = bench.lab.cluster();
  const flood = await bench.run(a, 'ping -f -c 3 172.18.0.3');
  expect(flood.stdout).toContain('bytes of data.\n.\b \b.\b \b.\b \b\n---');
  expect(flood.stdout).toMatch(/, ipg\/ewma [\d.]+\/[\d.]+ ms\n$/);
  const refused = await bench.run(a, 'ping -c 1 172.18.255.255');
  expect([refused.code, refused.stdout]).toEqual([2, '']);
  expect(refused.stderr).toContain('Do you want to ping broadcast? Then -b.');
  expect((await bench.run(a, 'ping -O -i 0.3 -c 2 -W 1 172.18.0.9')).stdout).toContain(
    'no answer yet for icmp_seq=1\n',
  );
  expect((await bench.run(a, 'ping -c 1 127.1')).stdout).toContain('PING 127.1 (127.0.0.1)');
  expect((await bench.run(a, 'ping -R 127.1')).stderr).toBe('ping: -R is not modelled in this simulation\n');
});

test('a mark chooses the way, as ip rule says', async () => {
  const bench = new Bench();
  const { a } = bench.lab.cluster();
  for (const line of ['ip rule add fwmark 7 table 7', 'ip route add unreachable default table 7'])
    await bench.run(a, line);
  expect((await bench.run(a, 'ping -c 1 -W 1 172.18.0.3')).code).toBe(0);
  expect((await bench.run(a, 'ping -c 1 -W 1 -m 7 172.18.0.3')).code).not.toBe(0);
});
