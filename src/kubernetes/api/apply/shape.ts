import type { Field, Type } from '../../schema/schema.ts';
import { isMap } from '../draft.ts';

/**
 * How server-side apply sees a value: as one (a leaf), or as parts that may have different owners.
 * Source: kubernetes.io, Server-Side Apply, "Merge strategy".
 */
export type Shape = 'leaf' | 'fields' | 'keyed' | 'set';

export function shapeOf(type: Type, field: Field | undefined): Shape {
  switch (type.is) {
    case 'scalar':
      return 'leaf';
    case 'struct':
      return type.atomic || field?.atomic === true ? 'leaf' : 'fields';
    case 'map':
      return field?.atomic === true ? 'leaf' : 'fields';
    case 'list':
      return field?.list === 'map' ? 'keyed' : field?.list === 'set' ? 'set' : 'leaf';
  }
}

/** One part of a composite value. */
export interface Part {
  readonly value: unknown;
  readonly type: Type;
  readonly field?: Field;
}

/** The parts of a value by their steps, in the value's order. */
export function partsOf(value: unknown, type: Type, field: Field | undefined): Map<string, Part> {
  const parts = new Map<string, Part>();
  if (type.is === 'struct' && isMap(value)) {
    for (const name of Object.keys(value)) {
      const known = type.fields.get(name);
      if (known !== undefined && value[name] !== undefined) {
        parts.set(`f:${name}`, { value: value[name], type: known.type, field: known });
      }
    }
  } else if (type.is === 'map' && isMap(value)) {
    for (const key of Object.keys(value)) parts.set(`f:${key}`, { value: value[key], type: type.of });
  } else if (type.is === 'list' && Array.isArray(value)) {
    for (const item of value) {
      const step = field?.list === 'set' ? `v:${JSON.stringify(item)}` : itemStep(item, type.of, field?.keys ?? []);
      parts.set(step, { value: item, type: type.of });
    }
  }
  return parts;
}

/** Keys that are left out count with their defaults (a port's protocol). */
export function itemStep(item: unknown, type: Type, keys: readonly string[]): string {
  const named: [string, unknown][] = [];
  for (const key of [...keys].sort()) {
    const fallback = type.is === 'struct' ? type.fields.get(key)?.default : undefined;
    const value = (isMap(item) ? item[key] : undefined) ?? fallback;
    if (value !== undefined) named.push([key, value]);
  }
  return `k:${JSON.stringify(Object.fromEntries(named))}`;
}
