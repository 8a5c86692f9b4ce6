import { expect, test } from 'vitest';
import { Machine } from '../linux/machine.ts';
import type { Namespace } from '../linux/namespace.ts';
import { Collector } from '../linux/process/streams.ts';
import { eventLoopHost } from '../simulation/host.ts';
import { Simulation } from '../simulation/simulation.ts';
import { programs } from './index.ts';

async function run(...argv: string[]): Promise<string[]> {
  const simulation = new Simulation({ seed: 'ps', host: eventLoopHost() });
  const netns = { name: 'box' } as Namespace;
  const machine = new Machine({ name: 'box', clock: simulation, random: simulation.random, programs, netns });
  const stdout = new Collector();
  let ended = false;
  void machine.spawn({ argv, stdout, stderr: stdout }).exit.then(() => {
    ended = true;
  });
  expect(await simulation.runUntil(() => ended, 1000)).toBe(true);
  machine.shutdown();
  return stdout.text().trimEnd().split('\n');
}

test('ps aux has the columns of ps aux, ps -ef those of ps -ef', async () => {
  const [head = '', ...rows] = await run('ps', 'aux');
  expect(head).toBe('USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND');
  const own = rows.find((row) => row.endsWith('ps aux')) ?? '';
  expect(own).toMatch(/^root +\d+ {2}0\.0 {2}0\.0 {6}0 {5}0 \? {8}R {4}\d\d:\d\d {3}0:00 ps aux$/);
  expect(own.indexOf('ps aux')).toBe(head.indexOf('COMMAND'));
  expect((await run('ps', '-ef'))[0]).toBe('UID          PID    PPID  C STIME TTY          TIME CMD');
});

test('ps -u, a list of users, is refused by name', async () => {
  expect((await run('ps', '-u', 'root')).join('\n')).toContain("invalid option -- 'u'");
});
