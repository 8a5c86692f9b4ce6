import type { Deployment, ReplicaSet } from '../../types/apps.ts';
import { portion } from '../portion.ts';

/** One step of a rollout: give the ReplicaSet `name` so many replicas. */
export interface Scaling {
  readonly set: ReplicaSet;
  readonly replicas: number;
}

export function replicasOf(object: Deployment | ReplicaSet): number {
  return object.spec.replicas ?? 1;
}

/** How many pods a deployment may have above and miss below its replicas while it rolls. */
export interface Limits {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

/** Percentages round up for surge and down for unavailability; both zero would never get on, so one may miss. */
export function limitsOf(deployment: Deployment): Limits {
  const replicas = replicasOf(deployment);
  if (deployment.spec.strategy?.type === 'Recreate') return { maxSurge: 0, maxUnavailable: replicas };
  const { maxSurge = '25%', maxUnavailable = '25%' } = deployment.spec.strategy?.rollingUpdate ?? {};
  const surge = portion(maxSurge, replicas, Math.ceil);
  const missing = portion(maxUnavailable, replicas, Math.floor);
  return { maxSurge: surge, maxUnavailable: Math.min(surge === 0 && missing === 0 ? 1 : missing, replicas) };
}

function total(sets: readonly ReplicaSet[], count: (set: ReplicaSet) => number): number {
  return sets.reduce((sum, set) => sum + count(set), 0);
}

function available(set: ReplicaSet): number {
  return set.status?.availableReplicas ?? 0;
}

/** With how many replicas the new set may go on, its `current` ones included. */
export function newSetReplicas(deployment: Deployment, all: readonly ReplicaSet[], current: number): number {
  const wanted = replicasOf(deployment);
  if (deployment.spec.strategy?.type === 'Recreate') return wanted;
  const room = wanted + limitsOf(deployment).maxSurge - total(all, replicasOf);
  return room <= 0 ? current : current + Math.min(room, wanted - current);
}

/**
 * The next scalings of a rolling update: first the new set up as far as the surge allows; when it is there, the old
 * ones down as far as enough pods stay available, those that aren't available first.
 */
export function rollingSteps(
  deployment: Deployment,
  fresh: ReplicaSet,
  old: readonly ReplicaSet[],
): readonly Scaling[] {
  const wanted = replicasOf(deployment);
  const current = replicasOf(fresh);
  const target = current > wanted ? wanted : newSetReplicas(deployment, [...old, fresh], current);
  if (target !== current) return [{ set: fresh, replicas: target }];

  const minAvailable = wanted - limitsOf(deployment).maxUnavailable;
  const unavailableOfNew = current - available(fresh);
  let mayGo = total([...old, fresh], replicasOf) - minAvailable - unavailableOfNew;
  if (mayGo <= 0) return [];

  const left = new Map(old.map((set) => [set, replicasOf(set)]));
  const oldestFirst = [...old].sort((a, b) => ageOf(a) - ageOf(b));
  for (const set of oldestFirst) {
    const unhealthy = Math.min(mayGo, replicasOf(set) - available(set));
    if (unhealthy <= 0) continue;
    left.set(set, replicasOf(set) - unhealthy);
    mayGo -= unhealthy;
  }
  let spare = total([...old, fresh], available) - minAvailable;
  for (const set of oldestFirst) {
    const going = Math.min(left.get(set) ?? 0, Math.max(0, spare));
    left.set(set, (left.get(set) ?? 0) - going);
    spare -= going;
  }
  return oldestFirst.flatMap((set) => {
    const replicas = left.get(set) ?? 0;
    return replicas === replicasOf(set) ? [] : [{ set, replicas }];
  });
}

export function ageOf(set: ReplicaSet): number {
  return Date.parse(set.metadata.creationTimestamp ?? '') || 0;
}

/**
 * What `kubectl scale` in the midst of a rollout does: the pods to add or take away are shared out in proportion to
 * the sets' sizes, what rounding leaves goes to the largest. With one active set, that one gets all.
 */
export function scaleSteps(
  deployment: Deployment,
  fresh: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): readonly Scaling[] {
  const wanted = replicasOf(deployment);
  const all = fresh === undefined ? [...old] : [...old, fresh];
  const active = all.filter((set) => replicasOf(set) > 0);
  const latest = fresh ?? [...old].sort((a, b) => ageOf(b) - ageOf(a))[0];
  const only = active.length === 0 ? latest : active.length === 1 ? active[0] : undefined;
  if (only !== undefined) return replicasOf(only) === wanted ? [] : [{ set: only, replicas: wanted }];
  if (active.length === 0) return [];
  if (fresh !== undefined && isSaturated(deployment, fresh)) {
    return active.filter((set) => set !== fresh).map((set) => ({ set, replicas: 0 }));
  }
  if (deployment.spec.strategy?.type === 'Recreate') return [];

  const allowed = wanted > 0 ? wanted + limitsOf(deployment).maxSurge : 0;
  const toAdd = allowed - total(active, replicasOf);
  const direction = toAdd > 0 ? -1 : 1;
  const bySize = [...active].sort((a, b) => replicasOf(b) - replicasOf(a) || direction * (ageOf(a) - ageOf(b)));
  const sizes = new Map<ReplicaSet, number>();
  let added = 0;
  for (const set of bySize) {
    const size = replicasOf(set);
    const before = Number(set.metadata.annotations?.['deployment.kubernetes.io/max-replicas'] ?? 0) || wanted;
    const share = wanted === 0 ? -size : Math.round((size * allowed) / before) - size;
    const bounded =
      toAdd > 0 ? Math.max(0, Math.min(share, toAdd - added)) : Math.min(0, Math.max(share, toAdd - added));
    sizes.set(set, size + (toAdd === 0 ? 0 : bounded));
    added += toAdd === 0 ? 0 : bounded;
  }
  const largest = bySize[0];
  if (largest !== undefined) sizes.set(largest, Math.max(0, (sizes.get(largest) ?? 0) + toAdd - added));
  return bySize.map((set) => ({ set, replicas: sizes.get(set) ?? 0 }));
}

function isSaturated(deployment: Deployment, set: ReplicaSet): boolean {
  const wanted = replicasOf(deployment);
  const desired = Number(set.metadata.annotations?.['deployment.kubernetes.io/desired-replicas'] ?? Number.NaN);
  return replicasOf(set) === wanted && desired === wanted && available(set) === wanted;
}
