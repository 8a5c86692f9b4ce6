import type { Clock } from '../../../simulation/clock.ts';
import type { DaemonSet } from '../../types/apps.ts';
import type { Node } from '../../types/cluster.ts';
import type { Pod } from '../../types/pod.ts';
import { isReady, untilAvailable } from '../pods.ts';
import { portion } from '../portion.ts';
import { REVISION_LABEL } from '../revisions.ts';
import { targetNode } from './daemon-pod.ts';
import { claimOn } from './nodes.ts';

/** What one reconciliation looks at. */
export interface Situation {
  readonly set: DaemonSet;
  readonly nodes: readonly Node[];
  readonly pods: readonly Pod[];
  /** Of the present template. */
  readonly hash: string;
  readonly clock: Clock;
}

export interface Plan {
  /** Nodes that get a pod. */
  readonly create: string[];
  readonly remove: Pod[];
}

export function podsByNode(pods: readonly Pod[]): ReadonlyMap<string, readonly Pod[]> {
  const byNode = new Map<string, Pod[]>();
  for (const pod of pods) {
    const node = targetNode(pod.spec);
    const there = byNode.get(node);
    if (there === undefined) byNode.set(node, [pod]);
    else there.push(pod);
  }
  for (const list of byNode.values()) list.sort(olderFirst);
  return byNode;
}

/** Pods that are bound come before those that are not, older ones before younger ones. */
function olderFirst(a: Pod, b: Pod): number {
  const unbound = (pod: Pod) => (pod.spec.nodeName ? 0 : 1);
  const created = (pod: Pod) => pod.metadata.creationTimestamp ?? '';
  if (unbound(a) !== unbound(b)) return unbound(a) - unbound(b);
  if (created(a) !== created(b)) return created(a) < created(b) ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

/** One pod on each node that is to have one; no failed, finished or superfluous ones. Source: podsShouldBeOnNode. */
export function placePods(situation: Situation): Plan {
  const { set, nodes, pods } = situation;
  const plan: Plan = { create: [], remove: [] };
  const byNode = podsByNode(pods);
  const names = new Set(nodes.map(({ metadata }) => metadata.name));
  for (const node of nodes) {
    const here = byNode.get(node.metadata.name);
    const { run, keep } = claimOn(set, node);
    if (run && here === undefined) plan.create.push(node.metadata.name);
    else if (keep) {
      const alive = (here ?? []).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
      plan.remove.push(...alive.filter(isOver));
      const running = alive.filter((pod) => !isOver(pod));
      if (!surges(set)) plan.remove.push(...running.slice(1));
      else if (running.length === 0 && run) plan.create.push(node.metadata.name);
      else if (running.length > 1) plan.remove.push(...surplusOfSurge(situation, running));
    } else {
      plan.remove.push(...(here ?? []).filter(({ metadata }) => metadata.deletionTimestamp === undefined));
    }
  }
  // Pods that wait for a node that has gone.
  plan.remove.push(...pods.filter(({ spec }) => !spec.nodeName && !names.has(targetNode(spec))));
  return plan;
}

/** With surge two pods may stand side by side: an old one that is ready, and a new one that is not yet available. */
function surplusOfSurge(situation: Situation, running: readonly Pod[]): readonly Pod[] {
  const fresh = running.find((pod) => isUpdated(pod, situation.hash));
  const old = running.find((pod) => !isUpdated(pod, situation.hash));
  const surplus = running.filter((pod) => pod !== fresh && pod !== old);
  if (fresh === undefined || old === undefined) return surplus;
  return !isReady(old) || isAvailable(situation, fresh) ? [...surplus, old] : surplus;
}

export function isAvailable({ set, clock }: Situation, pod: Pod): boolean {
  return untilAvailable(pod, set.spec.minReadySeconds ?? 0, clock) === 0;
}

export function isUpdated(pod: Pod, hash: string): boolean {
  return pod.metadata.labels?.[REVISION_LABEL] === hash;
}

function isOver({ status }: Pod): boolean {
  return status?.phase === 'Failed' || status?.phase === 'Succeeded';
}

function surges(set: DaemonSet): boolean {
  const { maxSurge = 0 } = set.spec.updateStrategy?.rollingUpdate ?? {};
  return portion(maxSurge, 100, Math.ceil) > 0;
}
