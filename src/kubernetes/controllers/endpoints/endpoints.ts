import { equal } from '../../api/draft.ts';
import type { Pod } from '../../types/pod.ts';
import type { Endpoints, Service } from '../../types/service.ts';
import type { ControllerContext, RunningController } from '../controller.ts';
import { lastChange, TRIGGERED } from '../endpointslice/last-change.ts';
import { found, keyOf, ReconcileLoop, splitKey } from '../queue.ts';
import { ENDPOINTS, PODS, SERVICES } from '../resources.ts';
import { onServiceChange } from '../service-changes.ts';
import { subsetsOf } from './subsets.ts';

const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';
const HEADLESS = 'service.kubernetes.io/headless';

/**
 * Lists each Service's pods in the older Endpoints object, which nothing in the cluster reads any more but people do.
 * Source: kubernetes/pkg/controller/endpoint.
 */
export function endpointsController({ client, clock, feeds }: ControllerContext): RunningController {
  const loop = new ReconcileLoop(clock, reconcile);
  onServiceChange(feeds, (key) => loop.add(key));
  feeds.on(ENDPOINTS, (change, object) => {
    if (change === 'DELETED') loop.add(keyOf(object));
  });
  return { stop: () => loop.stop() };

  async function reconcile(key: string): Promise<void> {
    const at = splitKey(key);
    const service = (await found(client.get(SERVICES, at))) as Service | undefined;
    const there = (await found(client.get(ENDPOINTS, at))) as Endpoints | undefined;
    if (service === undefined) {
      if (there?.metadata.labels?.[MANAGED_BY] !== undefined) await found(client.delete(ENDPOINTS, at));
      return;
    }
    if (service.spec.type === 'ExternalName' || service.spec.selector === undefined) return;
    const labelSelector = Object.entries(service.spec.selector)
      .map(([label, value]) => `${label}=${value}`)
      .join();
    const pods = (await client.list(PODS, { namespace: at.namespace }, { labelSelector })).items as readonly Pod[];
    await write(service, there, pods);
  }

  async function write(service: Service, there: Endpoints | undefined, pods: readonly Pod[]): Promise<void> {
    const subsets = subsetsOf(service, pods);
    const labels = {
      ...service.metadata.labels,
      ...(service.spec.clusterIP === 'None' && { [HEADLESS]: '' }),
      [MANAGED_BY]: 'endpoint-controller',
    };
    if (there !== undefined && equal(there.subsets ?? [], subsets) && equal(there.metadata.labels, labels)) return;
    const changed = lastChange(service, pods);
    const { name, namespace = '' } = service.metadata;
    const annotations = { ...there?.metadata.annotations, ...(changed !== undefined && { [TRIGGERED]: changed }) };
    const object = {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { ...there?.metadata, name, namespace, labels, annotations },
      ...(subsets.length > 0 && { subsets }),
    };
    if (there === undefined) await client.create(ENDPOINTS, object, { namespace });
    else await found(client.update(ENDPOINTS, object));
  }
}
