import { controllerOf } from '../controllers/ownership.ts';
import { matchesTerm } from '../placement/node-affinity.ts';
import { tolerates } from '../placement/taints.ts';
import type { Pod } from '../types/pod.ts';
import type { Candidate } from './filter.ts';
import { requests } from './resources.ts';

/**
 * How much a node is liked, higher is better. The weights put what upstream's default plugins amount to in a small
 * cluster: siblings spread first (PodTopologySpread's default constraints), then preferences, then room.
 */
export function score(pod: Pod, { node, pods, usage }: Candidate): number {
  const owner = controllerOf(pod)?.uid;
  const siblings = owner === undefined ? 0 : pods.filter((other) => controllerOf(other)?.uid === owner).length;
  const preferred = (pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [])
    .filter(({ preference }) => matchesTerm(preference, node))
    .reduce((sum, { weight }) => sum + weight, 0);
  const avoided = (node.spec?.taints ?? []).filter(
    (taint) =>
      taint.effect === 'PreferNoSchedule' &&
      !(pod.spec.tolerations ?? []).some((toleration) => tolerates(toleration, taint)),
  ).length;
  const asked = requests(pod);
  const room =
    share(usage.cpu + asked.cpu, usage.allocatable.cpu) +
    share(usage.memory + asked.memory, usage.allocatable.memory) +
    share(usage.pods + 1, usage.allocatable.pods);
  return preferred * 200 - avoided * 300 - siblings * 100 + room;
}

function share(used: number, of: number): number {
  return of === 0 ? 0 : 1 - used / of;
}
