import { expect, test } from 'vitest';
import { Bench } from './network.fixture.ts';

test('dmesg shows what rules have logged, and forgets it when it is told to', async () => {
  const bench = new Bench();
  const node = bench.lab.node('a', 2);
  await bench.run(node, 'iptables -A OUTPUT -p icmp -j LOG --log-prefix seen:');
  await bench.run(node, 'ping -c 1 127.0.0.1');
  const { stdout } = await bench.run(node, 'dmesg');
  expect(stdout).toMatch(/^\[ +\d+\.\d{6}\] seen:IN= OUT=lo SRC=127\.0\.0\.1 DST=127\.0\.0\.1 LEN=84 .*TYPE=8 /);
  expect(stdout.split('\n')).toHaveLength(3);
  expect((await bench.run(node, 'dmesg -t')).stdout).toMatch(/^seen:IN= /);
  expect((await bench.run(node, 'dmesg -C')).stdout).toBe('');
  expect((await bench.run(node, 'dmesg')).stdout).toBe('');
});
