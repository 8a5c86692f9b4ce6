/**
 * The strategic merge patch of client-side apply: what the manifest adds or changes against the live
 * object, and what it no longer has of what was applied last. Lists with a merge key are patched item by
 * item (https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/).
 */
import type { Resource } from '../../kubernetes/api/operation.ts';
import { builtinSchema, type Field, type Type } from '../../kubernetes/schema/schema.ts';
import { isMap } from '../manifests.ts';

type Json = Readonly<Record<string, unknown>>;
const schema = builtinSchema();

/** @returns the patch; undefined where nothing differs. */
export function threeWayPatch(
  resource: Resource,
  kind: string,
  original: Json,
  modified: Json,
  current: Json,
): Json | undefined {
  return mapPatch(schema.kind(resource.group, resource.version, kind), original, modified, current);
}

function mapPatch(type: Type | undefined, original: Json, modified: Json, current: Json): Json | undefined {
  const patch: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(modified)) {
    if (value === null) {
      if (current[key] !== undefined) patch[key] = null;
    } else if (current[key] === undefined) patch[key] = value;
    else Object.assign(patch, fieldPatch(fieldOf(type, key), key, original[key], value, current[key]));
  }
  for (const key of Object.keys(original)) if (!(key in modified)) patch[key] = null;
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/** What one field that both have contributes to the patch. */
function fieldPatch(field: FieldRules, key: string, original: unknown, modified: unknown, current: unknown): Json {
  if (isMap(modified) && isMap(current)) {
    if (field.strategies.includes('replace'))
      return same(modified, current) ? {} : { [key]: { ...modified, $patch: 'replace' } };
    const patch = mapPatch(field.type, isMap(original) ? original : {}, modified, current);
    if (patch === undefined) return {};
    return {
      [key]: field.strategies.includes('retainKeys') ? { $retainKeys: Object.keys(modified).sort(), ...patch } : patch,
    };
  }
  if (Array.isArray(modified) && Array.isArray(current) && field.strategies.includes('merge')) {
    const before = Array.isArray(original) ? original : [];
    return field.mergeKey === undefined
      ? valueListPatch(key, before, modified, current)
      : itemListPatch(field, field.mergeKey, key, before, modified, current);
  }
  return same(modified, current) ? {} : { [key]: modified };
}

/** A list of maps that are known by one of their fields (`containers` by `name`). */
function itemListPatch(
  field: FieldRules,
  mergeKey: string,
  key: string,
  original: readonly unknown[],
  modified: readonly unknown[],
  current: readonly unknown[],
): Json {
  const find = (list: readonly unknown[], id: unknown) => list.find((item) => isMap(item) && item[mergeKey] === id);
  const items: unknown[] = [];
  for (const item of modified) {
    if (!isMap(item)) return { [key]: modified };
    const id = item[mergeKey];
    const live = find(current, id);
    if (!isMap(live)) {
      items.push(item);
      continue;
    }
    const before = find(original, id);
    const patch = mapPatch(field.item, isMap(before) ? before : {}, item, live);
    if (patch === undefined) continue;
    const retain = field.strategies.includes('retainKeys') ? { $retainKeys: Object.keys(item).sort() } : {};
    items.push({ ...retain, ...patch, [mergeKey]: id });
  }
  for (const item of original) {
    if (isMap(item) && find(modified, item[mergeKey]) === undefined)
      items.push({ $patch: 'delete', [mergeKey]: item[mergeKey] });
  }
  const ids = modified.map((item) => (item as Json)[mergeKey]);
  const liveIds = current.flatMap((item) => (isMap(item) && ids.includes(item[mergeKey]) ? [item[mergeKey]] : []));
  const reordered = liveIds.length === ids.length && !same(liveIds, ids);
  if (items.length === 0 && !reordered) return {};
  return {
    [`$setElementOrder/${key}`]: ids.map((id) => ({ [mergeKey]: id })),
    ...(items.length === 0 ? {} : { [key]: items }),
  };
}

/** A list of plain values that is merged (`finalizers`). */
function valueListPatch(
  key: string,
  original: readonly unknown[],
  modified: readonly unknown[],
  current: readonly unknown[],
): Json {
  const added = modified.filter((value) => !current.includes(value));
  const removed = original.filter((value) => !modified.includes(value));
  if (added.length === 0 && removed.length === 0) return {};
  return {
    [`$setElementOrder/${key}`]: modified,
    ...(removed.length === 0 ? {} : { [`$deleteFromPrimitiveList/${key}`]: removed }),
    ...(added.length === 0 ? {} : { [key]: added }),
  };
}

interface FieldRules {
  readonly type: Type | undefined;
  /** The type of a list's items. */
  readonly item: Type | undefined;
  readonly mergeKey: string | undefined;
  readonly strategies: readonly string[];
}

function fieldOf(type: Type | undefined, key: string): FieldRules {
  const field: Field | undefined = type?.is === 'struct' ? type.fields.get(key) : undefined;
  const of = field?.type ?? (type?.is === 'map' ? type.of : undefined);
  return {
    type: of,
    item: of?.is === 'list' ? of.of : undefined,
    mergeKey: field?.mergeKey,
    strategies: field?.strategy?.split(',') ?? [],
  };
}

function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, at) => same(item, b[at]));
  if (!isMap(a) || !isMap(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && same(a[key], b[key]));
}
