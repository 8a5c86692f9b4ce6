import type { Service, ServiceSpec } from '../../types/service.ts';
import { type Draft, equal } from '../draft.ts';
import { hasNodePorts, isExternallyAccessible, needsClusterIp, needsHealthCheck, nodePortsOf } from './fields.ts';

type Spec = Draft<ServiceSpec>;

/** An update that leaves out what was allocated doesn't mean to give it up. Source: storage.go, `patchAllocatedValues`. */
export function keepAllocated({ spec }: Draft<Service>, { spec: old }: Service): void {
  if (needsClusterIp(old) && needsClusterIp(spec as ServiceSpec)) {
    if (!spec.clusterIP && old.clusterIP !== undefined) spec.clusterIP = old.clusterIP;
    if (!spec.clusterIPs?.length && old.clusterIPs?.length) spec.clusterIPs = [...old.clusterIPs];
  }
  if (hasNodePorts(old) && hasNodePorts(spec as ServiceSpec)) {
    const given = new Set(nodePortsOf(spec as ServiceSpec));
    const used = new Set(nodePortsOf(old).filter((port) => given.has(port)));
    const before = new Map((old.ports ?? []).map(({ name = '', nodePort }) => [name, nodePort]));
    for (const port of spec.ports ?? []) {
      if (port.nodePort) continue;
      const known = before.get(port.name ?? '');
      if (known && !used.has(known)) port.nodePort = known;
    }
  }
  if (needsHealthCheck(old) && needsHealthCheck(spec as ServiceSpec) && old.healthCheckNodePort) {
    spec.healthCheckNodePort ||= old.healthCheckNodePort;
  }
}

/** Keeps `clusterIPs` and `clusterIP` together where a client wrote only one of them. */
export function normalizeClusterIps(spec: Spec, old: ServiceSpec | undefined): void {
  if (old === undefined) {
    if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
    return;
  }
  if (old.clusterIPs?.length && !spec.clusterIPs?.length && old.clusterIP === spec.clusterIP) {
    spec.clusterIPs = [...old.clusterIPs];
  }
  if ((old.clusterIP ?? '') === (spec.clusterIP ?? '') || !equal(spec.clusterIPs ?? [], old.clusterIPs ?? [])) return;
  if (old.clusterIP && !spec.clusterIP) delete spec.clusterIPs;
  else if (spec.clusterIP) spec.clusterIPs = [spec.clusterIP];
}

/** Takes away what only the old type needed, if the update leaves it as it was. Source: strategy.go. */
export function dropTypeDependent(spec: Spec, old: ServiceSpec): void {
  const now = spec as ServiceSpec;
  if (needsClusterIp(old) && !needsClusterIp(now)) {
    if (old.clusterIP === spec.clusterIP && equal(old.clusterIPs, spec.clusterIPs)) {
      delete spec.clusterIP;
      delete spec.clusterIPs;
    }
    if (equal(old.ipFamilies, spec.ipFamilies)) delete spec.ipFamilies;
    if (old.ipFamilyPolicy === spec.ipFamilyPolicy) delete spec.ipFamilyPolicy;
  }
  if (hasNodePorts(old) && !hasNodePorts(now)) {
    const before = nodePortsOf(old);
    if (nodePortsOf(now).every((port) => before.includes(port)))
      for (const port of spec.ports ?? []) delete port.nodePort;
  }
  if (needsHealthCheck(old) && !needsHealthCheck(now) && old.healthCheckNodePort === spec.healthCheckNodePort) {
    delete spec.healthCheckNodePort;
  }
  if (old.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    if (old.allocateLoadBalancerNodePorts === spec.allocateLoadBalancerNodePorts) {
      delete spec.allocateLoadBalancerNodePorts;
    }
    if (old.loadBalancerClass === spec.loadBalancerClass) delete spec.loadBalancerClass;
  }
  if (
    isExternallyAccessible(old) &&
    !isExternallyAccessible(now) &&
    old.externalTrafficPolicy === spec.externalTrafficPolicy
  ) {
    delete spec.externalTrafficPolicy;
  }
}
