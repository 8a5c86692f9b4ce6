import type { Service } from '../../types/service.ts';
import { cidrWarnings, ipWarnings } from '../validation/ip-warnings.ts';

/** Source: pkg/api/service/warnings.go. */
export function serviceWarnings({ metadata, spec }: Service): string[] {
  const warnings: string[] = [];
  const hints = 'service.kubernetes.io/topology-aware-hints';
  if (metadata.annotations?.[hints] !== undefined) {
    warnings.push(`annotation ${hints} is deprecated, please use service.kubernetes.io/topology-mode instead`);
  }
  const headless = spec.type === 'ClusterIP' && spec.clusterIP === 'None';
  const external = spec.externalIPs ?? [];
  if (spec.type !== 'ExternalName' && !headless) {
    for (const [i, ip] of (spec.clusterIPs ?? []).entries()) warnings.push(...ipWarnings(`spec.clusterIPs[${i}]`, ip));
  }
  if (headless) {
    if (spec.loadBalancerIP) warnings.push('spec.loadBalancerIP is ignored for headless services');
    if (external.length > 0) warnings.push('spec.externalIPs is ignored for headless services');
    if (spec.sessionAffinity !== 'None') warnings.push('spec.SessionAffinity is ignored for headless services');
  }
  for (const [i, ip] of external.entries()) warnings.push(...ipWarnings(`spec.externalIPs[${i}]`, ip));
  if (external.length > 0 && !headless && spec.type !== 'ExternalName') {
    warnings.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters');
  }
  if (spec.loadBalancerIP) warnings.push(...ipWarnings('spec.loadBalancerIP', spec.loadBalancerIP));
  for (const [i, cidr] of (spec.loadBalancerSourceRanges ?? []).entries()) {
    warnings.push(...cidrWarnings(`spec.loadBalancerSourceRanges[${i}]`, cidr));
  }
  if (spec.type === 'ExternalName' && external.length > 0) {
    warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  }
  if (spec.type !== 'ExternalName' && spec.externalName) {
    warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  }
  if (spec.trafficDistribution === 'PreferClose') {
    warnings.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"');
  }
  return warnings;
}
