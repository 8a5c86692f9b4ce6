import type { ApiObject, OwnerReference } from '../api/operation.ts';
import { ApiError, type Client } from '../client/client.ts';
import type { ControllerContext, RunningController } from './controller.ts';
import { found, ReconcileLoop } from './queue.ts';
import { NAMESPACED, NODES } from './resources.ts';

const RESOURCES = [...NAMESPACED, NODES];
type Owned = (typeof RESOURCES)[number];

/**
 * Deletes what has lost its owners, and ends foreground and orphaning deletions by taking their finalizers away.
 * Source: kubernetes.io, "Garbage Collection" and "Owners and Dependents".
 */
export function garbageCollector({ client, clock, feeds }: ControllerContext): RunningController {
  const loop = new ReconcileLoop(clock, reconcile);
  /** The owners of each object when it was last looked at: most changes don't touch them. */
  const owners = new Map<string, string>();
  for (const resource of RESOURCES) {
    feeds.on(resource, (change, object) => {
      const { uid, ownerReferences = [], deletionTimestamp } = object.metadata;
      if (uid === undefined) return;
      const now = ownerReferences.map((owner) => owner.uid).join();
      if (change === 'DELETED') {
        owners.delete(uid);
        for (const dependent of dependentsOf(uid)) loop.add(`${dependent.object.metadata.uid}`);
        // An owner may wait for it in a foreground deletion.
        for (const owner of ownerReferences) loop.add(owner.uid);
      } else {
        if (deletionTimestamp !== undefined || (owners.get(uid) ?? '') !== now) loop.add(uid);
        owners.set(uid, now);
      }
    });
  }
  return { stop: () => loop.stop() };

  function all(): { resource: Owned; object: ApiObject }[] {
    return RESOURCES.flatMap((resource) => feeds.list(resource).map((object) => ({ resource, object })));
  }

  function dependentsOf(uid: string) {
    return all().filter(({ object }) => object.metadata.ownerReferences?.some((owner) => owner.uid === uid));
  }

  async function reconcile(uid: string): Promise<void> {
    const entry = all().find(({ object }) => object.metadata.uid === uid);
    if (entry === undefined) return;
    const { resource } = entry;
    const at = {
      ...(entry.object.metadata.namespace ? { namespace: entry.object.metadata.namespace } : {}),
      name: entry.object.metadata.name,
    };
    const object = await found(client.get(resource, at));
    if (object === undefined || object.metadata.uid !== uid) return;
    const finalizers = object.metadata.finalizers ?? [];
    if (object.metadata.deletionTimestamp !== undefined) {
      if (finalizers.includes('orphan')) await orphan(object);
      if (finalizers.includes('foregroundDeletion')) await foreground(object, resource, at);
      return;
    }
    await collect(object, resource, at);
  }

  /** Deletes `object` when none of its owners is there any more. */
  async function collect(object: ApiObject, resource: Owned, at: { namespace?: string; name: string }): Promise<void> {
    const owners = object.metadata.ownerReferences ?? [];
    if (owners.length === 0) return;
    const states = await Promise.all(owners.map((owner) => ownerState(client, owner, object)));
    if (states.includes('there')) {
      if (states.every((state) => state === 'there')) return;
      const left = owners.filter((_, i) => states[i] === 'there');
      await found(client.patch(resource, at, { metadata: { ownerReferences: left } }, { type: 'merge' }));
      return;
    }
    // An owner that waits in the foreground has its dependents deleted in the foreground too.
    const waited = states.includes('waiting') && dependentsOf(object.metadata.uid ?? '').length > 0;
    const orphans = object.metadata.finalizers?.includes('orphan');
    const propagationPolicy = waited ? 'Foreground' : orphans ? 'Orphan' : 'Background';
    await deleted(
      client.delete(resource, at, { propagationPolicy, preconditions: { uid: object.metadata.uid ?? '' } }),
    );
  }

  async function foreground(
    object: ApiObject,
    resource: Owned,
    at: { namespace?: string; name: string },
  ): Promise<void> {
    const dependents = dependentsOf(object.metadata.uid ?? '');
    for (const { object: dependent } of dependents) loop.add(`${dependent.metadata.uid}`);
    const blocks = dependents.some(({ object: dependent }) =>
      dependent.metadata.ownerReferences?.some(
        (owner) => owner.uid === object.metadata.uid && owner.blockOwnerDeletion === true,
      ),
    );
    if (!blocks) await dropFinalizer(object, resource, at, 'foregroundDeletion');
  }

  async function orphan(object: ApiObject): Promise<void> {
    for (const { object: dependent, resource } of dependentsOf(object.metadata.uid ?? '')) {
      const { namespace, name } = dependent.metadata;
      const left = dependent.metadata.ownerReferences?.filter((owner) => owner.uid !== object.metadata.uid) ?? [];
      const at = { ...(namespace ? { namespace } : {}), name };
      await found(client.patch(resource, at, { metadata: { ownerReferences: left } }, { type: 'merge' }));
    }
    const entry = all().find(({ object: other }) => other.metadata.uid === object.metadata.uid);
    if (entry === undefined) return;
    const { namespace, name } = object.metadata;
    await dropFinalizer(object, entry.resource, { ...(namespace ? { namespace } : {}), name }, 'orphan');
  }

  async function dropFinalizer(
    object: ApiObject,
    resource: Owned,
    at: { namespace?: string; name: string },
    finalizer: string,
  ) {
    const finalizers = (object.metadata.finalizers ?? []).filter((name) => name !== finalizer);
    const { resourceVersion } = object.metadata;
    const patch = { metadata: { finalizers, ...(resourceVersion ? { resourceVersion } : {}) } };
    await found(client.patch(resource, at, patch, { type: 'merge' }));
  }
}

/** Whether an owner is there, waits in a foreground deletion for its dependents, or is gone. */
async function ownerState(
  client: Client,
  owner: OwnerReference,
  dependent: ApiObject,
): Promise<'there' | 'waiting' | 'gone'> {
  const resource = RESOURCES.find(({ group, version, resource: plural }) => {
    const apiVersion = group === '' ? version : `${group}/${version}`;
    return apiVersion === owner.apiVersion && plural === pluralOf(owner.kind.toLowerCase());
  });
  // A kind that nobody serves is no proof that the owner is gone.
  if (resource === undefined) return 'there';
  const namespace = resource === NODES ? undefined : dependent.metadata.namespace;
  const object = await found(client.get(resource, { ...(namespace ? { namespace } : {}), name: owner.name }));
  if (object === undefined || object.metadata.uid !== owner.uid) return 'gone';
  const waits =
    object.metadata.deletionTimestamp !== undefined && object.metadata.finalizers?.includes('foregroundDeletion');
  return waits ? 'waiting' : 'there';
}

/** As the page's kinds are all named. */
function pluralOf(kind: string): string {
  if (kind === 'endpoints') return kind;
  if (kind.endsWith('y')) return `${kind.slice(0, -1)}ies`;
  return kind.endsWith('s') ? `${kind}es` : `${kind}s`;
}

async function deleted(request: Promise<unknown>): Promise<void> {
  try {
    await found(request);
  } catch (failure) {
    // The name now stands for another object.
    if (!(failure instanceof ApiError) || failure.status.reason !== 'Conflict') throw failure;
  }
}
