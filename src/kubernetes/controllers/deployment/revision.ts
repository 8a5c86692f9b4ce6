import type { Deployment, ReplicaSet } from '../../types/apps.ts';
import type { PodTemplateSpec } from '../../types/pod.ts';
import { canonical } from '../hash.ts';
import { ageOf, limitsOf, replicasOf } from './rollout.ts';

export const HASH_LABEL = 'pod-template-hash';
export const REVISION = 'deployment.kubernetes.io/revision';
const HISTORY = 'deployment.kubernetes.io/revision-history';
const DESIRED = 'deployment.kubernetes.io/desired-replicas';
const MAX = 'deployment.kubernetes.io/max-replicas';
/** Annotations of the deployment that are its own affair. */
const OWN = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deprecated.deployment.rollback.to',
  REVISION,
  HISTORY,
  DESIRED,
  MAX,
]);

export function revisionOf(object: Deployment | ReplicaSet): number {
  return Number(object.metadata.annotations?.[REVISION] ?? 0) || 0;
}

/** The set that has the deployment's present template; of several the oldest, so that the choice is the same each time. */
export function findNewSet(deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined {
  const wanted = templateText(deployment.spec.template);
  return [...sets].sort((a, b) => ageOf(a) - ageOf(b)).find((set) => templateText(set.spec.template) === wanted);
}

function templateText(template: PodTemplateSpec | undefined): string {
  const { [HASH_LABEL]: _, ...labels } = template?.metadata?.labels ?? {};
  const { creationTimestamp: __, ...metadata } = template?.metadata ?? {};
  return canonical({ metadata: { ...metadata, labels }, spec: template?.spec });
}

/** The annotations that the new set has to have. A set that becomes the newest again remembers its former revisions. */
export function newSetAnnotations(
  deployment: Deployment,
  set: ReplicaSet | undefined,
  revision: number,
): Readonly<Record<string, string>> {
  const old = set?.metadata.annotations ?? {};
  const copied = Object.entries(deployment.metadata.annotations ?? {}).filter(([name]) => !OWN.has(name));
  const current = Number(old[REVISION] ?? 0);
  const annotations: Record<string, string> = { ...old, ...Object.fromEntries(copied) };
  if (current < revision) {
    annotations[REVISION] = String(revision);
    if (current > 0) annotations[HISTORY] = [...(old[HISTORY]?.split(',') ?? []), String(current)].join(',');
  }
  return { ...annotations, ...sizeAnnotations(deployment) };
}

/** What the proportional scaling of a later moment starts from. */
export function sizeAnnotations(deployment: Deployment): Readonly<Record<string, string>> {
  const wanted = replicasOf(deployment);
  return { [DESIRED]: String(wanted), [MAX]: String(wanted + limitsOf(deployment).maxSurge) };
}

/** Whether the sets were last sized for another number of replicas than the deployment now asks for. */
export function wasScaled(deployment: Deployment, sets: readonly ReplicaSet[]): boolean {
  return sets
    .filter((set) => replicasOf(set) > 0)
    .some((set) => {
      const desired = set.metadata.annotations?.[DESIRED];
      return desired !== undefined && Number(desired) !== replicasOf(deployment);
    });
}
