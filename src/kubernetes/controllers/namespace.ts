import { timestamp } from '../events/time.ts';
import type { Namespace } from '../types/cluster.ts';
import type { ControllerContext, RunningController } from './controller.ts';
import { found, ReconcileLoop } from './queue.ts';
import { NAMESPACED, NAMESPACES } from './resources.ts';

/** How often a namespace that can't end yet is looked at again, in ms; upstream estimates from the grace periods. */
const AGAIN = 1000;

/** Empties a namespace that is being deleted, and lets it go by finalizing it. Source: kubernetes.io, "Namespaces". */
export function namespaceController({ client, clock, feeds }: ControllerContext): RunningController {
  const loop = new ReconcileLoop(clock, reconcile);
  feeds.on(NAMESPACES, (change, object) => {
    if (change !== 'DELETED' && object.metadata.deletionTimestamp !== undefined) loop.add(object.metadata.name);
  });
  return { stop: () => loop.stop() };

  async function reconcile(name: string): Promise<void> {
    const namespace = (await found(client.get(NAMESPACES, { name }))) as Namespace | undefined;
    if (namespace?.metadata.deletionTimestamp === undefined) return;
    const left: string[] = [];
    for (const resource of NAMESPACED) {
      await client.deleteCollection(resource, { namespace: name }, { propagationPolicy: 'Background' });
      const { items } = await client.list(resource, { namespace: name });
      if (items.length > 0) left.push(`${resource.resource}. has ${items.length} resource instances`);
    }
    if (left.length > 0) {
      await tell(name, left);
      loop.addAfter(name, AGAIN);
      return;
    }
    const now = (await found(client.get(NAMESPACES, { name }))) as Namespace | undefined;
    if (now === undefined) return;
    const finalizers = now.spec?.finalizers?.filter((finalizer) => finalizer !== 'kubernetes') ?? [];
    await found(client.update(NAMESPACES, { ...now, spec: { ...now.spec, finalizers } } as Namespace, 'finalize'));
  }

  async function tell(name: string, left: readonly string[]): Promise<void> {
    const namespace = (await found(client.get(NAMESPACES, { name }))) as Namespace | undefined;
    if (namespace === undefined) return;
    const message = `Some resources are remaining: ${left.join(', ')}`;
    const old = namespace.status?.conditions?.find(({ type }) => type === 'NamespaceContentRemaining');
    if (old?.message === message) return;
    const condition = {
      type: 'NamespaceContentRemaining',
      status: 'True',
      reason: 'SomeResourcesRemain',
      message,
      lastTransitionTime: old?.lastTransitionTime ?? timestamp(clock),
    } as const;
    const others = namespace.status?.conditions?.filter(({ type }) => type !== condition.type) ?? [];
    const status = { ...namespace.status, conditions: [...others, condition] };
    await found(client.update(NAMESPACES, { ...namespace, status }, 'status'));
  }
}
