import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { courseFolder } from '../../src/labs/targets/kind/folder.ts';
import { KindTarget } from '../../src/labs/targets/kind/target.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SCRIPT = join(ROOT, 'dist', 'cli', 'hop.mjs');

/** A course folder of the tests' own: no learner's file or cluster is touched. */
export function testFolder() {
  const data = mkdtempSync(join(tmpdir(), 'hop-kind-'));
  return {
    data,
    folder: courseFolder({ XDG_DATA_HOME: data }),
    remove: () => rmSync(data, { recursive: true, force: true }),
  };
}

/** What the learner's shell runs as `hop`: the bundle, made when it isn't there. */
export function hopCommand() {
  if (!existsSync(SCRIPT)) execFileSync(process.execPath, [join(ROOT, 'src', 'build', 'cli.mjs')]);
  return { node: process.execPath, script: SCRIPT };
}

/** A kind target in a test; the cluster's time is everybody's. */
export function kindBench(lab: string, folder: ReturnType<typeof courseFolder>) {
  const target = new KindTarget({ lab, folder, hop: hopCommand() });
  return {
    target,
    wait: <T>(work: Promise<T>): Promise<T> => work,
    pass: async (milliseconds: number): Promise<void> => {
      await sleep(milliseconds);
    },
  };
}
