import { expect, test } from 'vitest';
import { Bench } from '../network.fixture.ts';

/** What is compared with the real nc stands in tests/differential/sockets/nc.test.ts. */

function setUp() {
  const bench = new Bench();
  const { podA, podB } = bench.lab.cluster();
  return { bench, podA, podB };
}

test('text goes both ways, and -N ends it', async () => {
  const { bench, podA, podB } = setUp();
  const server = bench.start(podB, 'nc -l -N -v -n 9000', 'from the server\n');
  await bench.lab.clock.runTo(bench.lab.clock.now() + 5);
  const client = await bench.run(podA, 'nc -N -v 10.244.3.6 9000', 10_000, 'from the client\n');
  expect(client).toEqual({
    code: 0,
    stdout: 'from the server\n',
    stderr: 'Connection to 10.244.3.6 9000 port [tcp/*] succeeded!\n',
  });
  const ran = await bench.lab.settle(server.result, 10_000);
  expect(ran?.stdout).toBe('from the client\n');
  expect(ran?.stderr).toMatch(/^Listening on 0.0.0.0 9000\nConnection received on 10.244.2.5 \d+\n$/);
});

test('-k takes one connection after the other', async () => {
  const { bench, podA, podB } = setUp();
  const server = bench.start(podB, 'nc -l -k 9000');
  await bench.lab.clock.runTo(bench.lab.clock.now() + 5);
  for (const text of ['one\n', 'two\n']) await bench.run(podA, 'nc -N 10.244.3.6 9000', 10_000, text);
  server.child.kill('TERM');
  expect((await bench.lab.settle(server.result))?.stdout).toBe('one\ntwo\n');
});

test('a client without -N waits; -w ends it', async () => {
  const { bench, podA, podB } = setUp();
  bench.start(podB, 'nc -l -k 9000');
  await bench.lab.clock.runTo(bench.lab.clock.now() + 5);
  const began = bench.lab.clock.now();
  expect((await bench.run(podA, 'nc -w 7 10.244.3.6 9000', 60_000, 'hi\n')).code).toBe(0);
  expect(Math.round((bench.lab.clock.now() - began) / 1000)).toBe(7);
});

test.each([
  ['nc -x proxy 1.2.3.4 80', 'nc: option -x is not modelled in this simulation\n'],
  ['nc -U /tmp/socket', 'nc: option -U is not modelled in this simulation\n'],
])('%s is refused by name', async (line, stderr) => {
  const { bench, podA } = setUp();
  expect(await bench.run(podA, line)).toEqual({ code: 1, stdout: '', stderr });
});
