import type { Field, StructType, Type } from '../../schema/schema.ts';
import { equal, isMap, type JsonMap } from '../draft.ts';
import { type Failure, unexpected } from '../failure.ts';
import { goMap } from './go-map.ts';

const patchDirective = '$patch';
const retainKeys = '$retainKeys';
const deleteFromList = '$deleteFromPrimitiveList/';
const elementOrder = '$setElementOrder/';

/**
 * Strategic merge patch: as a merge patch, but lists with a merge key are merged item by item, and
 * directives say what a plain patch can't: `$patch: replace|delete|merge`, `$retainKeys`,
 * `$deleteFromPrimitiveList/FIELD`, `$setElementOrder/FIELD`.
 * Source: Kubernetes contributors' guide, strategic-merge-patch.md. Shares what the patch leaves alone.
 */
export function strategicPatch(object: JsonMap, patch: JsonMap, type: StructType): JsonMap {
  return mergeMap(object, patch, type);
}

function mergeMap(object: JsonMap | undefined, patch: JsonMap, type: Type | undefined): JsonMap {
  const directive = patch[patchDirective];
  if (directive === 'replace') return without(patch, patchDirective);
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge') throw unknownDirective(patch);

  const kept = patch[retainKeys];
  const result: JsonMap = { ...object };
  if (Array.isArray(kept)) for (const key of Object.keys(result)) if (!kept.includes(key)) delete result[key];

  for (const key of Object.keys(patch)) {
    if (key === patchDirective || key === retainKeys) continue;
    if (key.startsWith(deleteFromList)) {
      const gone = patch[key];
      const field = key.slice(deleteFromList.length);
      const list = result[field];
      if (Array.isArray(list) && Array.isArray(gone))
        result[field] = list.filter((item) => !gone.some((each) => equal(each, item)));
      continue;
    }
    if (key.startsWith(elementOrder)) continue;
    const value = patch[key];
    if (value === null) {
      delete result[key];
      continue;
    }
    const field = type?.is === 'struct' ? type.fields.get(key) : undefined;
    const fieldType = field?.type ?? (type?.is === 'map' ? type.of : undefined);
    result[key] = mergeValue(result[key], value, field, fieldType, patch[`${elementOrder}${key}`]);
  }
  // An order may come alone, without items to merge.
  for (const key of Object.keys(patch)) {
    if (!key.startsWith(elementOrder)) continue;
    const name = key.slice(elementOrder.length);
    const field = type?.is === 'struct' ? type.fields.get(name) : undefined;
    const list = result[name];
    const order = patch[key];
    if (patch[name] !== undefined || !Array.isArray(list) || !Array.isArray(order)) continue;
    result[name] = ordered(list, order, list, field?.mergeKey);
  }
  return result;
}

function mergeValue(
  current: unknown,
  value: unknown,
  field: Field | undefined,
  type: Type | undefined,
  order: unknown,
): unknown {
  if (isMap(value)) {
    const replaced = field?.strategy === 'replace';
    return mergeMap(isMap(current) && !replaced ? current : undefined, value, type);
  }
  if (!Array.isArray(value)) return value;
  const merges = field?.strategy?.split(',').includes('merge') === true;
  if (!merges) return value.filter((item) => !isMap(item) || item[patchDirective] === undefined);
  const list = Array.isArray(current) ? current : [];
  const merged =
    field?.mergeKey === undefined ? mergeScalars(list, value) : mergeItems(list, value, field.mergeKey, itemType(type));
  return ordered(merged, Array.isArray(order) ? order : value, list, field?.mergeKey);
}

function itemType(type: Type | undefined): Type | undefined {
  return type?.is === 'list' ? type.of : undefined;
}

function mergeScalars(list: readonly unknown[], patch: readonly unknown[]): unknown[] {
  return [...list, ...patch.filter((item) => !list.includes(item))];
}

function mergeItems(
  list: readonly unknown[],
  patch: readonly unknown[],
  key: string,
  type: Type | undefined,
): unknown[] {
  if (patch.some((item) => isMap(item) && item[patchDirective] === 'replace')) {
    return patch.filter((item) => !isMap(item) || item[patchDirective] !== 'replace');
  }
  let result = [...list];
  for (const item of patch) {
    if (!isMap(item)) throw unexpected(`expected a map[string]interface {}, but received a ${typeof item}`);
    const name = item[key];
    if (name === undefined) {
      throw unexpected(`map: ${goMap(item)} does not contain declared merge key: ${key}`);
    }
    const directive = item[patchDirective];
    if (directive !== undefined && directive !== 'delete' && directive !== 'merge') throw unknownDirective(item);
    const at = result.findIndex((each) => isMap(each) && each[key] === name);
    if (item[patchDirective] === 'delete') {
      result = result.filter((each) => !isMap(each) || each[key] !== name);
    } else if (at < 0) {
      result.push(mergeMap(undefined, item, type));
    } else {
      result[at] = mergeMap(result[at] as JsonMap, item, type);
    }
  }
  return result;
}

/**
 * The items that the patch names in its order, the others in theirs; where two meet, the one that
 * stood first stays first, and what is new comes before what the patch doesn't know.
 */
function ordered(
  list: readonly unknown[],
  order: readonly unknown[],
  before: readonly unknown[],
  key: string | undefined,
): unknown[] {
  const nameOf = (item: unknown) => (key !== undefined && isMap(item) ? item[key] : item);
  const placeIn = (names: readonly unknown[], item: unknown) => names.findIndex((name) => equal(name, nameOf(item)));
  const wanted = order.map(nameOf);
  const stood = before.map(nameOf);
  const named = list.filter((item) => placeIn(wanted, item) >= 0);
  named.sort((a, b) => placeIn(wanted, a) - placeIn(wanted, b));
  const others = list.filter((item) => placeIn(wanted, item) < 0);
  const result: unknown[] = [];
  while (named.length > 0 || others.length > 0) {
    const [left, right] = [placeIn(stood, others[0]), placeIn(stood, named[0])];
    const takeOther = named.length === 0 || (others.length > 0 && left >= 0 && right >= 0 && left < right);
    result.push(takeOther ? others.shift() : named.shift());
  }
  return result;
}

function unknownDirective(patch: JsonMap): Failure {
  return unexpected(`unknown patch type: ${String(patch[patchDirective])} in map: ${goMap(patch)}`);
}

function without(map: JsonMap, key: string): JsonMap {
  const { [key]: _, ...rest } = map;
  return rest;
}
