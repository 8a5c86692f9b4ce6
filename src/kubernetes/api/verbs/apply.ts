import { compare, fieldsOf } from '../apply/compare.ts';
import { conflictsOf, refuseConflicts } from '../apply/conflict.ts';
import { type FieldSet, nothing } from '../apply/field-set.ts';
import { isSame, type Manager, ownable, readManagers, withFields, writeManagers } from '../apply/managers.ts';
import { merge, prune } from '../apply/merge.ts';
import { checkTyped } from '../apply/typed.ts';
import { readBody } from '../decode/body.ts';
import { type AnyDraft, isMap, type JsonMap } from '../draft.ts';
import { badRequest, failure } from '../failure.ts';
import type { Answer, ApiObject } from '../operation.ts';
import { apiVersion } from '../registry.ts';
import { store } from './create.ts';
import { replace } from './update.ts';
import { answer, type Request } from './write.ts';

/**
 * Server-side apply (KEP-555): the body is what its manager wants, all of it. What it named before and
 * names no more is taken away, unless another manager has it too; what another manager set to
 * something else is a conflict, unless forced.
 */
export function apply(request: Request): Answer {
  const { registry, served, operation } = request;
  const { kind, type } = served;
  const { options } = operation;
  if (!options?.fieldManager) {
    throw failure(
      422,
      'Invalid',
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
      {
        group: 'meta.k8s.io',
        kind: 'PatchOptions',
        causes: [
          {
            reason: 'FieldValueRequired',
            message: 'Required value: is required for apply patch',
            field: 'fieldManager',
          },
        ],
      },
    );
  }
  const { body } = operation;
  if (!isMap(body)) throw badRequest('error decoding YAML: the configuration is no object');
  const given = `${String(body.apiVersion ?? '')}, Kind=${String(body.kind ?? '')}`;
  if (given !== `${apiVersion(kind)}, Kind=${kind.kind}`) throw badRequest(`invalid object type: ${given}`);
  checkTyped(body, type, operation.name ?? '', kind.kind);
  const { draft: config, warnings } = readBody(operation.body, kind, type, registry, options.fieldValidation);
  if (config.metadata.managedFields !== undefined) throw badRequest('metadata.managedFields must be nil');
  if (config.metadata.name && config.metadata.name !== operation.name) {
    throw badRequest(
      `the name of the object (${config.metadata.name}) does not match the name on the URL (${operation.name ?? ''})`,
    );
  }
  config.metadata.name = operation.name ?? '';

  const subresource = operation.subresource ?? '';
  const me = { name: options.fieldManager, operation: 'Apply', apiVersion: apiVersion(kind), subresource } as const;
  const wanted = ownable(fieldsOf(config, type), type, subresource);
  const now = registry.clock.wall();
  const old = registry.store.objects(served.key).get(operation.namespace, operation.name ?? '');
  if (old === undefined) {
    const created = store(request, config, (made) =>
      writeManagers(made.metadata, [withFields(me, wanted, undefined, now)]),
    );
    return answer(request, 201, created, [...warnings, ...(kind.warnings?.(created, undefined) ?? [])]);
  }

  const managers = managersOf(old, request);
  const before = managers.find((each) => isSame(each, me));
  const others = managers.filter((each) => each !== before);
  const merged = mergeWanted(old, config, request, before, others, wanted);
  const { added, modified } = compare(old, merged, type);
  const touched = ownable(added.union(modified), type, subresource);
  const conflicts = conflictsOf(others, touched);
  if (conflicts.length > 0 && options.force !== true) throw refuseConflicts(conflicts);
  const left = others.map((each) => ({ ...each, fields: each.fields.without(touched) }));
  const changed = replace(request, merged as AnyDraft, old, (made) =>
    writeManagers(made.metadata, [...left, withFields(me, wanted, before, now)]),
  );
  return answer(request, 200, changed, [...warnings, ...(kind.warnings?.(changed, old) ?? [])]);
}

/** An object that nobody has booked fields of yet is taken to be of an unknown manager. */
function managersOf(old: ApiObject, { served }: Request): readonly Manager[] {
  const managers = readManagers(old.metadata.managedFields);
  if (managers.length > 0) return managers;
  const { added } = compare(undefined, old, served.type);
  const unknown = {
    name: 'before-first-apply',
    operation: 'Update',
    apiVersion: apiVersion(served.kind),
    subresource: '',
  } as const;
  return [{ ...unknown, time: old.metadata.creationTimestamp ?? '', fields: ownable(added, served.type, '') }];
}

function mergeWanted(
  old: ApiObject,
  config: AnyDraft,
  { served: { type } }: Request,
  before: Manager | undefined,
  others: readonly Manager[],
  wanted: FieldSet,
): JsonMap {
  const merged = merge(old as unknown as JsonMap, config as JsonMap, type);
  const gone = before?.fields.without(wanted) ?? nothing;
  const kept = others.reduce((all, { fields }) => all.union(fields), wanted);
  const pruned = gone.empty ? merged : prune(merged, type, gone, kept);
  const metadata = { ...(pruned.metadata as JsonMap) };
  // The lock counts where the configuration names it.
  if (config.metadata.resourceVersion === undefined) delete metadata.resourceVersion;
  return { ...pruned, metadata };
}
