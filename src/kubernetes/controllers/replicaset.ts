import { equal } from '../api/draft.ts';
import { ApiError } from '../client/client.ts';
import { EventRecorder } from '../events/recorder.ts';
import { timestamp } from '../events/time.ts';
import type { ReplicaSet, ReplicaSetStatus } from '../types/apps.ts';
import type { Condition } from '../types/meta.ts';
import type { Pod } from '../types/pod.ts';
import { canAdopt, claimPods } from './claim.ts';
import type { ControllerContext, RunningController } from './controller.ts';
import { controllerOf, controllerReference } from './ownership.ts';
import { deletionOrder, isActive, isReady, untilAvailable } from './pods.ts';
import { found, keyOf, ReconcileLoop, splitKey } from './queue.ts';
import { PODS, REPLICA_SETS } from './resources.ts';

/** As many pods as upstream makes or deletes in one go. */
const BURST = 500;

/** Keeps as many pods as each ReplicaSet asks for. Source: kubernetes.io, "ReplicaSet". */
export function replicaSetController(context: ControllerContext): RunningController {
  const { client, clock, feeds } = context;
  const recorder = new EventRecorder({ client, clock, component: 'replicaset-controller' });
  const loop = new ReconcileLoop(clock, reconcile);
  feeds.on(REPLICA_SETS, (_, object) => loop.add(keyOf(object)));
  feeds.on(PODS, (_, object) => {
    const owner = controllerOf(object);
    if (owner?.kind === 'ReplicaSet') loop.add(`${object.metadata.namespace}/${owner.name}`);
    if (owner === undefined)
      for (const set of feeds.list<ReplicaSet>(REPLICA_SETS)) if (canAdopt(set, object as Pod)) loop.add(keyOf(set));
  });
  return { stop: () => loop.stop() };

  async function reconcile(key: string): Promise<void> {
    const { namespace, name } = splitKey(key);
    const set = (await found(client.get(REPLICA_SETS, { namespace, name }))) as ReplicaSet | undefined;
    if (set === undefined) return;
    const pods = await claimPods(context, set);
    const active = pods.filter(isActive);
    const failure = set.metadata.deletionTimestamp === undefined ? await manage(set, active) : undefined;
    await writeStatus(
      set,
      active,
      pods.filter(({ metadata }) => metadata.deletionTimestamp !== undefined).length,
      failure,
    );
    const waits = active
      .map((pod) => untilAvailable(pod, set.spec.minReadySeconds ?? 0, clock) ?? 0)
      .filter((wait) => wait > 0);
    if (waits.length > 0) loop.addAfter(key, Math.min(...waits));
    if (failure !== undefined) throw failure;
  }

  /** Creates or deletes pods. @returns the server's refusal, which becomes the condition ReplicaFailure. */
  async function manage(set: ReplicaSet, active: readonly Pod[]): Promise<ApiError | undefined> {
    const difference = active.length - (set.spec.replicas ?? 1);
    try {
      for (let i = 0; i < Math.min(-difference, BURST); i++) await createPod(set);
      for (const pod of deletionOrder(active).slice(0, Math.max(0, Math.min(difference, BURST))))
        await deletePod(set, pod);
    } catch (failure) {
      if (failure instanceof ApiError) return failure;
      throw failure;
    }
    return undefined;
  }

  async function createPod(set: ReplicaSet): Promise<void> {
    const template = set.spec.template;
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        generateName: `${set.metadata.name}-`,
        ...(template?.metadata?.labels ? { labels: template.metadata.labels } : {}),
        ...(template?.metadata?.annotations ? { annotations: template.metadata.annotations } : {}),
        ownerReferences: [controllerReference(set)],
      },
      spec: template?.spec,
    };
    try {
      const created = await client.create(PODS, pod, { namespace: set.metadata.namespace ?? '' });
      recorder.event(set, 'Normal', 'SuccessfulCreate', `Created pod: ${created.metadata.name}`);
    } catch (failure) {
      if (failure instanceof ApiError)
        recorder.event(set, 'Warning', 'FailedCreate', `Error creating: ${failure.message}`);
      throw failure;
    }
  }

  async function deletePod(set: ReplicaSet, pod: Pod): Promise<void> {
    const { name, namespace = '', uid } = pod.metadata;
    const gone = await found(
      client.delete(PODS, { namespace, name }, uid === undefined ? {} : { preconditions: { uid } }),
    );
    if (gone !== undefined) recorder.event(set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
  }

  async function writeStatus(
    set: ReplicaSet,
    active: readonly Pod[],
    terminating: number,
    failure: ApiError | undefined,
  ) {
    const labels = Object.entries(set.spec.template?.metadata?.labels ?? {});
    const minReady = set.spec.minReadySeconds ?? 0;
    const status: ReplicaSetStatus = {
      replicas: active.length,
      ...positive(
        'fullyLabeledReplicas',
        active.filter((pod) => labels.every(([key, value]) => pod.metadata.labels?.[key] === value)).length,
      ),
      ...positive('readyReplicas', active.filter(isReady).length),
      ...positive('availableReplicas', active.filter((pod) => untilAvailable(pod, minReady, clock) === 0).length),
      terminatingReplicas: terminating,
      ...(set.metadata.generation === undefined ? {} : { observedGeneration: set.metadata.generation }),
      ...conditions(set, active.length, failure),
    };
    if (equal(status, set.status ?? {})) return;
    await found(client.update(REPLICA_SETS, { ...set, status }, 'status'));
  }

  function conditions(
    set: ReplicaSet,
    active: number,
    failure: ApiError | undefined,
  ): { conditions?: readonly Condition[] } {
    if (failure === undefined) return {};
    const old = set.status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
    const reason = active < (set.spec.replicas ?? 1) ? 'FailedCreate' : 'FailedDelete';
    const since = old?.reason === reason ? old.lastTransitionTime : undefined;
    return {
      conditions: [
        {
          type: 'ReplicaFailure',
          status: 'True',
          reason,
          message: failure.message,
          lastTransitionTime: since ?? timestamp(clock),
        },
      ],
    };
  }
}

/** Counts of zero are left out, as Go's `omitempty` does. */
function positive<Name extends string>(name: Name, count: number): { [key in Name]?: number } {
  return count > 0 ? ({ [name]: count } as { [key in Name]?: number }) : {};
}
