import { equal } from '../api/draft.ts';
import type { ApiObject } from '../api/operation.ts';
import { ApiError, type Client } from '../client/client.ts';
import type { ControllerRevision } from '../types/apps.ts';
import type { LabelSelector } from '../types/meta.ts';
import type { PodTemplateSpec } from '../types/pod.ts';
import { templateHash } from './hash.ts';
import { controllerReference, isControlledBy } from './ownership.ts';
import { found } from './queue.ts';
import { CONTROLLER_REVISIONS } from './resources.ts';

/** On pods of DaemonSets and StatefulSets: which kept template they were made from. */
export const REVISION_LABEL = 'controller-revision-hash';

export interface RevisionOwner extends ApiObject {
  readonly spec: {
    readonly selector: LabelSelector;
    readonly template: PodTemplateSpec;
    readonly revisionHistoryLimit?: number;
  };
}

export interface History {
  /** The revision of the present template. */
  readonly current: ControllerRevision;
  /** All others, oldest first. */
  readonly old: readonly ControllerRevision[];
}

/**
 * The kept templates of a workload; a new one is written when its template is new, one that comes back gets the
 * highest number again. Source: kubernetes/pkg/controller/history.
 */
export async function keepHistory(client: Client, owner: RevisionOwner): Promise<History> {
  const namespace = owner.metadata.namespace ?? '';
  const { items } = await client.list(CONTROLLER_REVISIONS, { namespace });
  const all = (items as readonly ControllerRevision[])
    .filter((one) => isControlledBy(one, owner))
    .toSorted((a, b) => a.revision - b.revision);
  const data = templatePatch(owner);
  const same = all.filter((one) => equal(one.data, data)).at(-1);
  const next = (all.at(-1)?.revision ?? 0) + 1;
  const old = all.filter((one) => one !== same);
  if (same === undefined) return { current: await create(client, owner, data, next), old };
  if (same.revision === next - 1) return { current: same, old };
  const raised = { ...same, revision: next };
  return { current: (await client.update(CONTROLLER_REVISIONS, raised)) as ControllerRevision, old };
}

/** Deletes the oldest revisions beyond `revisionHistoryLimit` that no pod lives by. */
export async function truncateHistory(
  client: Client,
  owner: RevisionOwner,
  history: History,
  live: ReadonlySet<string>,
): Promise<void> {
  const idle = history.old.filter((one) => !live.has(hashOf(one)));
  const surplus = idle.length - (owner.spec.revisionHistoryLimit ?? 10);
  for (const { metadata } of idle.slice(0, Math.max(0, surplus))) {
    await found(client.delete(CONTROLLER_REVISIONS, { namespace: metadata.namespace ?? '', name: metadata.name }));
  }
}

export function hashOf(revision: ControllerRevision): string {
  return revision.metadata.labels?.[REVISION_LABEL] ?? '';
}

/** What is kept: a strategic merge patch that puts the whole template back. */
function templatePatch(owner: RevisionOwner): Readonly<Record<string, unknown>> {
  return { spec: { template: { ...owner.spec.template, $patch: 'replace' } } };
}

async function create(
  client: Client,
  owner: RevisionOwner,
  data: Readonly<Record<string, unknown>>,
  revision: number,
): Promise<ControllerRevision> {
  const namespace = owner.metadata.namespace ?? '';
  for (let collisions = 0; ; collisions++) {
    const hash = templateHash(data, collisions);
    const object = {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: {
        name: `${owner.metadata.name}-${hash}`,
        labels: { ...owner.spec.template.metadata?.labels, [REVISION_LABEL]: hash },
        ...(owner.metadata.annotations && { annotations: owner.metadata.annotations }),
        ownerReferences: [controllerReference(owner)],
      },
      data,
      revision,
    };
    try {
      return (await client.create(CONTROLLER_REVISIONS, object, { namespace })) as ControllerRevision;
    } catch (failure) {
      if (!(failure instanceof ApiError) || failure.status.reason !== 'AlreadyExists') throw failure;
      const there = await found(client.get(CONTROLLER_REVISIONS, { namespace, name: object.metadata.name }));
      if (there !== undefined && equal((there as ControllerRevision).data, data)) return there as ControllerRevision;
    }
  }
}
