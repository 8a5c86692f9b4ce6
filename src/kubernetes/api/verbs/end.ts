import type { AnyDraft } from '../draft.ts';
import type { KindDefinition } from '../kind.ts';
import type { ApiObject } from '../operation.ts';
import { finish, type Request } from './write.ts';

/** Whether an object that is being deleted has nothing left to wait for. */
export function isDone(object: ApiObject, kind: KindDefinition): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata;
  if (deletionTimestamp === undefined) return false;
  if ((deletionGracePeriodSeconds ?? 0) > 0) return false;
  return (finalizers ?? []).length === 0 && kind.kept?.(object) !== true;
}

/** Takes an object out of the store; `last` is the form that watchers see it end with. */
export function removeObject({ registry, served }: Request, old: ApiObject, last: AnyDraft): ApiObject {
  const gone = registry.store.remove(served.key, old, (revision) => finish(last, served, revision));
  served.kind.release?.(gone, registry.context(false));
  return gone;
}
