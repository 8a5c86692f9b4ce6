import type { Endpoint, Service } from '../../types/service.ts';

/** Values of trafficDistribution that ask for hints; the node is hinted at by the last alone. KEP-3015. */
const NEAR = new Set(['PreferClose', 'PreferSameZone', 'PreferSameNode']);

/** An endpoint with the hints that its Service's `trafficDistribution` asks for, or without any. */
export function hinted(endpoint: Endpoint, { spec }: Service): Endpoint {
  const { hints: old, ...plain } = endpoint;
  const distribution = spec.trafficDistribution ?? '';
  if (!NEAR.has(distribution)) return old === undefined ? endpoint : plain;
  // kube-proxy may still need those of an endpoint that is leaving.
  if (endpoint.conditions?.ready !== true) return endpoint;
  const { zone, nodeName } = endpoint;
  const hints = {
    ...(zone !== undefined && { forZones: [{ name: zone }] }),
    ...(nodeName !== undefined && distribution === 'PreferSameNode' && { forNodes: [{ name: nodeName }] }),
  };
  return Object.keys(hints).length === 0 ? plain : { ...plain, hints };
}
