import type { Node } from '../../types/cluster.ts';
import type { Container } from '../../types/container.ts';
import type { Pod } from '../../types/pod.ts';
import type { Endpoint, EndpointPort, Service, ServicePort } from '../../types/service.ts';
import { isReady } from '../pods.ts';

const ZONE = 'topology.kubernetes.io/zone';

/** Whether a pod counts among a Service's endpoints: it has an address and has not ended. */
export function isEndpoint({ spec, status }: Pod): boolean {
  if (!status?.podIP) return false;
  // A pod that always restarts ends only with its node.
  return status.phase !== 'Succeeded' && status.phase !== 'Failed' && spec.containers.length > 0;
}

/**
 * A pod as an endpoint. `ready` is what clients go by: it is serving and not on its way out, or the Service asks for
 * pods that aren't ready too. Source: staging/src/k8s.io/endpointslice/utils.go, podToEndpoint.
 */
export function endpointOf(pod: Pod, service: Service, node: Node | undefined): Endpoint {
  const serving = isReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const { name, namespace, uid } = pod.metadata;
  const { hostname, subdomain, nodeName } = pod.spec;
  const zone = node?.metadata.labels?.[ZONE];
  return {
    addresses: [pod.status?.podIP ?? ''],
    conditions: {
      ready: service.spec.publishNotReadyAddresses === true || (serving && !terminating),
      serving,
      terminating,
    },
    ...(hostname && subdomain === service.metadata.name && { hostname }),
    ...(nodeName && { nodeName }),
    targetRef: {
      kind: 'Pod',
      name,
      ...(namespace !== undefined && { namespace }),
      ...(uid !== undefined && { uid }),
    },
    ...(zone !== undefined && { zone }),
  };
}

/** The Service's ports as this pod serves them; a named port that no container of it has is left out. */
export function portsOf(pod: Pod, service: Service): readonly EndpointPort[] {
  return (service.spec.ports ?? []).flatMap((port): readonly EndpointPort[] => {
    const number = targetPort(pod, port);
    if (number === undefined) return [];
    const { name = '', protocol = 'TCP', appProtocol } = port;
    return [{ name, port: number, protocol, ...(appProtocol !== undefined && { appProtocol }) }];
  });
}

/** The number of the port that a Service's port stands for on this pod. */
export function targetPort(pod: Pod, { targetPort: target, port, protocol = 'TCP' }: ServicePort): number | undefined {
  if (typeof target !== 'string') return target || port;
  const sidecars = (pod.spec.initContainers ?? []).filter((one: Container) => one.restartPolicy === 'Always');
  for (const { ports = [] } of [...pod.spec.containers, ...sidecars]) {
    for (const one of ports) if (one.name === target && (one.protocol ?? 'TCP') === protocol) return one.containerPort;
  }
  return undefined;
}
