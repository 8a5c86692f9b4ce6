import { expect, test } from 'vitest';
import { Machine } from '../linux/machine.ts';
import type { Namespace } from '../linux/namespace.ts';
import { Collector } from '../linux/process/streams.ts';
import { eventLoopHost } from '../simulation/host.ts';
import { Simulation } from '../simulation/simulation.ts';
import { editor } from './editor.ts';

async function vi(line: readonly string[], open?: (path: string) => boolean) {
  const simulation = new Simulation({ seed: 'vi', host: eventLoopHost() });
  const machine = new Machine({
    name: 'laptop',
    clock: simulation,
    random: simulation.random,
    programs: { vi: async () => editor },
    netns: { name: 'laptop' } as Namespace,
    services: open === undefined ? {} : { editor: { open } },
  });
  const output = new Collector();
  let status: number | undefined;
  const child = machine.spawn({ argv: ['vi', ...line], cwd: '/root', stdout: output, stderr: output });
  void child.exit.then((code) => {
    status = code;
  });
  await simulation.runUntil(() => status !== undefined);
  return { status, output: output.text() };
}

test('a file of the learner opens in the editor tab', async () => {
  const opened: string[] = [];
  const open = (path: string) => opened.push(path) > 0;
  expect(await vi(['pod.yaml'], open)).toEqual({ status: 0, output: 'pod.yaml is open in the editor tab.\n' });
  expect(opened).toEqual(['/root/pod.yaml']);
});

test('what the tab can’t open is said: another folder, no tab, no file', async () => {
  expect((await vi(['/etc/hosts'], () => false)).output).toContain('opens files of your own folder only');
  expect((await vi(['pod.yaml'])).output).toContain('there is no editor here');
  expect((await vi([])).status).toBe(2);
});
