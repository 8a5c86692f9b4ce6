import { trackUpdate } from '../apply/track.ts';
import { readBody } from '../decode/body.ts';
import { type AnyDraft, equal, semanticallyEqual } from '../draft.ts';
import { badRequest, conflict, modified } from '../failure.ts';
import type { Answer, ApiObject } from '../operation.ts';
import type { Transaction } from '../service/transaction.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { validateMetadata, validateMetadataUpdate } from '../validation/metadata.ts';
import { fitNamespace } from './create.ts';
import { isDone, removeObject } from './end.ts';
import { answer, existing, finish, managerOf, type Request } from './write.ts';

export function update(request: Request): Answer {
  const { registry, served, operation } = request;
  const { kind, type } = served;
  const { draft, warnings } = readBody(operation.body, kind, type, registry, operation.options?.fieldValidation);
  fitName(draft, operation.name ?? '');
  const old = existing(request);
  const changed = replace(request, draft, old, (made) =>
    trackUpdate(made, old, served, managerOf(operation), registry.clock.wall(), operation.subresource),
  );
  return answer(request, 200, changed, [...warnings, ...(kind.warnings?.(changed, old) ?? [])]);
}

function fitName({ metadata }: AnyDraft, name: string): void {
  if (!metadata.name) metadata.name = name;
  if (metadata.name !== name) {
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
  }
}

/**
 * Puts `draft` in the place of `old`, as a plain update or as one of the operation's subresource.
 * Nothing is written where nothing changes.
 */
export function replace(
  request: Request,
  draft: AnyDraft,
  old: ApiObject,
  track: (draft: AnyDraft) => void,
): ApiObject {
  const { registry, served, operation } = request;
  const { kind } = served;
  fitNamespace(draft, kind.namespaced, operation.namespace);
  checkPreconditions(request, draft, old);
  kind.defaults?.(draft);
  keepSystemFields(draft, old);
  const dryRun = operation.options?.dryRun === true;
  const context = registry.context(dryRun);
  let set: Transaction | undefined;
  if (operation.subresource === 'status') {
    keep(draft, old, 'spec');
    if (old.metadata.ownerReferences === undefined) delete draft.metadata.ownerReferences;
    else
      draft.metadata.ownerReferences = old.metadata.ownerReferences as AnyDraft['metadata']['ownerReferences'] & object;
    kind.prepareStatus?.(draft, old, context);
  } else if (operation.subresource === 'ephemeralcontainers') {
    kind.prepareEphemeral?.(draft, old);
    if (!semanticallyEqual(draft.spec, old.spec)) draft.metadata.generation = (old.metadata.generation ?? 0) + 1;
  } else if (operation.subresource === 'finalize') {
    keep(draft, old, 'status');
    kind.prepareFinalize?.(draft);
  } else {
    if (kind.subresources?.includes('status') === true) keep(draft, old, 'status');
    if (kind.allocate !== undefined && draft.spec !== old.spec) {
      // What the server adds by itself has no manager.
      track(draft);
      set = kind.allocate(draft, old, context);
    }
    kind.prepareUpdate?.(draft, old, context);
    if (kind.generation === true) {
      const counts = kind.counts?.(draft, old) ?? !semanticallyEqual(draft.spec, old.spec);
      if (counts) draft.metadata.generation = (old.metadata.generation ?? 0) + 1;
    }
  }
  try {
    validate(request, draft, old);
  } catch (error) {
    set?.revert();
    throw error;
  }
  if (operation.subresource === 'finalize') keepManagers(draft, old);
  else if (set === undefined) track(draft);
  if (dryRun) set?.revert();
  else set?.commit();
  if (isDone(draft as ApiObject, kind)) {
    return dryRun ? finish(draft, served, old.metadata.resourceVersion) : removeObject(request, old, draft);
  }
  if (equal(draft, old)) return old;
  if (dryRun) return finish(draft, served, old.metadata.resourceVersion);
  return registry.store.put(served.key, old, (revision) => finish(draft, served, revision));
}

function keepManagers({ metadata }: AnyDraft, old: ApiObject): void {
  delete metadata.managedFields;
  if (old.metadata.managedFields !== undefined) metadata.managedFields = old.metadata.managedFields as unknown[];
}

/** The optimistic lock: what the client read must still be there. */
function checkPreconditions({ served, operation }: Request, draft: AnyDraft, old: ApiObject): void {
  const { kind } = served;
  const { uid, resourceVersion } = draft.metadata;
  if (operation.verb === 'update' && uid && uid !== old.metadata.uid) {
    const { namespace = '', name } = old.metadata;
    const key = `/registry/${kind.resource}/${namespace === '' ? '' : `${namespace}/`}${name}`;
    const why = `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`;
    throw conflict(kind, old.metadata.name, why);
  }
  if (!resourceVersion) {
    if (kind.unconditionalUpdate !== false) return;
    const errors = new FieldErrors();
    errors.invalid('metadata.resourceVersion', 0, 'must be specified for an update');
    // The server names the resource here, not the kind.
    errors.refuse({ ...kind, kind: kind.resource }, old.metadata.name);
  } else if (resourceVersion !== old.metadata.resourceVersion) {
    throw conflict(kind, old.metadata.name, modified);
  }
}

/** Fields that the server alone sets; a client that leaves them out doesn't mean to change them. `uid` comes with them. */
const systemFields = [
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
] as const;

function keepSystemFields({ metadata }: AnyDraft, old: ApiObject): void {
  const target = metadata as Record<string, unknown>;
  for (const field of systemFields) {
    // What is given and differs is refused later: these are immutable.
    const given = target[field] !== undefined && old.metadata[field] !== undefined;
    if (given && field !== 'generation' && field !== 'creationTimestamp') continue;
    if (old.metadata[field] === undefined) delete target[field];
    else target[field] = old.metadata[field];
  }
  target.resourceVersion = old.metadata.resourceVersion;
}

function keep(draft: AnyDraft, old: ApiObject, field: 'spec' | 'status'): void {
  if (old[field] === undefined) delete draft[field];
  else draft[field] = old[field];
}

function validate({ served, operation }: Request, draft: AnyDraft, old: ApiObject): void {
  const { kind } = served;
  const errors = new FieldErrors();
  validateMetadata(draft, kind.namespaced, kind.name, errors);
  validateMetadataUpdate(draft, old, errors);
  const same = draft.spec !== undefined && draft.spec === old.spec && kind.custom !== true;
  const judged = operation.subresource !== 'status' && !same;
  if (judged) {
    if (kind.updateFirst === true) kind.validateUpdate?.(draft, old, errors, operation.subresource);
    kind.validate?.(draft, errors, old);
    if (kind.updateFirst !== true) kind.validateUpdate?.(draft, old, errors, operation.subresource);
  }
  if (operation.subresource === 'status') kind.validateStatus?.(draft, old, errors);
  errors.refuse(kind, old.metadata.name);
}
