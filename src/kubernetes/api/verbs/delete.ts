import type { AnyDraft } from '../draft.ts';
import { conflict, forbidden, methodNotAllowed } from '../failure.ts';
import type { Answer, ApiObject, Status } from '../operation.ts';
import { timestamp } from '../time.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { isDone, removeObject } from './end.ts';
import { matching } from './filter.ts';
import { existing, finish, type Request } from './write.ts';

export function deleteOne(request: Request): Answer {
  const old = existing(request);
  const { object, gone } = remove(request, old);
  return { code: 200, body: gone && request.served.kind.answersDeleted !== true ? success(request, old) : object };
}

/** Deletes each object that the selectors match; answers the list of them as they were. */
export function deleteCollection(request: Request): Answer {
  const { registry, served, operation } = request;
  if (served.kind.namespaced && operation.namespace === undefined) throw methodNotAllowed();
  const objects = matching(request);
  const items = objects.map((object) => remove(request, object).object);
  return {
    code: 200,
    body: {
      kind: `${served.kind.kind}List`,
      apiVersion:
        items[0]?.apiVersion ?? (served.kind.group === '' ? 'v1' : `${served.kind.group}/${served.kind.version}`),
      metadata: {
        ...(served.kind.custom === true && { continue: '' }),
        resourceVersion: String(registry.store.revision),
      },
      items,
    },
  };
}

function success({ served }: Request, { metadata }: ApiObject): Status {
  const { group, resource } = served.kind;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    message: '',
    details: {
      name: metadata.name,
      ...(group !== '' && { group }),
      kind: resource,
      ...(metadata.uid !== undefined && { uid: metadata.uid }),
    },
    code: 200,
  };
}

/**
 * Starts or finishes an object's end. Finalizers keep it until their owners take them away, and a
 * grace period (pods) until the kubelet deletes it with none.
 */
function remove(request: Request, old: ApiObject): { object: ApiObject; gone: boolean } {
  const { registry, served, operation } = request;
  const { kind } = served;
  const { options } = operation;
  checkPolicy(options?.propagationPolicy);
  checkPreconditions(request, old);
  const why = kind.undeletable?.(old);
  if (why !== undefined) throw forbidden(kind, old.metadata.name, why);

  const now = registry.clock.wall();
  const draft: AnyDraft = { ...(old as AnyDraft), metadata: { ...(old.metadata as AnyDraft['metadata']) } };
  const { metadata } = draft;
  setFinalizers(metadata, options?.propagationPolicy);
  const graceful = kind.grace !== undefined;
  const pending = metadata.deletionTimestamp !== undefined;
  const grace = kind.grace?.(old, options?.gracePeriodSeconds) ?? 0;

  if (graceful && pending && (metadata.deletionGracePeriodSeconds ?? 0) > 0) {
    // A second delete can only shorten what is left.
    const before = metadata.deletionGracePeriodSeconds ?? 0;
    const asked = options?.gracePeriodSeconds;
    if (asked === undefined || asked >= before) return { object: old, gone: false };
    const moved = Date.parse(metadata.deletionTimestamp ?? '') + (asked - before) * 1000;
    metadata.deletionTimestamp = timestamp(Math.max(moved, now));
    metadata.deletionGracePeriodSeconds = moved < now && asked !== 0 ? 1 : asked;
  } else if (graceful && !pending) {
    metadata.deletionTimestamp = timestamp(now + grace * 1000);
    metadata.deletionGracePeriodSeconds = grace;
    if (metadata.generation !== undefined) metadata.generation += 1;
  } else if (!pending && (metadata.finalizers ?? []).length === 0 && kind.kept?.(old) !== true) {
    // Nothing holds it: it goes as it is.
    if (options?.dryRun === true) return { object: finish(draft, served, old.metadata.resourceVersion), gone: true };
    return { object: removeObject(request, old, draft), gone: true };
  } else {
    metadata.deletionTimestamp ??= timestamp(now);
    // What can't end gracefully has no grace period, unless a finalizer makes its end visible.
    if ((metadata.finalizers ?? []).length > 0) metadata.deletionGracePeriodSeconds ??= 0;
    if (
      !pending &&
      kind.generation === true &&
      metadata.generation !== undefined &&
      (metadata.finalizers ?? []).length > 0
    ) {
      metadata.generation += 1;
    }
  }
  kind.deleting?.(draft);

  const dryRun = options?.dryRun === true;
  if (isDone(draft as ApiObject, kind)) {
    if (!dryRun) return { object: removeObject(request, old, draft), gone: true };
    return { object: finish(draft, served, old.metadata.resourceVersion), gone: true };
  }
  if (pending && unchanged(draft, old)) return { object: old, gone: false };
  if (dryRun) return { object: finish(draft, served, old.metadata.resourceVersion), gone: false };
  return { object: registry.store.put(served.key, old, (revision) => finish(draft, served, revision)), gone: false };
}

function unchanged({ metadata }: AnyDraft, old: ApiObject): boolean {
  return (
    (['deletionTimestamp', 'deletionGracePeriodSeconds'] as const).every(
      (field) => metadata[field] === old.metadata[field],
    ) && (metadata.finalizers ?? []).join() === (old.metadata.finalizers ?? []).join()
  );
}

/** Who deals with the dependents is written as a finalizer; the garbage collector takes it away when that is done. */
function setFinalizers(metadata: AnyDraft['metadata'], policy: string | undefined): void {
  if (policy === undefined) return;
  const kept = (metadata.finalizers ?? []).filter(
    (finalizer) => finalizer !== 'orphan' && finalizer !== 'foregroundDeletion',
  );
  if (policy === 'Orphan') kept.push('orphan');
  if (policy === 'Foreground') kept.push('foregroundDeletion');
  if (kept.length > 0) metadata.finalizers = kept;
  else delete metadata.finalizers;
}

function checkPolicy(policy: string | undefined): void {
  const policies = ['Foreground', 'Background', 'Orphan'];
  if (policy === undefined || policies.includes(policy)) return;
  const errors = new FieldErrors();
  errors.notSupported('propagationPolicy', policy, [...policies, 'nil']);
  errors.refuse({ group: 'meta.k8s.io', resource: '', kind: 'DeleteOptions' }, '');
}

function checkPreconditions({ served, operation }: Request, { metadata }: ApiObject): void {
  const wanted = operation.options?.preconditions;
  // The server names the kind here, not the resource.
  const named = { ...served.kind, resource: served.kind.kind };
  if (wanted?.uid !== undefined && wanted.uid !== metadata.uid) {
    throw conflict(
      named,
      metadata.name,
      `the UID in the precondition (${wanted.uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    );
  }
  if (wanted?.resourceVersion !== undefined && wanted.resourceVersion !== metadata.resourceVersion) {
    throw conflict(
      named,
      metadata.name,
      `the ResourceVersion in the precondition (${wanted.resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
    );
  }
}
