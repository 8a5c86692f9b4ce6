import type { Type } from '../../schema/schema.ts';
import { checkedAs, markChecked } from './checked.ts';

/** Freezes a value for good and remembers its type, part by part; parts that are sealed already are not walked again. */
export function seal(value: unknown, type: Type): void {
  if (typeof value !== 'object' || value === null) return;
  // A frozen part of another type (none should be) can't be marked anew.
  if (checkedAs(value) !== undefined) return;
  switch (type.is) {
    case 'scalar':
      // Free-form values are copied whenever they come in, so there is nothing to remember.
      deepFreeze(value);
      return;
    case 'list':
      for (const item of value as readonly unknown[]) seal(item, type.of);
      break;
    case 'map':
      for (const item of Object.values(value)) seal(item, type.of);
      break;
    case 'struct':
      for (const [name, part] of Object.entries(value)) {
        const field = type.fields.get(name);
        if (field !== undefined) seal(part, field.type);
      }
      break;
  }
  markChecked(value, type);
  Object.freeze(value);
}

function deepFreeze(value: object): void {
  if (Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) deepFreeze(part);
}
