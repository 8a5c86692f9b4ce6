import { afterAll, describe } from 'vitest';
import { wallClock } from '../../src/companion/wall-clock.ts';
import { LabEngine } from '../../src/labs/session/engine.ts';
import { clusterSpec } from '../../src/labs/spec/cluster.ts';
import { deleteCluster } from '../../src/labs/targets/kind/cluster.ts';
import type { KindTarget } from '../../src/labs/targets/kind/target.ts';
import { bothWays } from '../labs/both-ways.ts';
import { labIds, readLab } from '../labs/labs.ts';
import { kindLeftOut } from './available.ts';
import { kindBench, testFolder } from './bench.ts';

const reason = await kindLeftOut();
if (reason !== undefined) console.warn(`Left out: ${reason}`);

describe.skipIf(reason !== undefined)('every lab both ways, on a real cluster', () => {
  const { folder, remove } = testFolder();
  const targets: KindTarget[] = [];
  const clusters = new Set<string>();
  afterAll(async () => {
    for (const target of targets) await target.close();
    for (const name of clusters) await deleteCluster(folder, name);
    remove();
  });
  for (const lab of labIds().map(readLab)) {
    if (!lab.targets.includes('kind')) continue;
    bothWays(lab, async () => {
      const bench = kindBench(lab.id, folder);
      targets.push(bench.target);
      clusters.add(clusterSpec(lab).name);
      const errors: string[] = [];
      const engine = new LabEngine({
        target: bench.target,
        lab,
        clock: wallClock,
        emit: (event) => event.type === 'error' && errors.push(event.message),
      });
      await engine.handle({ type: 'start', lab: lab.id });
      return { ...bench, engine, errors };
    });
  }
});
