import type { Field, StructType, Type } from '../../schema/schema.ts';
import { isMap, type JsonMap } from '../draft.ts';
import type { FieldSet } from './field-set.ts';
import { partsOf, shapeOf } from './shape.ts';

/** `live` with everything that `config` names set to it; parts of lists are merged by their keys. */
export function merge(live: JsonMap, config: JsonMap, type: StructType): JsonMap {
  return mergeValue(live, config, type, undefined) as JsonMap;
}

function mergeValue(live: unknown, config: unknown, type: Type, field: Field | undefined): unknown {
  if (live === undefined || live === null || shapeOf(type, field) === 'leaf') return config;
  const old = partsOf(live, type, field);
  const wanted = partsOf(config, type, field);
  if (type.is !== 'list') {
    const result: JsonMap = isMap(live) ? { ...live } : {};
    for (const [step, part] of wanted) {
      result[step.slice(2)] = mergeValue(old.get(step)?.value, part.value, part.type, part.field);
    }
    return result;
  }
  // The configuration's order holds among its own items; others stay where they are relative to those.
  const result: unknown[] = [];
  const placed = new Set<string>();
  const put = (step: string) => {
    if (placed.has(step)) return;
    placed.add(step);
    const part = wanted.get(step);
    const before = old.get(step);
    result.push(part === undefined ? before?.value : mergeValue(before?.value, part.value, part.type, part.field));
  };
  const waiting = [...wanted.keys()];
  for (const step of old.keys()) {
    if (!wanted.has(step)) {
      put(step);
      continue;
    }
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      put(next);
      if (next === step) break;
    }
  }
  for (const step of waiting) put(step);
  return result;
}

/** `value` without the parts that `gone` has; a part that `kept` needs, or one below it, stays. */
export function prune(value: JsonMap, type: StructType, gone: FieldSet, kept: FieldSet): JsonMap {
  return pruneValue(value, type, undefined, gone, kept) as JsonMap;
}

function pruneValue(
  value: unknown,
  type: Type,
  field: Field | undefined,
  gone: FieldSet,
  kept: FieldSet | undefined,
): unknown {
  if (gone.member && (kept === undefined || kept.empty)) return undefined;
  if (shapeOf(type, field) === 'leaf') return value;
  const parts = partsOf(value, type, field);
  const result: [string, unknown][] = [];
  let changed = false;
  for (const [step, part] of parts) {
    const below = gone.children.get(step);
    const left =
      below === undefined ? part.value : pruneValue(part.value, part.type, part.field, below, kept?.children.get(step));
    if (left !== part.value) changed = true;
    if (left !== undefined) result.push([step, left]);
  }
  if (!changed) return value;
  // The server leaves out empty lists and maps.
  if (result.length === 0 && type.is !== 'struct') return undefined;
  if (type.is === 'list') return result.map(([, item]) => item);
  return Object.fromEntries(result.map(([step, item]) => [step.slice(2), item]));
}
