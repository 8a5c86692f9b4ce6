import { isMap } from '../draft.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import type { JsonSchema } from './json-schema.ts';

/** Sets have no value twice, and lists with keys no key. Source: apiextensions, listtype/validation.go. */
export function validateListTypes(value: unknown, schema: JsonSchema, path: string, errors: FieldErrors): void {
  if (Array.isArray(value)) {
    const type = schema['x-kubernetes-list-type'];
    const keys = schema['x-kubernetes-list-map-keys'] ?? [];
    const seen = new Set<string>();
    for (const [index, item] of value.entries()) {
      if (type === 'set' || type === 'map') {
        const shown: unknown = type === 'set' ? item : keysOf(item, keys, schema.items);
        const text = JSON.stringify(shown);
        if (seen.has(text)) errors.duplicate(`${path}[${index}]`, shown);
        seen.add(text);
      }
      if (schema.items !== undefined) validateListTypes(item, schema.items, `${path}[${index}]`, errors);
    }
    return;
  }
  if (!isMap(value)) return;
  for (const [key, part] of Object.entries(value)) {
    const at = path === '' ? key : `${path}.${key}`;
    const own = schema.properties?.[key];
    if (own !== undefined) validateListTypes(part, own, at, errors);
    else if (typeof schema.additionalProperties === 'object') {
      validateListTypes(part, schema.additionalProperties, `${path}[${key}]`, errors);
    }
  }
}

function keysOf(item: unknown, keys: readonly string[], schema: JsonSchema | undefined): unknown {
  const named = [...keys].sort().flatMap((key) => {
    const value = (isMap(item) ? item[key] : undefined) ?? schema?.properties?.[key]?.default;
    return value === undefined ? [] : [[key, value]];
  });
  return Object.fromEntries(named as [string, unknown][]);
}
