import type { CompactField, CompactSchema, CompactType, OpenApiDocument, OpenApiSchema } from './document.ts';

const scalars: Readonly<Record<string, string>> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'quantity',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'intOrString',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 'time',
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': 'microTime',
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': 'any',
  'io.k8s.apimachinery.pkg.runtime.RawExtension': 'any',
  ...Object.fromEntries(
    ['JSON', 'JSONSchemaPropsOrArray', 'JSONSchemaPropsOrBool', 'JSONSchemaPropsOrStringArray'].map((name) => [
      `io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.${name}`,
      'any',
    ]),
  ),
};

const prefix = '#/components/schemas/';

/**
 * Keeps of an OpenAPI document the types that `roots` (full names, `io.k8s.api.core.v1.Pod`) reach,
 * without `known` ones (short names) and without prose. Throws where a root or a shape is unknown.
 */
export function compact(
  document: OpenApiDocument,
  roots: readonly string[],
  known: ReadonlySet<string>,
): CompactSchema {
  const types: Record<string, CompactType> = {};
  const waiting = [...roots];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const short = shortName(name);
    if (types[short] !== undefined || known.has(short)) continue;
    const schema = document.components.schemas[name];
    if (schema === undefined) throw new Error(`the document has no type ${name}`);
    types[short] = compactType(schema, (reference) => waiting.push(reference));
  }
  return { types: Object.fromEntries(Object.entries(types).sort(([a], [b]) => (a < b ? -1 : 1))) };
}

/** `io.k8s.api.core.v1.Pod` -> `core.v1.Pod`, `io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta` -> `meta.v1.ObjectMeta`. */
function shortName(name: string): string {
  return name.replace(/^io\.k8s\.(api|apimachinery\.pkg\.apis)\./, '');
}

function compactType(schema: OpenApiSchema, refer: (name: string) => void): CompactType {
  const kinds = schema['x-kubernetes-group-version-kind'];
  return {
    // DeleteOptions and WatchEvent are of every group; only their own matter.
    ...(kinds?.length === 1 && { kinds: kinds.map(({ group, version, kind }) => [group, version, kind] as const) }),
    ...(schema.required && { required: schema.required }),
    ...(schema['x-kubernetes-map-type'] === 'atomic' && { atomic: true as const }),
    ...(schema.properties && {
      fields: Object.fromEntries(
        Object.entries(schema.properties).map(([name, field]) => [name, compactField(field, refer)]),
      ),
    }),
  };
}

function compactField(field: OpenApiSchema, refer: (name: string) => void): string | CompactField {
  const type = typeName(field, refer);
  const extras: Omit<CompactField, 'type'> = {
    ...(field.enum && { enum: field.enum }),
    ...(isTelling(field.default) && { default: field.default }),
    ...(field['x-kubernetes-list-type'] && { list: field['x-kubernetes-list-type'] }),
    ...(field['x-kubernetes-list-map-keys'] && { keys: field['x-kubernetes-list-map-keys'] }),
    ...(field['x-kubernetes-patch-merge-key'] && { mergeKey: field['x-kubernetes-patch-merge-key'] }),
    ...(field['x-kubernetes-patch-strategy'] && { strategy: field['x-kubernetes-patch-strategy'] }),
    ...(field['x-kubernetes-map-type'] === 'atomic' && { atomic: true as const }),
  };
  return Object.keys(extras).length === 0 ? type : { type, ...extras };
}

/** The document gives Go's zero values as defaults too; they say nothing. */
function isTelling(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return value !== undefined && value !== '' && value !== 0 && value !== false;
}

function isEmptyDefault(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function typeName(schema: OpenApiSchema, refer: (name: string) => void): string {
  const reference = schema.$ref ?? schema.allOf?.[0]?.$ref;
  if (reference !== undefined) {
    const name = reference.slice(prefix.length);
    const scalar = scalars[name];
    if (scalar !== undefined) return scalar;
    refer(name);
    // Go embeds the struct by value: it is there even when nothing is in it.
    return isEmptyDefault(schema.default) ? `=${shortName(name)}` : shortName(name);
  }
  switch (schema.type) {
    case 'string':
      return schema.format === 'byte' ? 'bytes' : 'string';
    case 'boolean':
      return 'bool';
    case 'integer':
      return schema.format ?? 'int64';
    case 'number':
      return 'double';
    case 'array':
      if (schema.items !== undefined) return `[]${typeName(schema.items, refer)}`;
      break;
    case 'object':
      if (typeof schema.additionalProperties === 'object') return `{}${typeName(schema.additionalProperties, refer)}`;
      return 'any';
  }
  throw new Error(`a shape that the generator does not know: ${JSON.stringify(schema)}`);
}
