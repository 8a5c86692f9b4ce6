import { equal } from '../../api/draft.ts';
import type { Node } from '../../types/cluster.ts';
import type { Pod } from '../../types/pod.ts';
import {
  type Endpoint,
  type EndpointPort,
  type EndpointSlice,
  SERVICE_NAME,
  type Service,
} from '../../types/service.ts';
import type { ControllerContext, RunningController } from '../controller.ts';
import { controllerReference } from '../ownership.ts';
import { found, ReconcileLoop, splitKey } from '../queue.ts';
import { ENDPOINT_SLICES, NODES, PODS, SERVICES } from '../resources.ts';
import { onServiceChange } from '../service-changes.ts';
import { endpointOf, isEndpoint, portsOf } from './endpoint.ts';
import { hinted } from './hints.ts';
import { lastChange, TRIGGERED } from './last-change.ts';
import { type Group, planSlices, portsKey } from './slices.ts';

const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const CONTROLLER = 'endpointslice-controller.k8s.io';
const HEADLESS = 'service.kubernetes.io/headless';
/** Labels that are this controller's own, whatever a Service says. */
const RESERVED = new Set([SERVICE_NAME, MANAGED_BY, HEADLESS]);

/**
 * Lists the pods that each Service selects in EndpointSlices. Source: kubernetes.io, "EndpointSlices";
 * kubernetes/pkg/controller/endpointslice.
 */
export function endpointSliceController({ client, clock, feeds }: ControllerContext): RunningController {
  const loop = new ReconcileLoop(clock, reconcile);
  onServiceChange(feeds, (key) => loop.add(key));
  feeds.on(ENDPOINT_SLICES, (_, { metadata }) => {
    const service = metadata.labels?.[SERVICE_NAME];
    if (service !== undefined && metadata.labels?.[MANAGED_BY] === CONTROLLER)
      loop.add(`${metadata.namespace}/${service}`);
  });
  return { stop: () => loop.stop() };

  async function reconcile(key: string): Promise<void> {
    const { namespace, name } = splitKey(key);
    const service = (await found(client.get(SERVICES, { namespace, name }))) as Service | undefined;
    // What a deleted Service leaves behind is the garbage collector's.
    if (service === undefined || service.metadata.deletionTimestamp !== undefined) return;
    const selector = service.spec.selector ?? {};
    if (Object.keys(selector).length === 0 || service.spec.type === 'ExternalName') return;
    const labelSelector = Object.entries(selector)
      .map(([label, value]) => `${label}=${value}`)
      .join();
    const pods = (await client.list(PODS, { namespace }, { labelSelector })).items as readonly Pod[];
    const mine = `${SERVICE_NAME}=${name},${MANAGED_BY}=${CONTROLLER}`;
    const existing = (await client.list(ENDPOINT_SLICES, { namespace }, { labelSelector: mine }))
      .items as readonly EndpointSlice[];
    await carryOut(service, existing, await groupsOf(service, pods), pods);
  }

  async function groupsOf(service: Service, pods: readonly Pod[]): Promise<readonly Group[]> {
    const groups = new Map<string, { ports: readonly EndpointPort[]; endpoints: Endpoint[] }>();
    for (const pod of pods) {
      if (!isEndpoint(pod)) continue;
      const node = pod.spec.nodeName ? await found(client.get(NODES, { name: pod.spec.nodeName })) : undefined;
      if (node === undefined && service.spec.publishNotReadyAddresses !== true) continue;
      const ports = portsOf(pod, service);
      const key = portsKey(ports);
      let group = groups.get(key);
      if (group === undefined) {
        group = { ports, endpoints: [] };
        groups.set(key, group);
      }
      group.endpoints.push(endpointOf(pod, service, node as Node | undefined));
    }
    return [...groups.values()];
  }

  async function carryOut(
    service: Service,
    existing: readonly EndpointSlice[],
    groups: readonly Group[],
    pods: readonly Pod[],
  ): Promise<void> {
    const namespace = service.metadata.namespace ?? '';
    const { create, update, remove } = planSlices(existing, groups);
    const labels = labelsOf(service);
    const changed = lastChange(service, pods);
    const annotations = changed === undefined ? {} : { [TRIGGERED]: changed };
    const hints = (endpoints: readonly Endpoint[]) => endpoints.map((endpoint) => hinted(endpoint, service));
    for (const { ports, endpoints } of create) {
      const slice = {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: {
          generateName: `${service.metadata.name}-`,
          labels,
          annotations,
          ownerReferences: [controllerReference(service)],
        },
        addressType: 'IPv4',
        endpoints: hints(endpoints),
        ports,
      };
      await client.create(ENDPOINT_SLICES, slice, { namespace });
    }
    const planned = new Map(update.map(({ slice, endpoints }) => [slice, endpoints]));
    for (const slice of existing) {
      if (remove.includes(slice)) continue;
      const endpoints = hints(planned.get(slice) ?? slice.endpoints ?? []);
      const same = equal(endpoints, slice.endpoints ?? []) && equal(labels, slice.metadata.labels);
      if (same) continue;
      const metadata = { ...slice.metadata, labels, annotations: { ...slice.metadata.annotations, ...annotations } };
      await found(client.update(ENDPOINT_SLICES, { ...slice, metadata, endpoints }));
    }
    for (const { metadata } of remove) {
      await found(client.delete(ENDPOINT_SLICES, { namespace, name: metadata.name }));
    }
  }
}

function labelsOf({ metadata, spec }: Service): Readonly<Record<string, string>> {
  const own = Object.entries(metadata.labels ?? {}).filter(([name]) => !RESERVED.has(name));
  return {
    ...Object.fromEntries(own),
    ...(spec.clusterIP === 'None' && { [HEADLESS]: '' }),
    [SERVICE_NAME]: metadata.name,
    [MANAGED_BY]: CONTROLLER,
  };
}
