import type { Field, StructType, Type } from '../../schema/schema.ts';
import { equal, isMap } from '../draft.ts';
import { FieldSet } from './field-set.ts';
import { partsOf, shapeOf } from './shape.ts';

/** What became of the fields between two forms of an object. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

export function compare(before: unknown, after: unknown, type: StructType): Comparison {
  const result = { added: new FieldSet(), modified: new FieldSet(), removed: new FieldSet() };
  walk(before ?? {}, after, { type, thereBefore: true, thereAfter: true }, result);
  return result;
}

interface Place {
  readonly type: Type;
  readonly field?: Field;
  /** Whether what holds this value was there; embedded structs are there with it, however empty. */
  readonly thereBefore: boolean;
  readonly thereAfter: boolean;
}

function walk(before: unknown, after: unknown, { type, field, thereBefore, thereAfter }: Place, at: Comparison): void {
  if (before === after) return;
  const embedded = field?.embedded === true;
  const wasThere = before !== undefined || (embedded && thereBefore);
  const isThere = after !== undefined || (embedded && thereAfter);
  if (!wasThere) at.added.member = true;
  if (!isThere) at.removed.member = true;
  if (shapeOf(type, field) === 'leaf') {
    if (wasThere && isThere && !equal(before, after)) at.modified.member = true;
    return;
  }
  const old = partsOf(before, type, field);
  const now = partsOf(after, type, field);
  for (const step of new Set([...old.keys(), ...now.keys()])) {
    const part = now.get(step) ?? old.get(step);
    const a = old.get(step)?.value;
    const b = now.get(step)?.value;
    if (part === undefined || a === b) continue;
    walk(
      a,
      b,
      { type: part.type, ...(part.field && { field: part.field }), thereBefore: wasThere, thereAfter: isThere },
      { added: at.added.at(step), modified: at.modified.at(step), removed: at.removed.at(step) },
    );
  }
}

/** The fields that a configuration names, as its applier will own them. */
export function fieldsOf(value: unknown, type: StructType): FieldSet {
  const set = new FieldSet();
  collect(value, type, undefined, set);
  return set;
}

function collect(value: unknown, type: Type, field: Field | undefined, at: FieldSet): void {
  if (shapeOf(type, field) === 'leaf') {
    at.member = true;
    return;
  }
  for (const [step, part] of partsOf(value, type, field)) {
    const child = at.at(step);
    collect(part.value, part.type, part.field, child);
    // Items of lists and maps are owned themselves; structs only through what is in them.
    const isItem = type.is !== 'struct';
    if (isItem || (isMap(part.value) && Object.keys(part.value).length === 0)) child.member = true;
  }
}
