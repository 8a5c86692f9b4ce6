import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Entrances, execIn } from './exec.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hop-exec-'));
  vi.stubEnv('PATH', [folder, process.env.PATH].join(delimiter));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** A docker that notes what it is asked for, and then does `script` with what it should run as its arguments. */
function docker(script: string): () => string[] {
  const log = join(folder, 'log');
  writeFileSync(join(folder, 'docker'), `#!/bin/sh\necho "$*" >> ${log}\nshift 2\n${script}\n`, { mode: 0o755 });
  return () => readFileSync(log, 'utf8').trim().split('\n');
}

const place = { kind: 'node', name: 'hop-worker' } as const;
const entrances: Entrances = {
  kubectl: 'kubectl',
  kubeconfig: '',
  context: '',
  nodes: ['hop-worker'],
  outside: async () => 'outside',
};

test("what has a time limit is ended by the place's own timeout", async () => {
  const asked = docker('echo fine');
  const result = await execIn(entrances, place, ['ip', 'route'], { timeoutMs: 4500 });
  expect(result).toEqual({ code: 0, stdout: 'fine\n', stderr: '' });
  expect(asked()).toEqual(['exec hop-worker timeout -s KILL 6 ip route']);
});

test('where there is no timeout, it runs without', async () => {
  const words = 'OCI runtime exec failed: exec failed: exec: "timeout": executable file not found in $PATH: unknown';
  const asked = docker(`[ "$1" = timeout ] && { echo '${words}' >&2; exit 127; }\necho fine`);
  expect(await execIn(entrances, place, ['ip', 'route'], { timeoutMs: 1000 })).toMatchObject({ stdout: 'fine\n' });
  expect(asked()).toEqual(['exec hop-worker timeout -s KILL 2 ip route', 'exec hop-worker ip route']);
});

test.each(["timeout: failed to run command 'nosuch': No such file or directory", "timeout: can't execute 'nosuch': x"])(
  'a program that is not there is told from a timeout that is not: %s',
  async (words) => {
    const asked = docker(`echo "${words}" >&2; exit 127`);
    const result = await execIn(entrances, place, ['nosuch'], { timeoutMs: 1000 });
    expect(result).toEqual({ code: 127, stdout: '', stderr: 'nosuch: not found\n' });
    expect(asked()).toHaveLength(1);
  },
);
