import { expect, test } from 'vitest';
import { serveZone } from '../dns/server.fixture.ts';
import { Bench } from '../network.fixture.ts';

/** What is compared with the real dig and nslookup stands in tests/differential/sockets/dns.test.ts. */

function setUp() {
  const bench = new Bench();
  const { podA, podB } = bench.lab.cluster();
  bench.machine(podA).files.write('/etc/resolv.conf', 'nameserver 10.244.3.6\n');
  serveZone(podB);
  return { bench, podA };
}

test('a whole answer', async () => {
  const { bench, podA } = setUp();
  const { stdout, code } = await bench.run(podA, 'dig alias.example.com');
  expect(code).toBe(0);
  const lines = stdout
    .replace(/id: \d+/, 'id: 1')
    .replace(/WHEN: .*/, 'WHEN: then')
    .split('\n');
  expect(lines).toEqual([
    '',
    '; <<>> DiG 9.18.49-1~deb12u3-Debian <<>> alias.example.com',
    ';; global options: +cmd',
    ';; Got answer:',
    ';; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1',
    ';; flags: qr aa rd ra; QUERY: 1, ANSWER: 2, AUTHORITY: 0, ADDITIONAL: 1',
    '',
    ';; OPT PSEUDOSECTION:',
    '; EDNS: version: 0, flags:; udp: 1232',
    ';; QUESTION SECTION:',
    ';alias.example.com.\t\tIN\tA',
    '',
    ';; ANSWER SECTION:',
    'alias.example.com.\t300\tIN\tCNAME\tweb.example.com.',
    'web.example.com.\t300\tIN\tA\t10.0.0.2',
    '',
    ';; Query time: 0 msec',
    ';; SERVER: 10.244.3.6#53(10.244.3.6) (UDP)',
    ';; WHEN: then',
    ';; MSG SIZE  rcvd: 80',
    '',
    '',
  ]);
});

test('nobody answers: three tries of five seconds', async () => {
  const { bench, podA } = setUp();
  const began = bench.lab.clock.now();
  const { stdout, code } = await bench.run(podA, 'dig @10.244.3.99 x');
  expect(code).toBe(9);
  expect(stdout.match(/;; communications error to 10.244.3.99#53: (timed out|host unreachable)/g)?.length).toBe(3);
  expect(bench.lab.clock.now() - began).toBeGreaterThan(3000);
});

test.each([
  ['dig +trace x', 'dig: +trace is not modelled in this simulation\n'],
  ['dig -k key x', 'dig: option -k is not modelled in this simulation\n'],
  ['dig -6 x', 'dig: IPv6 is not modelled in this simulation\n'],
])('%s is refused by name', async (line, stderr) => {
  const { bench, podA } = setUp();
  expect(await bench.run(podA, line)).toEqual({ code: 1, stdout: '', stderr });
});

test('nslookup: a name, an address, and what it refuses', async () => {
  const { bench, podA } = setUp();
  const server = 'Server:\t\t10.244.3.6\nAddress:\t10.244.3.6#53\n\n';
  expect((await bench.run(podA, 'nslookup alias.example.com')).stdout).toBe(
    `${server}alias.example.com\tcanonical name = web.example.com.\nName:\tweb.example.com\nAddress: 10.0.0.2\n\n`,
  );
  expect((await bench.run(podA, 'nslookup 10.0.0.2')).stdout).toBe(
    '2.0.0.10.in-addr.arpa\tname = web.example.com.\n\n',
  );
  expect((await bench.run(podA, 'nslookup nope.example.com')).code).toBe(1);
  expect((await bench.run(podA, 'nslookup')).stderr).toBe(
    'nslookup: the interactive mode is not modelled in this simulation\n',
  );
});
