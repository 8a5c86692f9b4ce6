import { expect, test } from 'vitest';
import { Bench } from '../network.fixture.ts';

const masked = (text: string) => text.replace(/[0-9.]+ ms/g, 'T ms');

test.each(['', '-I ', '-T ', '-U '])('%sshows each router on the way to a pod, and ends there', async (method) => {
  const bench = new Bench();
  const { podA } = bench.lab.cluster();
  const ran = await bench.run(podA, `traceroute -n ${method}10.244.3.6`);
  expect(masked(ran.stdout)).toBe(
    'traceroute to 10.244.3.6 (10.244.3.6), 30 hops max, 60 byte packets\n' +
      ' 1  10.244.2.1  T ms  T ms  T ms\n' +
      ' 2  172.18.0.3  T ms  T ms  T ms\n' +
      ' 3  10.244.3.6  T ms  T ms  T ms\n',
  );
});

test('a router without a way says so, and not to every probe', async () => {
  const bench = new Bench();
  const { a, podA } = bench.lab.cluster();
  await bench.run(a, 'ip route add unreachable 10.99.0.0/16');
  const ran = await bench.run(podA, 'traceroute -n 10.99.0.1');
  expect(masked(ran.stdout).split('\n')[1]).toBe(' 1  10.244.2.1  T ms !H  T ms !H *');
});

test('who is silent is a star after five seconds; names come from /etc/hosts', async () => {
  const bench = new Bench();
  const { b, podA } = bench.lab.cluster();
  bench.machine(podA, '10.244.2.1\tnode-a\n');
  await bench.run(b, 'ip route add blackhole 10.244.3.77');
  const began = bench.lab.clock.now();
  const ran = await bench.run(podA, 'traceroute -m 2 10.244.3.77');
  expect(masked(ran.stdout).split('\n').slice(1)).toEqual([
    ' 1  node-a (10.244.2.1)  T ms  T ms  T ms',
    ' 2  * * *',
    '',
  ]);
  expect(Math.round((bench.lab.clock.now() - began) / 1000)).toBe(5);
});

test.each([
  ['traceroute --mtu 10.0.0.1', 'traceroute: --mtu is not modelled in this simulation\n'],
  ['traceroute -6 10.0.0.1', 'traceroute: -6 is not modelled in this simulation\n'],
  ['traceroute -q 11 10.0.0.1', 'no more than 10 probes per hop\n'],
  ['traceroute -m', "Option `-m' (argc 1) requires an argument: `-m max_ttl'\n"],
])('%s is refused by name', async (line, stderr) => {
  const bench = new Bench();
  expect(await bench.run(bench.lab.namespace('a'), line)).toEqual({ code: 2, stdout: '', stderr });
});
