import type { ApiObject, OwnerReference } from '../api/operation.ts';
import { selectorOf } from '../api/selector/label-selector.ts';
import type { Client } from '../client/client.ts';
import type { LabelSelector } from '../types/meta.ts';
import type { Pod } from '../types/pod.ts';
import type { ControllerContext } from './controller.ts';
import { controllerOf, controllerReference, isControlledBy, isEmpty, selects } from './ownership.ts';
import { isActive } from './pods.ts';
import { found } from './queue.ts';
import { PODS } from './resources.ts';

interface PodOwner extends ApiObject {
  readonly spec: { readonly selector: LabelSelector };
}

/**
 * The pods of a workload: matching orphans are adopted, owned pods whose labels have left the selector released.
 * Source: kubernetes/pkg/controller/controller_ref_manager.go.
 */
export async function claimPods({ client, feeds }: ControllerContext, owner: PodOwner): Promise<Pod[]> {
  const { namespace = '' } = owner.metadata;
  const { selector } = owner.spec;
  if (isEmpty(selector)) return [];
  const labelSelector = selectorOf(selector).toString();
  const { items } = await client.list(PODS, { namespace }, { labelSelector });
  const pods: Pod[] = [];
  for (const pod of items as readonly Pod[]) {
    if (isControlledBy(pod, owner)) pods.push(pod);
    else if (canAdopt(owner, pod)) {
      const ownerReferences = [...(pod.metadata.ownerReferences ?? []), controllerReference(owner)];
      const adopted = await patchOwners(client, pod, ownerReferences);
      if (adopted !== undefined) pods.push(adopted);
    }
  }
  if (owner.metadata.deletionTimestamp === undefined) {
    for (const pod of feeds.ownedBy<Pod>(PODS, owner)) {
      if (selects(selector, pod.metadata.labels)) continue;
      const others = pod.metadata.ownerReferences?.filter(({ uid }) => uid !== owner.metadata.uid) ?? [];
      await patchOwners(client, pod, others);
    }
  }
  return pods;
}

async function patchOwners(client: Client, pod: Pod, ownerReferences: readonly OwnerReference[]) {
  const { namespace = '', name, uid } = pod.metadata;
  // Of this pod alone, not of a namesake that has taken its place.
  const patch = { metadata: { uid, ownerReferences } };
  return (await found(client.patch(PODS, { namespace, name }, patch, { type: 'merge' }))) as Pod | undefined;
}

/** Whether a workload takes this pod, which nobody manages. */
export function canAdopt(owner: PodOwner, pod: Pod): boolean {
  return (
    owner.metadata.namespace === pod.metadata.namespace &&
    owner.metadata.deletionTimestamp === undefined &&
    controllerOf(pod) === undefined &&
    isActive(pod) &&
    selects(owner.spec.selector, pod.metadata.labels)
  );
}
