import type { Clock } from '../../simulation/clock.ts';
import { parseTime } from '../events/time.ts';
import type { Pod, PodCondition } from '../types/pod.ts';

function podCondition(pod: Pod, type: string): PodCondition | undefined {
  return pod.status?.conditions?.find((condition) => condition.type === type);
}

export function isReady(pod: Pod): boolean {
  return podCondition(pod, 'Ready')?.status === 'True';
}

/** Neither finished nor being deleted: what counts towards `replicas`. */
export function isActive(pod: Pod): boolean {
  const phase = pod.status?.phase;
  return phase !== 'Succeeded' && phase !== 'Failed' && pod.metadata.deletionTimestamp === undefined;
}

/** How many ms are left until a ready pod is available (0: it is); undefined while it isn't ready. */
export function untilAvailable(pod: Pod, minReadySeconds: number, clock: Clock): number | undefined {
  if (!isReady(pod)) return undefined;
  if (minReadySeconds === 0) return 0;
  const since = parseTime(podCondition(pod, 'Ready')?.lastTransitionTime);
  return Math.max(0, since + minReadySeconds * 1000 - clock.wall());
}

/**
 * Sorts pods so that the first is deleted first: not yet scheduled, pending, not ready, on a node with more of its
 * siblings, ready for a shorter time, restarted more often, younger (upstream's ActivePodsWithRanks).
 */
export function deletionOrder(pods: readonly Pod[]): Pod[] {
  const perNode = new Map<string, number>();
  for (const pod of pods) {
    const node = pod.spec.nodeName ?? '';
    perNode.set(node, (perNode.get(node) ?? 0) + 1);
  }
  const phases: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };
  const ranks = (pod: Pod): readonly number[] => [
    pod.spec.nodeName ? 1 : 0,
    phases[pod.status?.phase ?? 'Pending'] ?? 0,
    isReady(pod) ? 1 : 0,
    -(perNode.get(pod.spec.nodeName ?? '') ?? 0),
    // Ready earlier: kept longer.
    isReady(pod) ? -parseTime(podCondition(pod, 'Ready')?.lastTransitionTime) : 0,
    -Math.max(0, ...(pod.status?.containerStatuses ?? []).map(({ restartCount }) => restartCount)),
    -parseTime(pod.metadata.creationTimestamp),
  ];
  const ranked = pods.map((pod) => ({ pod, rank: ranks(pod) }));
  ranked.sort((a, b) => {
    for (let i = 0; i < a.rank.length; i++) {
      const difference = (a.rank[i] ?? 0) - (b.rank[i] ?? 0);
      if (difference !== 0) return difference;
    }
    return a.pod.metadata.name < b.pod.metadata.name ? -1 : 1;
  });
  return ranked.map(({ pod }) => pod);
}
