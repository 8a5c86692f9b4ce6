import { equal } from '../../api/draft.ts';
import { Backoff } from '../../client/backoff.ts';
import { EventRecorder } from '../../events/recorder.ts';
import type { DaemonSet, DaemonSetStatus } from '../../types/apps.ts';
import type { Node } from '../../types/cluster.ts';
import type { Pod } from '../../types/pod.ts';
import { canAdopt, claimPods } from '../claim.ts';
import type { ControllerContext, RunningController } from '../controller.ts';
import { controllerOf } from '../ownership.ts';
import { isReady } from '../pods.ts';
import { found, keyOf, ReconcileLoop, splitKey } from '../queue.ts';
import { DAEMON_SETS, NODES, PODS } from '../resources.ts';
import { hashOf, keepHistory, REVISION_LABEL, truncateHistory } from '../revisions.ts';
import { daemonPod, targetNode } from './daemon-pod.ts';
import { claimOn } from './nodes.ts';
import { isAvailable, isUpdated, type Plan, placePods, podsByNode, type Situation } from './plan.ts';
import { rollingUpdate } from './rolling-update.ts';

/** How long a failed daemon pod is left before the next one, in ms; doubled each time. */
const FIRST_RETRY = 1_000;
const LAST_RETRY = 900_000;

/** Runs one pod of each DaemonSet on every node that is to have one. Source: kubernetes.io, "DaemonSet". */
export function daemonSetController(context: ControllerContext): RunningController {
  const { client, clock, feeds } = context;
  const recorder = new EventRecorder({ client, clock, component: 'daemonset-controller' });
  const loop = new ReconcileLoop(clock, reconcile);
  const failures = new Backoff(clock, FIRST_RETRY, LAST_RETRY);
  feeds.on(DAEMON_SETS, (_, object) => loop.add(keyOf(object)));
  feeds.on(PODS, (_, object) => {
    const owner = controllerOf(object);
    if (owner?.kind === 'DaemonSet') loop.add(`${object.metadata.namespace}/${owner.name}`);
    if (owner === undefined)
      for (const set of feeds.list<DaemonSet>(DAEMON_SETS)) if (canAdopt(set, object as Pod)) loop.add(keyOf(set));
  });
  // Heartbeats change nothing: only what decides where pods go wakes the sets.
  const known = new Map<string, unknown>();
  feeds.on(NODES, (change, object) => {
    const { metadata, spec } = object as Node;
    const matters = { labels: metadata.labels, taints: spec?.taints };
    if (change !== 'DELETED' && equal(known.get(metadata.name), matters)) return;
    if (change === 'DELETED') known.delete(metadata.name);
    else known.set(metadata.name, matters);
    for (const set of feeds.list<DaemonSet>(DAEMON_SETS)) loop.add(keyOf(set));
  });
  return { stop: () => loop.stop() };

  async function reconcile(key: string): Promise<void> {
    const set = (await found(client.get(DAEMON_SETS, splitKey(key)))) as DaemonSet | undefined;
    if (set === undefined || set.metadata.deletionTimestamp !== undefined) return;
    const history = await keepHistory(client, set);
    const hash = hashOf(history.current);
    await carryOut(set, placePods(await look(set, hash)), hash);
    if (set.spec.updateStrategy?.type !== 'OnDelete') await carryOut(set, rollingUpdate(await look(set, hash)), hash);
    const situation = await look(set, hash);
    const live = new Set(situation.pods.map(({ metadata }) => metadata.labels?.[REVISION_LABEL] ?? ''));
    await truncateHistory(client, set, history, live);
    await writeStatus(situation);
  }

  async function look(set: DaemonSet, hash: string): Promise<Situation> {
    const nodes = (await client.list(NODES)).items as readonly Node[];
    return { set, nodes, pods: await claimPods(context, set), hash, clock };
  }

  async function carryOut(set: DaemonSet, plan: Plan, hash: string): Promise<void> {
    const namespace = set.metadata.namespace ?? '';
    for (const pod of plan.remove) {
      const wait = patience(set, pod);
      if (wait > 0) {
        loop.addAfter(keyOf(set), wait);
        continue;
      }
      const { name } = pod.metadata;
      const gone = await found(client.delete(PODS, { namespace, name }));
      if (gone !== undefined) recorder.event(set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
    }
    for (const node of plan.create) {
      const pod = await client.create(PODS, daemonPod(set, node, hash), { namespace });
      recorder.event(set, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    }
  }

  /** ms to wait before an ended pod is replaced, so that the set and a kubelet that refuses its pods don't race. */
  function patience(set: DaemonSet, pod: Pod): number {
    const phase = pod.status?.phase;
    if (phase !== 'Failed' && phase !== 'Succeeded') return 0;
    const node = targetNode(pod.spec);
    const where = `${pod.metadata.namespace}/${pod.metadata.name} on node ${node}`;
    if (phase === 'Succeeded') {
      recorder.event(set, 'Normal', 'SucceededDaemonPod', `Found succeeded daemon pod ${where}, will try to delete it`);
      return 0;
    }
    const place = `${keyOf(set)} ${node}`;
    const wait = failures.leftSinceFailure(place);
    if (wait > 0) return wait;
    failures.failed(place, clock.now());
    recorder.event(set, 'Warning', 'FailedDaemonPod', `Found failed daemon pod ${where}, will try to kill it`);
    return 0;
  }

  async function writeStatus(situation: Situation): Promise<void> {
    const { set, nodes, hash } = situation;
    const byNode = podsByNode(situation.pods);
    const count = { desired: 0, current: 0, misscheduled: 0, ready: 0, updated: 0, available: 0 };
    for (const node of nodes) {
      const first = byNode.get(node.metadata.name)?.[0];
      if (!claimOn(set, node).run) {
        if (first !== undefined) count.misscheduled++;
        continue;
      }
      count.desired++;
      if (first === undefined) continue;
      count.current++;
      if (isReady(first)) count.ready++;
      if (isAvailable(situation, first)) count.available++;
      if (isUpdated(first, hash)) count.updated++;
    }
    const status: DaemonSetStatus = {
      currentNumberScheduled: count.current,
      numberMisscheduled: count.misscheduled,
      desiredNumberScheduled: count.desired,
      numberReady: count.ready,
      ...(set.metadata.generation !== undefined && { observedGeneration: set.metadata.generation }),
      ...(count.updated > 0 && { updatedNumberScheduled: count.updated }),
      ...(count.available > 0 && { numberAvailable: count.available }),
      ...(count.desired > count.available && { numberUnavailable: count.desired - count.available }),
    };
    if (count.ready !== count.available) loop.addAfter(keyOf(set), (set.spec.minReadySeconds ?? 0) * 1000);
    if (equal(status, set.status ?? {})) return;
    await found(client.update(DAEMON_SETS, { ...set, status }, 'status'));
  }
}
