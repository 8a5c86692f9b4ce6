import type { Pod } from '../../types/pod.ts';
import type { EndpointAddress, EndpointPort, EndpointSubset, Service } from '../../types/service.ts';
import { endpointOf, isEndpoint, portsOf } from '../endpointslice/endpoint.ts';

interface Ports {
  readonly port: EndpointPort;
  /** Address and pod -> whether it counts as ready. */
  readonly addresses: Map<string, { readonly address: EndpointAddress; readonly ready: boolean }>;
}

/**
 * A Service's pods as Endpoints' subsets: addresses that serve the same ports stand in one. Pods on their way out are
 * left out. Source: kubernetes/pkg/api/v1/endpoints/util.go, RepackSubsets.
 */
export function subsetsOf(service: Service, pods: readonly Pod[]): readonly EndpointSubset[] {
  const byPort = new Map<string, Ports>();
  const tolerant = service.spec.publishNotReadyAddresses === true;
  for (const pod of pods) {
    if (!isEndpoint(pod) || (pod.metadata.deletionTimestamp !== undefined && !tolerant)) continue;
    const { addresses, hostname, nodeName, targetRef, conditions } = endpointOf(pod, service, undefined);
    const address: EndpointAddress = {
      ip: addresses[0] ?? '',
      ...(hostname !== undefined && { hostname }),
      ...(nodeName !== undefined && { nodeName }),
      ...(targetRef !== undefined && { targetRef }),
    };
    const ready = tolerant || conditions?.serving === true;
    for (const port of portsOf(pod, service)) {
      const key = JSON.stringify(port);
      let ports = byPort.get(key);
      if (ports === undefined) {
        ports = { port, addresses: new Map() };
        byPort.set(key, ports);
      }
      ports.addresses.set(`${address.ip} ${targetRef?.uid}`, { address, ready });
    }
  }
  return repack([...byPort.values()]);
}

/** Ports that have the same addresses, ready and not, go together. */
function repack(all: readonly Ports[]): readonly EndpointSubset[] {
  const bySet = new Map<string, Ports[]>();
  for (const ports of all) {
    const set = [...ports.addresses]
      .map(([key, { ready }]) => `${key} ${ready}`)
      .toSorted()
      .join();
    const same = bySet.get(set);
    if (same === undefined) bySet.set(set, [ports]);
    else same.push(ports);
  }
  return [...bySet.values()].map((same): EndpointSubset => {
    const every = [...(same[0]?.addresses.values() ?? [])].toSorted((a, b) => (a.address.ip < b.address.ip ? -1 : 1));
    const addresses = every.filter(({ ready }) => ready).map(({ address }) => address);
    const notReadyAddresses = every.filter(({ ready }) => !ready).map(({ address }) => address);
    return {
      ...(addresses.length > 0 && { addresses }),
      ...(notReadyAddresses.length > 0 && { notReadyAddresses }),
      ports: same.map(({ port: { name, port = 0, protocol, appProtocol } }) => ({
        ...(name && { name }),
        port,
        ...(protocol !== undefined && { protocol }),
        ...(appProtocol !== undefined && { appProtocol }),
      })),
    };
  });
}
