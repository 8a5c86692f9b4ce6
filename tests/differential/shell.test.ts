import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Machine } from '../../src/linux/machine.ts';
import type { Namespace } from '../../src/linux/namespace.ts';
import { Collector } from '../../src/linux/process/streams.ts';
import { programs } from '../../src/programs/index.ts';
import { sh } from '../../src/shell/shell.ts';
import { eventLoopHost } from '../../src/simulation/host.ts';
import { Simulation } from '../../src/simulation/simulation.ts';
import { FILES, LINES } from './lines.ts';

interface Answer {
  readonly status: number | null | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

const version = spawnSync('bash', ['-c', 'echo $BASH_VERSION'], { encoding: 'utf8' }).stdout?.trim() ?? '';
/** Messages differ between versions of bash: the ones compared with are 5.2's. */
const comparable = version.startsWith('5.2');
const WORK = '/tmp/work';
const ENV = { PATH: '/usr/bin:/bin', HOME: '/root', LC_ALL: 'C.UTF-8' };
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hop-shell-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function real(line: string): Answer {
  const work = join(folder, 'work');
  rmSync(work, { recursive: true, force: true });
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(join(work, dirname(path)), { recursive: true });
    writeFileSync(join(work, path), text);
  }
  const options = { argv0: 'bash', cwd: work, env: ENV, encoding: 'utf8', timeout: 10_000, input: '' } as const;
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '--noprofile', '-c', line], options);
  return { status, stdout: stdout.replaceAll(work, WORK), stderr: stderr.replaceAll(work, WORK) };
}

async function simulated(line: string): Promise<Answer> {
  const simulation = new Simulation({ seed: line, host: eventLoopHost() });
  const machine = new Machine({
    name: 'box',
    clock: simulation,
    random: simulation.random,
    programs: { ...programs, sh: async () => sh, bash: async () => sh },
    netns: { name: 'box' } as Namespace,
  });
  for (const [path, text] of Object.entries(FILES)) {
    machine.files.mkdir(`${WORK}/${dirname(path)}`, { parents: true });
    machine.files.write(`${WORK}/${path}`, text);
  }
  const stdout = new Collector();
  const stderr = new Collector();
  const child = machine.spawn({
    argv: ['bash', '-c', line],
    cwd: WORK,
    env: new Map(Object.entries(ENV)),
    stdout,
    stderr,
  });
  let status: number | undefined;
  void child.exit.then((code) => {
    status = code;
  });
  await simulation.runUntil(() => status !== undefined, 60_000);
  return { status, stdout: stdout.text(), stderr: stderr.text() };
}

const why = comparable ? '' : ` (left out: there is no bash 5.2 here, but ${version || 'none'})`;

describe.runIf(comparable)(`the shell answers as bash does${why}`, () => {
  for (const [topic, lines] of Object.entries(LINES)) {
    describe(topic, () => {
      test.each(lines.map((line) => [line]))('%s', async (line) => {
        expect(await simulated(line)).toEqual(real(line));
      });
    });
  }
});
