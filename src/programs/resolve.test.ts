import { expect, test } from 'vitest';
import { formatIp } from '../linux/packet/address.ts';
import { serveZone } from './dns/server.fixture.ts';
import { Bench } from './network.fixture.ts';

const SEARCH = 'search default.svc.example.com svc.example.com example.com\noptions ndots:5\n';

function setUp(resolvConf: string) {
  const bench = new Bench();
  const { podA, podB } = bench.lab.cluster();
  bench.machine(podA, '10.0.0.77\tbox box.local\n').files.write('/etc/resolv.conf', resolvConf);
  return { bench, podA, podB, asked: serveZone(podB) };
}

const SERVER = 'nameserver 10.244.3.6\n';

test('the search list is tried in order, A and AAAA at once, as glibc does', async () => {
  const { bench, podA, asked } = setUp(SERVER + SEARCH);
  const ran = await bench.run(podA, 'ping -c1 -W1 web');
  expect(ran.stdout.split('\n')[0]).toBe('PING web (10.0.0.2) 56(84) bytes of data.');
  const from = 'from 10.244.2.5';
  expect(asked).toEqual([
    `1 web.default.svc.example.com. ${from}`,
    `28 web.default.svc.example.com. ${from}`,
    `1 web.svc.example.com. ${from}`,
    `28 web.svc.example.com. ${from}`,
    `1 web.example.com. ${from}`,
    `28 web.example.com. ${from}`,
  ]);
});

test.each([
  ['getent hosts web', '10.0.0.2        web.example.com\n'],
  ['getent hosts alias', '10.0.0.2        web.example.com alias.example.com\n'],
  ['getent hosts 10.0.0.2', '10.0.0.2        web.example.com\n'],
  ['getent hosts box.local', '10.0.0.77       box box.local\n'],
  [
    'getent ahosts multi',
    '10.0.0.2        STREAM multi.example.com\n10.0.0.2        DGRAM  \n10.0.0.2        RAW    \n' +
      '10.0.0.3        STREAM \n10.0.0.3        DGRAM  \n10.0.0.3        RAW    \n',
  ],
  ['getent services http', 'http                  80/tcp www\n'],
  ['getent services 53/udp', 'domain                53/udp\n'],
  ['getent protocols 17', 'udp                   17 UDP\n'],
])('%s', async (line, stdout) => {
  const { bench, podA } = setUp(SERVER + SEARCH);
  expect(await bench.run(podA, line)).toEqual({ code: 0, stdout, stderr: '' });
});

test('getent: what is not there, and what it refuses', async () => {
  const { bench, podA } = setUp(SERVER + SEARCH);
  expect((await bench.run(podA, 'getent hosts nope')).code).toBe(2);
  expect((await bench.run(podA, 'getent services nosuch')).code).toBe(2);
  expect((await bench.run(podA, 'getent foo')).stderr).toBe('Unknown database: foo\n');
  expect((await bench.run(podA, 'getent rpc')).stderr).toBe(
    'getent: database rpc is not modelled in this simulation\n',
  );
});

test('a name with enough dots is asked for as it is first; a last dot leaves the list out', async () => {
  const { bench, podA, asked } = setUp(SERVER + SEARCH.replace('ndots:5', 'ndots:1'));
  await bench.run(podA, 'getent ahosts web.example.com');
  await bench.run(podA, 'getent ahosts nope.');
  expect(asked.map((line) => line.split(' ')[1])).toEqual(['web.example.com.', 'nope.', 'nope.']);
});

test('a silent server is asked twice, five seconds each; then the next one would be', async () => {
  const { bench, podA } = setUp('nameserver 10.244.3.66\n');
  const began = bench.lab.clock.now();
  const ran = await bench.run(podA, 'ping -c1 web.example.com.');
  expect(ran).toEqual({
    code: 2,
    stdout: '',
    stderr: 'ping: web.example.com.: Temporary failure in name resolution\n',
  });
  expect(Math.round((bench.lab.clock.now() - began) / 1000)).toBe(10);
  const other = setUp('nameserver 10.244.3.66\nnameserver 10.244.3.6\n');
  const two = other.bench.lab.clock.now();
  expect((await other.bench.run(other.podA, 'getent ahosts web.example.com.')).code).toBe(0);
  expect(Math.round((other.bench.lab.clock.now() - two) / 1000)).toBe(5);
});

test('nobody listens: the failure comes at once', async () => {
  const { bench, podA } = setUp('');
  const ran = await bench.run(podA, 'ping -c1 web');
  expect(ran.stderr).toBe('ping: web: Temporary failure in name resolution\n');
  expect(bench.lab.clock.now()).toBeLessThan(100);
});

test('no such name, and a name without an IPv4 address', async () => {
  const { bench, podA } = setUp(SERVER);
  expect((await bench.run(podA, 'ping -c1 nope.example.com')).stderr).toBe(
    'ping: nope.example.com: Name or service not known\n',
  );
  expect((await bench.run(podA, 'ping -c1 txt.example.com')).stderr).toBe(
    'ping: txt.example.com: No address associated with hostname\n',
  );
});

test('a truncated answer is fetched by TCP', async () => {
  const { bench, podA, asked } = setUp(SERVER);
  const { stdout } = await bench.run(podA, 'getent hosts big.example.com');
  expect(stdout.split('\n').length - 1).toBe(60);
  expect(stdout).toContain(`${formatIp(0x0a010000 + 59).padEnd(15)} big.example.com\n`);
  expect(asked.at(-1)).toBe('1 big.example.com. from 10.244.2.5 by TCP');
});
