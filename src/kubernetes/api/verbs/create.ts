import { trackUpdate } from '../apply/track.ts';
import { readBody } from '../decode/body.ts';
import type { AnyDraft } from '../draft.ts';
import { alreadyExists, badRequest, generateNameConflict, methodNotAllowed, unexpected } from '../failure.ts';
import type { Answer, ApiObject } from '../operation.ts';
import type { Registry } from '../registry.ts';
import { timestamp } from '../time.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { validateMetadata } from '../validation/metadata.ts';
import { answer, checkNamespace, finish, managerOf, type Request } from './write.ts';

export function create(request: Request): Answer {
  const { registry, served, operation } = request;
  const { kind, type } = served;
  if (kind.namespaced && operation.namespace === undefined) throw methodNotAllowed();
  const { draft, warnings } = readBody(operation.body, kind, type, registry, operation.options?.fieldValidation);
  if (kind.review !== undefined) return { code: 201, body: review(draft, request) };
  const created = store(request, draft, (made) =>
    trackUpdate(made, undefined, served, managerOf(operation), registry.clock.wall()),
  );
  return answer(request, 201, created, [...warnings, ...(kind.warnings?.(created, undefined) ?? [])]);
}

function review(draft: AnyDraft, { served: { kind }, operation }: Request): ApiObject {
  kind.defaults?.(draft);
  const errors = new FieldErrors();
  kind.validate?.(draft, errors);
  // The server names no kind here.
  errors.refuse({ ...kind, kind: '' }, draft.metadata.name ?? '');
  kind.review?.(draft, operation.user);
  return draft as ApiObject;
}

/** Takes a new object through defaults, admission and validation into the store; `track` books who set its fields. */
export function store(request: Request, draft: AnyDraft, track: (draft: AnyDraft) => void): ApiObject {
  const { registry, served, operation } = request;
  const { kind } = served;
  const { metadata } = draft;
  fitNamespace(draft, kind.namespaced, operation.namespace);
  if (metadata.resourceVersion !== undefined && metadata.resourceVersion !== '') {
    throw unexpected('resourceVersion should not be set on objects to be created');
  }
  const generated = !metadata.name && Boolean(metadata.generateName);
  if (generated) metadata.name = generateName(request, metadata.generateName ?? '');
  checkNamespace(request, metadata.name ?? '');
  kind.defaults?.(draft);
  // Before admission: what the server adds by itself has no manager.
  track(draft);
  const now = registry.clock.wall();
  stamp(metadata, registry, kind.generation === true, now);
  const dryRun = operation.options?.dryRun === true;
  const context = registry.context(dryRun);
  kind.admit?.(draft, context);
  const set = kind.allocate?.(draft, undefined, context);
  try {
    kind.prepareCreate?.(draft, context);
    const errors = new FieldErrors();
    validateMetadata(draft, kind.namespaced, kind.name, errors);
    kind.validate?.(draft, errors);
    errors.refuse(kind, metadata.name ?? '');
    if (registry.store.objects(served.key).get(metadata.namespace, metadata.name) !== undefined) {
      throw generated ? generateNameConflict(kind, metadata.name) : alreadyExists(kind, metadata.name);
    }
  } catch (error) {
    set?.revert();
    throw error;
  }
  if (dryRun) {
    set?.revert();
    return finish(draft, served, undefined);
  }
  set?.commit();
  return registry.store.put(served.key, undefined, (revision) => finish(draft, served, revision));
}

/** The namespace in the object must be the path's, and is it where it is left out. */
export function fitNamespace({ metadata }: AnyDraft, namespaced: boolean, namespace: string | undefined): void {
  if (!namespaced || namespace === undefined) {
    // On what has no namespace the server takes no notice of one.
    if (!namespaced) delete metadata.namespace;
    return;
  }
  if (!metadata.namespace) metadata.namespace = namespace;
  else if (metadata.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
}

function stamp(metadata: AnyDraft['metadata'], registry: Registry, generation: boolean, now: number): void {
  metadata.uid = uuid(registry);
  metadata.creationTimestamp = timestamp(now);
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  if (generation) metadata.generation = 1;
  else delete metadata.generation;
}

/** A random UUID (RFC 9562, version 4) out of the simulation's seed. */
function uuid({ random }: Registry): string {
  const hex = random.text(32, '0123456789abcdef');
  const variant = '89ab'[random.below(4)];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** No vowels and no digits that look like them, so that no word comes out. */
const suffixAlphabet = 'bcdfghjklmnpqrstvwxz2456789';

function generateName({ registry, served, operation }: Request, prefix: string): string {
  const objects = registry.store.objects(served.key);
  // A name has 63 characters at most, five of them random.
  const base = prefix.slice(0, 58);
  let name = '';
  for (let attempt = 0; attempt < 8; attempt++) {
    name = base + registry.random.text(5, suffixAlphabet);
    if (objects.get(operation.namespace, name) === undefined) break;
  }
  return name;
}
