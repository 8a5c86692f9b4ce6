import type { Field, StructType, Type } from '../../schema/schema.ts';
import { checkedAs } from '../decode/checked.ts';
import { equal, isMap } from '../draft.ts';
import { FieldSet, nothing, only } from './field-set.ts';
import { partsOf, shapeOf } from './shape.ts';

/** What became of the fields between two forms of an object. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

const unchanged: Comparison = { added: nothing, modified: nothing, removed: nothing };

export function compare(before: unknown, after: unknown, type: StructType): Comparison {
  return walk(before ?? {}, after, { type, thereBefore: true, thereAfter: true });
}

interface Place {
  readonly type: Type;
  readonly field?: Field;
  /** Whether what holds this value was there; embedded structs are there with it, however empty. */
  readonly thereBefore: boolean;
  readonly thereAfter: boolean;
}

function walk(before: unknown, after: unknown, { type, field, thereBefore, thereAfter }: Place): Comparison {
  if (before === after) return unchanged;
  const embedded = field?.embedded === true;
  const wasThere = before !== undefined || (embedded && thereBefore);
  const isThere = after !== undefined || (embedded && thereAfter);
  // A value that Go's encoder writes although it says nothing was there before, unwritten.
  if (before === undefined && (after === null || after === '' || (embedded && isHollow(after)))) return unchanged;
  if (!wasThere) return { ...unchanged, added: everything(after, type, field) };
  if (!isThere) return { ...unchanged, removed: everything(before, type, field) };
  if (shapeOf(type, field) === 'leaf') return equal(before, after) ? unchanged : { ...unchanged, modified: only };

  const old = partsOf(before, type, field);
  const now = partsOf(after, type, field);
  const changes = {
    added: new Map<string, FieldSet>(),
    modified: new Map<string, FieldSet>(),
    removed: new Map<string, FieldSet>(),
  };
  const visit = (step: string, a: unknown, b: unknown, place: { readonly type: Type; readonly field?: Field }) => {
    if (a === b) return;
    const below = walk(a, b, { ...place, thereBefore: wasThere, thereAfter: isThere });
    for (const how of ['added', 'modified', 'removed'] as const) {
      if (!below[how].empty) changes[how].set(step, below[how]);
    }
  };
  for (const [step, part] of now) visit(step, old.get(step)?.value, part.value, part);
  for (const [step, part] of old) if (!now.has(step)) visit(step, part.value, undefined, part);
  return {
    added: new FieldSet(false, changes.added),
    modified: new FieldSet(false, changes.modified),
    removed: new FieldSet(false, changes.removed),
  };
}

function isHollow(value: unknown): boolean {
  return isMap(value) && Object.keys(value).length === 0;
}

/** Parts that come out of the store are asked for again and again: a template's pods share theirs. */
const known = new WeakMap<object, FieldSet>();

/** A value that is wholly new or wholly gone: each path to and in it. */
function everything(value: unknown, type: Type, field: Field | undefined): FieldSet {
  if (shapeOf(type, field) === 'leaf') return only;
  const cached = isMap(value) ? known.get(value) : undefined;
  if (cached !== undefined) return cached;
  const children = new Map<string, FieldSet>();
  for (const [step, part] of partsOf(value, type, field))
    children.set(step, everything(part.value, part.type, part.field));
  const set = new FieldSet(true, children);
  if (isMap(value) && checkedAs(value) === type) known.set(value, set);
  return set;
}

/** The fields that a configuration names, as its applier will own them. */
export function fieldsOf(value: unknown, type: StructType): FieldSet {
  return collect(value, type, undefined);
}

function collect(value: unknown, type: Type, field: Field | undefined): FieldSet {
  if (shapeOf(type, field) === 'leaf') return only;
  const children = new Map<string, FieldSet>();
  for (const [step, part] of partsOf(value, type, field)) {
    const child = collect(part.value, part.type, part.field);
    // Items of lists and maps are owned themselves; structs only through what is in them.
    const owned = type.is !== 'struct' || (isMap(part.value) && Object.keys(part.value).length === 0);
    if (owned || !child.empty) children.set(step, owned ? child.union(only) : child);
  }
  return new FieldSet(false, children);
}
