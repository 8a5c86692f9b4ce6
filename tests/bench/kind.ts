import { spawnSync } from 'node:child_process';
import { kindLeftOut } from '../kind/available.ts';
import type { Figure } from './figure.ts';

/** `hop lab start pods` when its cluster is there already. */
export async function kind(): Promise<readonly Figure[]> {
  const name = 'hop lab start pods on a warm kind cluster';
  const why = await kindLeftOut();
  if (why !== undefined) return [{ name, value: 'left out', unit: '', note: why }];
  const hop = () =>
    spawnSync(process.execPath, ['dist/cli/hop.mjs', 'lab', 'start', 'pods', '--shell'], {
      encoding: 'utf8',
      input: 'exit\n',
    });
  const cold = hop();
  if (cold.status !== 0)
    return [{ name, value: 'failed', unit: '', note: (cold.stderr || cold.stdout).split('\n')[0] ?? '' }];
  const began = performance.now();
  hop();
  return [{ name, value: (performance.now() - began) / 1000, unit: 's', goal: '<= 5' }];
}
