import { isMap, type JsonMap } from '../draft.ts';
import type { JsonSchema } from './json-schema.ts';

/** A writable copy of `value` with the fields of the schema alone; `unknown` gathers what was left out. */
export function pruned(value: unknown, schema: JsonSchema | undefined, path: string, unknown: string[]): unknown {
  if (Array.isArray(value)) {
    return value.map((item, index) => pruned(item, schema?.items, `${path}[${index}]`, unknown));
  }
  if (!isMap(value)) return value;
  const result: JsonMap = {};
  const free = schema === undefined || schema['x-kubernetes-preserve-unknown-fields'] === true;
  const { properties = {}, additionalProperties } = schema ?? {};
  for (const key of Object.keys(value)) {
    const at = path === '' ? key : `${path}.${key}`;
    const own = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (own !== undefined) {
      // A null where none may be is as if it weren't there.
      if (value[key] !== null || own.nullable === true || isFree(own))
        result[key] = pruned(value[key], own, at, unknown);
    } else if (typeof additionalProperties === 'object') {
      result[key] = pruned(value[key], additionalProperties, at, unknown);
    } else if (free || additionalProperties === true || isEmbedded(schema, key)) {
      result[key] = pruned(value[key], undefined, at, unknown);
    } else if (value[key] !== undefined) unknown.push(`unknown field "${at}"`);
  }
  return result;
}

function isFree(schema: JsonSchema): boolean {
  return schema.type === undefined || schema['x-kubernetes-preserve-unknown-fields'] === true;
}

/** An object within the object has its own identity. */
function isEmbedded(schema: JsonSchema | undefined, key: string): boolean {
  return schema?.['x-kubernetes-embedded-resource'] === true && ['apiVersion', 'kind', 'metadata'].includes(key);
}

/** Writes the schema's defaults where nothing is, and where null may not be. */
export function applyDefaults(value: unknown, schema: JsonSchema): void {
  if (Array.isArray(value)) {
    if (schema.items !== undefined) for (const item of value) applyDefaults(item, schema.items);
    return;
  }
  if (!isMap(value) || Object.isFrozen(value)) return;
  for (const [key, part] of Object.entries(schema.properties ?? {})) {
    const missing = value[key] === undefined || (value[key] === null && part.nullable !== true);
    if (part.default !== undefined && missing) value[key] = pruned(part.default, undefined, '', []);
    applyDefaults(value[key], part);
  }
  const { additionalProperties } = schema;
  if (typeof additionalProperties !== 'object') return;
  for (const key of Object.keys(value)) {
    const { default: fallback, nullable } = additionalProperties;
    if (value[key] === null && nullable !== true && fallback !== undefined) {
      value[key] = pruned(fallback, undefined, '', []);
    }
    applyDefaults(value[key], additionalProperties);
  }
}
