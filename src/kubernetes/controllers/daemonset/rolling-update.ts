import type { Node } from '../../types/cluster.ts';
import type { Pod } from '../../types/pod.ts';
import { portion } from '../portion.ts';
import { claimOn } from './nodes.ts';
import { isAvailable, isUpdated, type Plan, podsByNode, type Situation } from './plan.ts';

/** Which old pods make room for new ones now, within maxUnavailable or maxSurge. Source: daemon/update.go. */
export function rollingUpdate(situation: Situation): Plan {
  const { set, nodes } = situation;
  const plan: Plan = { create: [], remove: [] };
  const byNode = new Map(podsByNode(situation.pods));
  const wanted = nodes.filter((node) => claimOn(set, node).run);
  for (const { metadata } of wanted) if (!byNode.has(metadata.name)) byNode.set(metadata.name, []);
  const { maxSurge = 0, maxUnavailable = 1 } = set.spec.updateStrategy?.rollingUpdate ?? {};
  const surge = portion(maxSurge, wanted.length, Math.ceil);
  const unavailable = portion(maxUnavailable, wanted.length, Math.ceil);
  if (surge === 0) replace(situation, byNode, wanted.length > 0 ? Math.max(1, unavailable) : unavailable, plan);
  else surgeOver(situation, byNode, surge, wanted, plan);
  return plan;
}

function replace(
  situation: Situation,
  byNode: ReadonlyMap<string, readonly Pod[]>,
  maxUnavailable: number,
  plan: Plan,
): void {
  let unavailable = 0;
  const candidates: Pod[] = [];
  for (const pods of byNode.values()) {
    const pair = freshAndOld(pods, situation.hash);
    if (pair === undefined || (pair.fresh === undefined) === (pair.old === undefined)) unavailable++;
    else if (pair.fresh !== undefined) unavailable += isAvailable(situation, pair.fresh) ? 0 : 1;
    else if (pair.old !== undefined && !isAvailable(situation, pair.old)) {
      unavailable++;
      plan.remove.push(pair.old);
    } else if (pair.old !== undefined) candidates.push(pair.old);
  }
  plan.remove.push(...candidates.slice(0, Math.max(0, maxUnavailable - unavailable)));
}

function surgeOver(
  situation: Situation,
  byNode: ReadonlyMap<string, readonly Pod[]>,
  maxSurge: number,
  wanted: readonly Node[],
  plan: Plan,
): void {
  const names = new Set(wanted.map(({ metadata }) => metadata.name));
  let surging = 0;
  let available = 0;
  const candidates: string[] = [];
  const sunset: Pod[] = [];
  for (const [node, pods] of byNode) {
    const pair = freshAndOld(pods, situation.hash);
    if (pair === undefined) {
      surging++;
      continue;
    }
    const { fresh, old } = pair;
    const first = old ?? fresh;
    if (first !== undefined && isAvailable(situation, first)) available++;
    if (old === undefined) continue;
    if (fresh !== undefined) {
      if (isAvailable(situation, fresh)) plan.remove.push(old);
      else surging++;
    } else if (!names.has(node)) (isAvailable(situation, old) ? sunset : plan.remove).push(old);
    else if (isAvailable(situation, old)) candidates.push(node);
    else plan.create.push(node);
  }
  plan.remove.push(...sunset.slice(0, Math.max(0, available - wanted.length)));
  plan.create.push(...candidates.slice(0, Math.max(0, maxSurge - surging)));
}

/** The new and the old pod of a node; undefined where there are more of one sort than there should be. */
function freshAndOld(pods: readonly Pod[], hash: string): { fresh?: Pod; old?: Pod } | undefined {
  const alive = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const [fresh, ...moreFresh] = alive.filter((pod) => isUpdated(pod, hash));
  const [old, ...moreOld] = alive.filter((pod) => !isUpdated(pod, hash));
  if (moreFresh.length + moreOld.length > 0) return undefined;
  return { ...(fresh && { fresh }), ...(old && { old }) };
}
