import { equal } from '../../api/draft.ts';
import type { Endpoint, EndpointPort, EndpointSlice } from '../../types/service.ts';

/** As many endpoints as one slice holds: kube-controller-manager's --max-endpoints-per-slice. */
const MAX_ENDPOINTS = 100;

/** Endpoints that share their ports, and so their slices. */
export interface Group {
  readonly ports: readonly EndpointPort[];
  readonly endpoints: readonly Endpoint[];
}

export interface Changes {
  readonly create: { ports: readonly EndpointPort[]; endpoints: readonly Endpoint[] }[];
  readonly update: { slice: EndpointSlice; endpoints: readonly Endpoint[] }[];
  readonly remove: EndpointSlice[];
}

/**
 * How slices have to change to hold these endpoints: what stays keeps its place, what is new fills slices that change
 * anyway, then one that has just room enough, then new ones. Few writes count more than few slices.
 * Source: staging/src/k8s.io/endpointslice/reconciler.go, reconcileByPortMapping.
 */
export function planSlices(existing: readonly EndpointSlice[], groups: readonly Group[]): Changes {
  const changes: Changes = { create: [], update: [], remove: [] };
  const byPorts = new Map<string, EndpointSlice[]>();
  for (const slice of existing) {
    const key = portsKey(slice.ports ?? []);
    byPorts.set(key, [...(byPorts.get(key) ?? []), slice]);
  }
  for (const group of groups) {
    const key = portsKey(group.ports);
    planGroup(byPorts.get(key) ?? [], group, changes);
    byPorts.delete(key);
  }
  for (const slices of byPorts.values()) changes.remove.push(...slices);
  keepPlaceholder(existing, changes);
  return changes;
}

/** A Service without endpoints has one empty slice, so that one sees that it was looked at. */
function keepPlaceholder(existing: readonly EndpointSlice[], { create, remove }: Changes): void {
  if (existing.length !== remove.length || create.length > 0) return;
  const isPlaceholder = ({ ports, endpoints }: EndpointSlice) => !ports?.length && !endpoints?.length;
  const at = remove.findIndex(isPlaceholder);
  if (at >= 0) remove.splice(at, 1);
  else create.push({ ports: [], endpoints: [] });
}

interface Filling {
  readonly slice: EndpointSlice;
  readonly endpoints: Endpoint[];
  changed: boolean;
}

function planGroup(existing: readonly EndpointSlice[], { ports, endpoints }: Group, changes: Changes): void {
  const left = new Map(endpoints.map((endpoint) => [endpointKey(endpoint), endpoint]));
  const fillings = existing.map((slice): Filling => {
    const before = slice.endpoints ?? [];
    const kept: Endpoint[] = [];
    let changed = false;
    for (const old of before) {
      const key = endpointKey(old);
      const wanted = left.get(key);
      if (wanted === undefined) changed = true;
      else {
        // Hints are put in afterwards.
        const { hints: _, ...plain } = old;
        if (equal(plain, wanted)) kept.push(old);
        else {
          kept.push(wanted);
          changed = true;
        }
        left.delete(key);
      }
    }
    return { slice, endpoints: kept, changed };
  });
  const fill = (into: Endpoint[]) => {
    for (const [key, endpoint] of left) {
      if (into.length >= MAX_ENDPOINTS) break;
      into.push(endpoint);
      left.delete(key);
    }
  };
  const open = fillings.filter(({ changed, endpoints: kept }) => changed && kept.length > 0);
  for (const filling of open.toSorted((a, b) => b.endpoints.length - a.endpoints.length)) fill(filling.endpoints);
  while (left.size > 0) {
    const fitting = left.size < MAX_ENDPOINTS ? bestFit(fillings, left.size) : undefined;
    if (fitting !== undefined) {
      fitting.changed = true;
      fill(fitting.endpoints);
    } else {
      const made: Endpoint[] = [];
      fill(made);
      changes.create.push({ ports, endpoints: made });
    }
  }
  for (const { slice, endpoints: now, changed } of fillings) {
    if (!changed) continue;
    if (now.length === 0) changes.remove.push(slice);
    else changes.update.push({ slice, endpoints: now });
  }
}

/** The unchanged slice that is fullest once `count` more are in it. */
function bestFit(fillings: readonly Filling[], count: number): Filling | undefined {
  let best: Filling | undefined;
  for (const filling of fillings) {
    if (filling.changed || filling.endpoints.length + count > MAX_ENDPOINTS) continue;
    if (best === undefined || filling.endpoints.length > best.endpoints.length) best = filling;
  }
  return best;
}

/** Endpoints are the same ones as long as their addresses and their pod are. */
function endpointKey({ addresses, targetRef }: Endpoint): string {
  return `${addresses.join()} ${targetRef?.uid ?? targetRef?.name ?? ''}`;
}

export function portsKey(ports: readonly EndpointPort[]): string {
  return ports
    .map(({ name, port, protocol, appProtocol }) => `${name}/${port}/${protocol}/${appProtocol ?? ''}`)
    .toSorted()
    .join();
}
