import { afterAll, describe } from 'vitest';
import { deleteCluster } from '../../src/labs/targets/kind/cluster.ts';
import { removeOutside } from '../../src/labs/targets/kind/outside.ts';
import { targetCases } from '../contract/target-cases.ts';
import { kindLeftOut } from './available.ts';
import { kindBench, testFolder } from './bench.ts';

const reason = await kindLeftOut();
if (reason !== undefined) console.warn(`Left out: ${reason}`);

describe.skipIf(reason !== undefined)('on a real cluster', () => {
  const { folder, remove } = testFolder();
  afterAll(async () => {
    await deleteCluster(folder, 'hop-lab');
    await removeOutside();
    remove();
  });
  targetCases('kind', async () => {
    const bench = kindBench('contract', folder);
    return { ...bench, close: () => bench.target.close() };
  });
});
