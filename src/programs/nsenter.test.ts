import { expect, test } from 'vitest';
import { Bench } from './network.fixture.ts';

function setUp() {
  const bench = new Bench();
  const { a, podA } = bench.lab.cluster();
  const machine = bench.machine(a);
  const { pid } = machine.spawn({ argv: ['nc', '-l', '9000'], netns: podA, hostname: 'pod-a' });
  machine.namespaces.set('blue', podA);
  return { bench, a, pid };
}

test("a process's network namespace, and a named one", async () => {
  const { bench, a, pid } = setUp();
  await bench.lab.clock.runTo(bench.lab.clock.now() + 5);
  const inside = /eth0@if\d+ +UP +10.244.2.5\/24/;
  for (const line of [
    `nsenter -t ${pid} -n ip -br addr`,
    `nsenter --target=${pid} --net ip -br addr`,
    `nsenter -t ${pid} -a ip -br addr`,
    'nsenter --net=/run/netns/blue ip -br addr',
    'nsenter -n/run/netns/blue ip -br addr',
    `nsenter --net=/proc/${pid}/ns/net ip -br addr`,
  ]) {
    expect((await bench.run(a, line)).stdout, line).toMatch(inside);
  }
  expect((await bench.run(a, `nsenter -t ${pid} ip -br addr`)).stdout).not.toMatch(inside);
  expect((await bench.run(a, `nsenter -t ${pid} -n hostname`)).stdout).toBe('a\n');
  expect((await bench.run(a, `nsenter -t ${pid} -n -u hostname`)).stdout).toBe('pod-a\n');
  expect((await bench.run(a, `nsenter -t ${pid} -n ss -ltnH`)).stdout).toMatch(/^LISTEN 0 {6}1 +0.0.0.0:9000/);
});

test.each([
  ['nsenter --net=/run/netns/nosuch ip', 1, 'nsenter: cannot open /run/netns/nosuch: No such file or directory\n'],
  ['nsenter -t 9999 -n ip', 1, 'nsenter: cannot open /proc/9999/ns/net: No such file or directory\n'],
  ['nsenter -n ip', 1, 'nsenter: neither filename nor target pid supplied for ns/net\n'],
  ['nsenter -t x -n ip', 1, "nsenter: failed to parse pid: 'x'\n"],
  ['nsenter -t 1 -n nosuch', 127, 'nsenter: failed to execute nosuch: No such file or directory\n'],
  ['nsenter -q', 1, "nsenter: invalid option -- 'q'\nTry 'nsenter --help' for more information.\n"],
  ['nsenter --foo', 1, "nsenter: unrecognized option '--foo'\nTry 'nsenter --help' for more information.\n"],
  ['nsenter -t', 1, "nsenter: option requires an argument -- 't'\nTry 'nsenter --help' for more information.\n"],
  ['nsenter -t 1 -U ip', 1, 'nsenter: -U is not modelled in this simulation\n'],
])('%s is refused as util-linux does', async (line, code, stderr) => {
  const { bench, a } = setUp();
  expect(await bench.run(a, line)).toEqual({ code, stdout: '', stderr });
});
