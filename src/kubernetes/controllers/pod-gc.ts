import type { Pod } from '../types/pod.ts';
import type { ControllerContext, RunningController } from './controller.ts';
import { found, ReconcileLoop } from './queue.ts';
import { NODES, PODS } from './resources.ts';

/** Upstream looks at all pods every 20 s. */
const PERIOD = 20_000;

/** Removes pods whose node is gone, and pods that end without ever having had one. */
export function podGarbageCollector({ client, clock, feeds }: ControllerContext): RunningController {
  const loop = new ReconcileLoop(clock, collect);
  feeds.on(NODES, (change) => {
    if (change === 'DELETED') loop.addAfter('all', PERIOD);
  });
  feeds.on(PODS, (change, object) => {
    const pod = object as Pod;
    if (change !== 'DELETED' && pod.metadata.deletionTimestamp !== undefined && !pod.spec.nodeName) loop.add('all');
  });
  return { stop: () => loop.stop() };

  async function collect(): Promise<void> {
    const nodes = new Set((await client.list(NODES)).items.map(({ metadata }) => metadata.name));
    const { items } = await client.list(PODS);
    for (const pod of items as readonly Pod[]) {
      const { nodeName } = pod.spec;
      const lost = nodeName !== undefined && nodeName !== '' && !nodes.has(nodeName);
      const unscheduled = !nodeName && pod.metadata.deletionTimestamp !== undefined;
      if (!lost && !unscheduled) continue;
      const { namespace = '', name, uid } = pod.metadata;
      await found(
        client.delete(PODS, { namespace, name }, { gracePeriodSeconds: 0, ...(uid ? { preconditions: { uid } } : {}) }),
      );
    }
  }
}
