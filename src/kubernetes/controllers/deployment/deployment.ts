import { equal } from '../../api/draft.ts';
import { ApiError } from '../../client/client.ts';
import { EventRecorder } from '../../events/recorder.ts';
import type { Deployment, ReplicaSet } from '../../types/apps.ts';
import type { Pod } from '../../types/pod.ts';
import type { ControllerContext, RunningController } from '../controller.ts';
import { templateHash } from '../hash.ts';
import { controllerOf, controllerReference, isControlledBy, selects } from '../ownership.ts';
import { isActive } from '../pods.ts';
import { found, keyOf, ReconcileLoop, splitKey } from '../queue.ts';
import { DEPLOYMENTS, PODS, REPLICA_SETS } from '../resources.ts';
import {
  findNewSet,
  HASH_LABEL,
  newSetAnnotations,
  REVISION,
  revisionOf,
  sizeAnnotations,
  wasScaled,
} from './revision.ts';
import { ageOf, newSetReplicas, replicasOf, rollingSteps, type Scaling, scaleSteps } from './rollout.ts';
import { deadlineLeft, deploymentStatus, isComplete, withCondition } from './status.ts';

interface Sets {
  readonly fresh: ReplicaSet | undefined;
  readonly old: readonly ReplicaSet[];
}

/** Rolls a Deployment's pods over by its ReplicaSets. Source: kubernetes.io, "Deployments". */
export function deploymentController(context: ControllerContext): RunningController {
  const { client, clock, feeds } = context;
  const recorder = new EventRecorder({ client, clock, component: 'deployment-controller' });
  const loop = new ReconcileLoop(clock, reconcile);
  feeds.on(DEPLOYMENTS, (_, object) => loop.add(keyOf(object)));
  feeds.on(REPLICA_SETS, (_, object) => {
    const owner = controllerOf(object);
    if (owner?.kind === 'Deployment') loop.add(`${object.metadata.namespace}/${owner.name}`);
    if (owner === undefined) {
      for (const deployment of feeds.list<Deployment>(DEPLOYMENTS)) {
        if (selects(deployment.spec.selector, object.metadata.labels)) loop.add(keyOf(deployment));
      }
    }
  });
  // Recreate waits until the last old pod has gone.
  feeds.on(PODS, (type, object) => {
    const owner = controllerOf(object);
    if (type !== 'DELETED' || owner?.kind !== 'ReplicaSet') return;
    const set = feeds.get<ReplicaSet>(REPLICA_SETS, { namespace: object.metadata.namespace ?? '', name: owner.name });
    const above = set && controllerOf(set);
    if (above?.kind === 'Deployment') loop.add(`${object.metadata.namespace}/${above.name}`);
  });
  return { stop: () => loop.stop() };

  async function reconcile(key: string): Promise<void> {
    const { namespace, name } = splitKey(key);
    const deployment = (await found(client.get(DEPLOYMENTS, { namespace, name }))) as Deployment | undefined;
    if (deployment === undefined) return;
    const owned = await claim(deployment);
    if (deployment.metadata.deletionTimestamp !== undefined || deployment.spec.paused === true) {
      const sets = split(deployment, owned);
      if (deployment.spec.paused === true) await scaleAll(deployment, scaleSteps(deployment, sets.fresh, sets.old));
      await writeStatus(deployment, split(deployment, owned));
      return;
    }
    if (wasScaled(deployment, owned)) {
      const { fresh, old } = split(deployment, owned);
      await scaleAll(deployment, scaleSteps(deployment, fresh, old));
      await writeStatus(deployment, { fresh, old });
      return;
    }
    const recreate = deployment.spec.strategy?.type === 'Recreate';
    const sets = recreate ? await recreateStep(deployment, owned) : await rollingStep(deployment, owned);
    if (sets.fresh !== undefined && isComplete(deployment, deployment.status ?? {}))
      await cleanUp(deployment, sets.old);
    const now = (await found(client.get(DEPLOYMENTS, { namespace, name }))) as Deployment | undefined;
    if (now !== undefined) await writeStatus(now, sets);
  }

  async function rollingStep(deployment: Deployment, owned: readonly ReplicaSet[]): Promise<Sets> {
    const { old } = split(deployment, owned);
    const fresh = await ensureNewSet(deployment, owned, old);
    await scaleAll(deployment, rollingSteps(deployment, fresh, old));
    return { fresh, old };
  }

  async function recreateStep(deployment: Deployment, owned: readonly ReplicaSet[]): Promise<Sets> {
    const sets = split(deployment, owned);
    const down = sets.old.filter((set) => replicasOf(set) > 0).map((set) => ({ set, replicas: 0 }));
    if (down.length > 0) {
      await scaleAll(deployment, down);
      return sets;
    }
    const { items } = await client.list(PODS, { namespace: deployment.metadata.namespace ?? '' });
    const oldPods = (items as readonly Pod[]).filter((pod) => sets.old.some((set) => isControlledBy(pod, set)));
    // Also those that are on their way out still run.
    if (oldPods.some((pod) => isActive(pod) || pod.metadata.deletionTimestamp !== undefined)) return sets;
    const fresh = await ensureNewSet(deployment, owned, sets.old);
    if (replicasOf(fresh) !== replicasOf(deployment)) {
      await scaleAll(deployment, [{ set: fresh, replicas: replicasOf(deployment) }]);
    }
    return { fresh, old: sets.old };
  }

  async function claim(deployment: Deployment): Promise<readonly ReplicaSet[]> {
    const { items } = await client.list(REPLICA_SETS, { namespace: deployment.metadata.namespace ?? '' });
    const owned: ReplicaSet[] = [];
    for (const set of items as readonly ReplicaSet[]) {
      const matches = selects(deployment.spec.selector, set.metadata.labels);
      if (isControlledBy(set, deployment)) {
        if (matches) owned.push(set);
        continue;
      }
      const free = controllerOf(set) === undefined && set.metadata.deletionTimestamp === undefined;
      if (!matches || !free || deployment.metadata.deletionTimestamp !== undefined) continue;
      const ownerReferences = [...(set.metadata.ownerReferences ?? []), controllerReference(deployment)];
      const { namespace = '', name } = set.metadata;
      const adopted = await found(
        client.patch(REPLICA_SETS, { namespace, name }, { metadata: { ownerReferences } }, { type: 'merge' }),
      );
      if (adopted !== undefined) owned.push(adopted as ReplicaSet);
    }
    return owned;
  }

  function split(deployment: Deployment, owned: readonly ReplicaSet[]): Sets {
    const fresh = findNewSet(deployment, owned);
    return { fresh, old: owned.filter((set) => set !== fresh) };
  }

  async function ensureNewSet(
    deployment: Deployment,
    owned: readonly ReplicaSet[],
    old: readonly ReplicaSet[],
  ): Promise<ReplicaSet> {
    const revision = Math.max(0, ...old.map(revisionOf)) + 1;
    const present = findNewSet(deployment, owned);
    const minReadySeconds = deployment.spec.minReadySeconds ?? 0;
    if (present !== undefined) {
      const annotations = newSetAnnotations(deployment, present, revision);
      let set = present;
      if (
        !equal(annotations, present.metadata.annotations ?? {}) ||
        (present.spec.minReadySeconds ?? 0) !== minReadySeconds
      ) {
        const metadata = { ...present.metadata, annotations };
        const updated = await client.update(REPLICA_SETS, {
          ...present,
          metadata,
          spec: { ...present.spec, minReadySeconds },
        });
        set = updated as ReplicaSet;
      }
      await noteNewSet(deployment, set, 'FoundNewReplicaSet', `Found new replica set "${set.metadata.name}"`);
      return set;
    }
    const set = await createSet(deployment, old, revision);
    await noteNewSet(deployment, set, 'NewReplicaSetCreated', `Created new replica set "${set.metadata.name}"`);
    return set;
  }

  async function createSet(deployment: Deployment, old: readonly ReplicaSet[], revision: number): Promise<ReplicaSet> {
    const { template, selector } = deployment.spec;
    const hash = templateHash(template, deployment.status?.collisionCount ?? 0);
    const labels = { ...template.metadata?.labels, [HASH_LABEL]: hash };
    const replicas = newSetReplicas(deployment, old, 0);
    const name = `${deployment.metadata.name}-${hash}`;
    const namespace = deployment.metadata.namespace ?? '';
    const set = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name,
        labels,
        annotations: newSetAnnotations(deployment, undefined, revision),
        ownerReferences: [controllerReference(deployment)],
      },
      spec: {
        replicas,
        ...(deployment.spec.minReadySeconds ? { minReadySeconds: deployment.spec.minReadySeconds } : {}),
        selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH_LABEL]: hash } },
        template: { ...template, metadata: { ...template.metadata, labels } },
      },
    };
    try {
      const created = (await client.create(REPLICA_SETS, set, { namespace })) as ReplicaSet;
      if (replicas > 0)
        recorder.event(
          deployment,
          'Normal',
          'ScalingReplicaSet',
          `Scaled up replica set ${name} from 0 to ${replicas}`,
        );
      return created;
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      if (failure.status.reason === 'AlreadyExists') {
        // Another template has the same hash: the next reconciliation takes another one.
        const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
        await client.update(DEPLOYMENTS, { ...deployment, status: { ...deployment.status, collisionCount } }, 'status');
      } else {
        const message = `Failed to create new replica set "${name}": ${failure.message}`;
        recorder.event(deployment, 'Warning', 'ReplicaSetCreateError', message);
        await note(deployment, 'False', 'ReplicaSetCreateError', message);
      }
      throw failure;
    }
  }

  /** The deployment carries its newest set's revision, and says that it has one. */
  async function noteNewSet(deployment: Deployment, set: ReplicaSet, reason: string, message: string): Promise<void> {
    const revision = set.metadata.annotations?.[REVISION] ?? '';
    if (deployment.metadata.annotations?.[REVISION] !== revision) {
      const { namespace = '', name } = deployment.metadata;
      await client.patch(
        DEPLOYMENTS,
        { namespace, name },
        { metadata: { annotations: { [REVISION]: revision } } },
        { type: 'merge' },
      );
    }
    const known = deployment.status?.conditions?.some(({ type }) => type === 'Progressing');
    if (!known || reason === 'NewReplicaSetCreated') await note(deployment, 'True', reason, message);
  }

  async function note(
    deployment: Deployment,
    status: 'True' | 'False',
    reason: string,
    message: string,
  ): Promise<void> {
    const { namespace = '', name } = deployment.metadata;
    const now = (await client.get(DEPLOYMENTS, { namespace, name })) as Deployment;
    const conditions = withCondition(now.status?.conditions ?? [], clock, {
      type: 'Progressing',
      status,
      reason,
      message,
    });
    if (conditions === now.status?.conditions) return;
    await client.update(DEPLOYMENTS, { ...now, status: { ...now.status, conditions } }, 'status');
  }

  async function scaleAll(deployment: Deployment, steps: readonly Scaling[]): Promise<void> {
    const sizes = sizeAnnotations(deployment);
    for (const { set, replicas } of steps) {
      const from = replicasOf(set);
      const stale = Object.entries(sizes).some(([name, value]) => set.metadata.annotations?.[name] !== value);
      if (from === replicas && !stale) continue;
      const metadata = { ...set.metadata, annotations: { ...set.metadata.annotations, ...sizes } };
      await client.update(REPLICA_SETS, { ...set, metadata, spec: { ...set.spec, replicas } });
      if (from === replicas) continue;
      const direction = replicas > from ? 'up' : 'down';
      recorder.event(
        deployment,
        'Normal',
        'ScalingReplicaSet',
        `Scaled ${direction} replica set ${set.metadata.name} from ${from} to ${replicas}`,
      );
    }
  }

  /** Old sets beyond `revisionHistoryLimit` go, the oldest first, once they have no pods. */
  async function cleanUp(deployment: Deployment, old: readonly ReplicaSet[]): Promise<void> {
    const idle = old.filter(
      (set) =>
        set.metadata.deletionTimestamp === undefined && replicasOf(set) === 0 && (set.status?.replicas ?? 0) === 0,
    );
    const excess = idle.length - (deployment.spec.revisionHistoryLimit ?? 10);
    const oldestFirst = [...idle].sort((a, b) => revisionOf(a) - revisionOf(b) || ageOf(a) - ageOf(b));
    for (const { metadata } of oldestFirst.slice(0, Math.max(0, excess))) {
      await found(client.delete(REPLICA_SETS, { namespace: metadata.namespace ?? '', name: metadata.name }));
    }
  }

  async function writeStatus(deployment: Deployment, sets: Sets): Promise<void> {
    const status = deploymentStatus(deployment, sets.fresh, sets.old, clock);
    const left = deadlineLeft(deployment, status.conditions ?? [], clock);
    if (Number.isFinite(left)) loop.addAfter(keyOf(deployment), Math.max(1000, left));
    if (equal(status, deployment.status ?? {})) return;
    await found(client.update(DEPLOYMENTS, { ...deployment, status }, 'status'));
  }
}
