import { afterAll, describe } from 'vitest';
import { deleteCluster } from '../../src/labs/targets/kind/cluster.ts';
import { targetCases } from '../contract/target-cases.ts';
import { kindBench, testFolder } from './bench.ts';
import { leftOut } from './readiness.ts';

describe.skipIf(await leftOut())('on a real cluster', () => {
  const { folder, remove } = testFolder();
  afterAll(async () => {
    await deleteCluster(folder, 'hop-lab');
    remove();
  });
  targetCases('kind', async () => {
    const bench = kindBench('contract', folder);
    return { ...bench, close: () => bench.target.close() };
  });
});
