import type { Field, Scalar, StructType, Type } from '../../schema/schema.ts';
import type { JsonSchema } from './json-schema.ts';

/**
 * A custom kind's schema as a type: what server-side apply and managed fields go by. Values are judged by
 * `validate.ts`; here a scalar is just one value.
 */
export function structOf(name: string, schema: JsonSchema, metadata: StructType): StructType {
  const root = structType(name, schema);
  const fields = new Map(root.fields);
  for (const field of ['apiVersion', 'kind']) fields.set(field, plainField(field, any));
  fields.set('metadata', plainField('metadata', metadata));
  return { ...root, fields };
}

const any: Type = { is: 'scalar', scalar: 'any' };
const scalars: Readonly<Record<string, Scalar>> = {
  string: 'string',
  boolean: 'bool',
  integer: 'int64',
  number: 'double',
};

function plainField(name: string, type: Type): Field {
  return { name, type, embedded: false };
}

function structType(name: string, schema: JsonSchema): StructType {
  const fields = new Map<string, Field>();
  for (const [field, part] of Object.entries(schema.properties ?? {})) {
    fields.set(field, fieldOf(field, part, `${name}.${field}`));
  }
  const atomic = schema['x-kubernetes-map-type'] === 'atomic';
  return { is: 'struct', name, required: schema.required ?? [], fields, atomic };
}

function fieldOf(name: string, schema: JsonSchema, path: string): Field {
  const list = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'];
  return {
    name,
    type: typeOf(schema, path),
    embedded: false,
    ...(list !== undefined && { list }),
    ...(keys !== undefined && { keys }),
    ...(schema.default !== undefined && { default: schema.default }),
    ...(schema['x-kubernetes-map-type'] === 'atomic' && { atomic: true as const }),
  };
}

function typeOf(schema: JsonSchema, path: string): Type {
  if (schema['x-kubernetes-int-or-string'] === true) return { is: 'scalar', scalar: 'intOrString' };
  if (schema.type === 'array') {
    return { is: 'list', of: schema.items === undefined ? any : typeOf(schema.items, `${path}[]`) };
  }
  if (schema.type !== 'object') return { is: 'scalar', scalar: scalars[schema.type ?? ''] ?? 'any' };
  const { additionalProperties, properties } = schema;
  if (typeof additionalProperties === 'object') return { is: 'map', of: typeOf(additionalProperties, `${path}{}`) };
  if (properties === undefined || Object.keys(properties).length === 0) {
    const free = schema['x-kubernetes-preserve-unknown-fields'] === true || additionalProperties === true;
    return free ? { is: 'map', of: any } : structType(path, schema);
  }
  return structType(path, schema);
}
