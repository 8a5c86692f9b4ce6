import type { Clock } from '../../simulation/clock.ts';
import type { Random } from '../../simulation/random.ts';
import { equal } from '../api/draft.ts';
import { ApiError, type Client } from '../client/client.ts';
import { Feeds } from '../controllers/feeds.ts';
import { found, keyOf, ReconcileLoop, splitKey } from '../controllers/queue.ts';
import { NODES, PODS } from '../controllers/resources.ts';
import { EventRecorder } from '../events/recorder.ts';
import { timestamp } from '../events/time.ts';
import type { Node } from '../types/cluster.ts';
import type { Pod, PodCondition } from '../types/pod.ts';
import { type Candidate, refusals } from './filter.ts';
import { usageOf } from './resources.ts';
import { score } from './score.ts';

const NAME = 'default-scheduler';

/** Puts pods on nodes, one after the other: filter, score, bind. Source: kubernetes.io, "Scheduling Framework". */
export function startScheduler(client: Client, clock: Clock, random: Random): { stop(): void } {
  const feeds = new Feeds(client);
  const recorder = new EventRecorder({ client, clock, component: NAME });
  const waiting = new Set<string>();
  const loop = new ReconcileLoop(clock, schedule);
  feeds.on(PODS, (change, object) => {
    const pod = object as Pod;
    if (change !== 'DELETED' && isMine(pod)) {
      if (change === 'ADDED' || !waiting.has(keyOf(pod))) loop.add(keyOf(pod));
    } else waiting.delete(keyOf(pod));
    // A pod that has gone leaves room for others.
    if (change === 'DELETED') retry();
  });
  // A heartbeat changes nothing for pods that wait.
  const known = new Map<string, unknown>();
  feeds.on(NODES, (change, object) => {
    const { metadata, spec, status } = object as Node;
    const matters = { labels: metadata.labels, spec, allocatable: status?.allocatable };
    if (change !== 'DELETED' && equal(known.get(metadata.name), matters)) return;
    known.set(metadata.name, change === 'DELETED' ? undefined : matters);
    retry();
  });
  return {
    stop() {
      loop.stop();
      feeds.stop();
    },
  };

  function retry(): void {
    for (const key of waiting) loop.add(key);
  }

  async function schedule(key: string): Promise<void> {
    const pod = (await found(client.get(PODS, splitKey(key)))) as Pod | undefined;
    if (pod === undefined || !isMine(pod)) {
      waiting.delete(key);
      return;
    }
    const candidates = await snapshot();
    const reasons = new Map(candidates.map((candidate) => [candidate, refusals(pod, candidate)]));
    const feasible = candidates.filter((candidate) => reasons.get(candidate)?.length === 0);
    if (feasible.length === 0) {
      waiting.add(key);
      await explain(pod, [...reasons.values()]);
      return;
    }
    waiting.delete(key);
    await bind(pod, best(pod, feasible).node);
  }

  async function snapshot(): Promise<Candidate[]> {
    const nodes = (await client.list(NODES)).items as readonly Node[];
    const pods = (await client.list(PODS)).items as readonly Pod[];
    return nodes.map((node) => {
      const here = pods.filter(
        ({ spec, status }) =>
          spec.nodeName === node.metadata.name && status?.phase !== 'Succeeded' && status?.phase !== 'Failed',
      );
      return { node, pods: here, usage: usageOf(node, here) };
    });
  }

  /** The highest score; among equals any one, as upstream draws lots. */
  function best(pod: Pod, feasible: readonly Candidate[]): Candidate {
    const scores = feasible.map((candidate) => score(pod, candidate));
    const top = Math.max(...scores);
    const winners = feasible.filter((_, i) => scores[i] === top);
    return winners[random.below(winners.length)] as Candidate;
  }

  async function bind(pod: Pod, node: Node): Promise<void> {
    const { namespace = '', name, uid } = pod.metadata;
    const binding = {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name, namespace, ...(uid ? { uid } : {}) },
      target: { apiVersion: 'v1', kind: 'Node', name: node.metadata.name },
    };
    const answer = await client.handle({
      verb: 'create',
      ...PODS,
      namespace,
      name,
      subresource: 'binding',
      body: binding,
    });
    if ('body' in answer && answer.code >= 400) throw new ApiError(answer.body as ApiError['status']);
    const to = node.metadata.name;
    recorder.event(pod, 'Normal', 'Scheduled', `Successfully assigned ${namespace}/${name} to ${to}`);
  }

  async function explain(pod: Pod, refused: readonly (readonly string[])[]): Promise<void> {
    const message = fitError(refused);
    const old = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
    recorder.event(pod, 'Warning', 'FailedScheduling', message);
    if (old?.status === 'False' && old.message === message) return;
    const condition: PodCondition = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message,
      ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
      lastProbeTime: null,
      lastTransitionTime: old?.status === 'False' ? (old.lastTransitionTime ?? timestamp(clock)) : timestamp(clock),
    };
    const others = pod.status?.conditions?.filter(({ type }) => type !== 'PodScheduled') ?? [];
    await found(
      client.update(PODS, { ...pod, status: { ...pod.status, conditions: [...others, condition] } }, 'status'),
    );
  }
}

function isMine(pod: Pod): boolean {
  const { nodeName, schedulerName = NAME, schedulingGates = [] } = pod.spec;
  return (
    !nodeName && schedulerName === NAME && schedulingGates.length === 0 && pod.metadata.deletionTimestamp === undefined
  );
}

/** Kubernetes' wording: reasons by number of nodes, sorted as text, and what preemption came to. */
export function fitError(refused: readonly (readonly string[])[]): string {
  const nodes = refused.length;
  if (nodes === 0) return 'no nodes available to schedule pods';
  const counts = new Map<string, number>();
  for (const reason of refused.flat()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const list = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
  // Only what pods use up can be freed by preempting them.
  const freeable = /^(Insufficient|Too many pods|node\(s\) didn't have free ports)/;
  const hopeless = refused.filter((reasons) => reasons.some((reason) => !freeable.test(reason))).length;
  const preemption: string[] = [];
  if (nodes - hopeless > 0) preemption.push(`${nodes - hopeless} No preemption victims found for incoming pod`);
  if (hopeless > 0) preemption.push(`${hopeless} Preemption is not helpful for scheduling`);
  return `0/${nodes} nodes are available: ${list.join(', ')}. preemption: 0/${nodes} nodes are available: ${preemption.sort().join(', ')}.`;
}
