import type { Clock } from '../../../simulation/clock.ts';
import { parseTime, timestamp } from '../../events/time.ts';
import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '../../types/apps.ts';
import { limitsOf, replicasOf } from './rollout.ts';

type Judged = Pick<DeploymentCondition, 'type' | 'status' | 'reason' | 'message'>;

/** The status that follows from the ReplicaSets' own. */
export function deploymentStatus(
  deployment: Deployment,
  fresh: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
  clock: Clock,
): DeploymentStatus {
  const all = fresh === undefined ? old : [...old, fresh];
  const sum = (count: (set: ReplicaSet) => number | undefined) => all.reduce((n, set) => n + (count(set) ?? 0), 0);
  const before = deployment.status ?? {};
  const counts = {
    replicas: sum((set) => set.status?.replicas),
    updatedReplicas: fresh?.status?.replicas ?? 0,
    readyReplicas: sum((set) => set.status?.readyReplicas),
    availableReplicas: sum((set) => set.status?.availableReplicas),
    unavailableReplicas: 0,
    terminatingReplicas: sum((set) => set.status?.terminatingReplicas),
  };
  counts.unavailableReplicas = Math.max(0, sum(replicasOf) - counts.availableReplicas);
  const wanted = replicasOf(deployment);
  const enough = counts.availableReplicas >= wanted - limitsOf(deployment).maxUnavailable;
  let conditions = withCondition(before.conditions ?? [], clock, {
    type: 'Available',
    status: enough ? 'True' : 'False',
    reason: enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
    message: `Deployment ${enough ? 'has' : 'does not have'} minimum availability.`,
  });
  conditions = progress(deployment, fresh, counts, conditions, clock);
  const failure = all.flatMap((set) => set.status?.conditions ?? []).find(({ type }) => type === 'ReplicaFailure');
  conditions = conditions.filter(({ type }) => type !== 'ReplicaFailure');
  if (failure !== undefined) conditions = withCondition(conditions, clock, { message: '', reason: '', ...failure });
  return {
    ...(deployment.metadata.generation === undefined ? {} : { observedGeneration: deployment.metadata.generation }),
    ...Object.fromEntries(
      Object.entries(counts).filter(([name, count]) => count > 0 || name === 'terminatingReplicas'),
    ),
    ...(before.collisionCount === undefined ? {} : { collisionCount: before.collisionCount }),
    conditions,
  };
}

type Counts = Required<Pick<DeploymentStatus, 'replicas' | 'updatedReplicas' | 'readyReplicas' | 'availableReplicas'>>;

/** The condition Progressing (kubernetes.io, "Deployment status"). */
function progress(
  deployment: Deployment,
  fresh: ReplicaSet | undefined,
  now: Counts,
  conditions: readonly DeploymentCondition[],
  clock: Clock,
): readonly DeploymentCondition[] {
  const deadline = deployment.spec.progressDeadlineSeconds ?? 600;
  if (deadline === 2147483647) return conditions.filter(({ type }) => type !== 'Progressing');
  const current = conditions.find(({ type }) => type === 'Progressing');
  if (now.replicas === now.updatedReplicas && current?.reason === 'NewReplicaSetAvailable') return conditions;
  const what = fresh ? `ReplicaSet "${fresh.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  if (isComplete(deployment, { ...now, observedGeneration: deployment.metadata.generation ?? 0 })) {
    return withCondition(conditions, clock, {
      type: 'Progressing',
      status: 'True',
      reason: 'NewReplicaSetAvailable',
      message: `${what} has successfully progressed.`,
    });
  }
  if (isProgressing(deployment.status ?? {}, now)) {
    const updated = {
      type: 'Progressing',
      status: 'True',
      reason: 'ReplicaSetUpdated',
      message: `${what} is progressing.`,
    } as const;
    const since = current?.status === 'True' ? current.lastTransitionTime : undefined;
    return [
      ...conditions.filter(({ type }) => type !== 'Progressing'),
      { ...updated, lastUpdateTime: timestamp(clock), lastTransitionTime: since ?? timestamp(clock) },
    ];
  }
  if (deadlineLeft(deployment, conditions, clock) <= 0) {
    return withCondition(conditions, clock, {
      type: 'Progressing',
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
      message: `${what} has timed out progressing.`,
    });
  }
  return conditions;
}

/** How many ms are left for the rollout to get on; Infinity when nothing is awaited. */
export function deadlineLeft(deployment: Deployment, conditions: readonly DeploymentCondition[], clock: Clock): number {
  const current = conditions.find(({ type }) => type === 'Progressing');
  if (current === undefined || current.reason === 'NewReplicaSetAvailable') return Number.POSITIVE_INFINITY;
  if (current.reason === 'ProgressDeadlineExceeded') return Number.POSITIVE_INFINITY;
  const deadline = (deployment.spec.progressDeadlineSeconds ?? 600) * 1000;
  return parseTime(current.lastUpdateTime) + deadline - clock.wall();
}

export function isComplete(deployment: Deployment, now: DeploymentStatus): boolean {
  const wanted = replicasOf(deployment);
  return (
    (now.updatedReplicas ?? 0) === wanted &&
    (now.replicas ?? 0) === wanted &&
    (now.availableReplicas ?? 0) === wanted &&
    (now.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

function isProgressing(before: DeploymentStatus, now: Counts): boolean {
  const old = (status: DeploymentStatus) => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    now.updatedReplicas > (before.updatedReplicas ?? 0) ||
    old(now) < old(before) ||
    now.readyReplicas > (before.readyReplicas ?? 0) ||
    now.availableReplicas > (before.availableReplicas ?? 0)
  );
}

/** `condition` in place of the one of its type; times move as upstream moves them. */
export function withCondition(
  conditions: readonly DeploymentCondition[],
  clock: Clock,
  condition: Judged,
): readonly DeploymentCondition[] {
  const old = conditions.find(({ type }) => type === condition.type);
  if (old !== undefined && old.status === condition.status && old.reason === condition.reason) return conditions;
  const now = timestamp(clock);
  const since = old?.status === condition.status ? (old.lastTransitionTime ?? now) : now;
  return [
    ...conditions.filter(({ type }) => type !== condition.type),
    { ...condition, lastUpdateTime: now, lastTransitionTime: since },
  ];
}
