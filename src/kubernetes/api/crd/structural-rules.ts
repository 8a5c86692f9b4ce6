import { FieldErrors } from '../validation/field-errors.ts';
import type { JsonSchema } from './json-schema.ts';

type Level = 'root' | 'field' | 'item';

/**
 * Whether a schema is structural and modelled: what is left out is refused by its name.
 * Source: apiextensions-apiserver/pkg/apiserver/schema/validation.go and apis/apiextensions/validation.
 */
export function validateSchema(schema: JsonSchema, path: string, errors: FieldErrors): void {
  const form = new FieldErrors();
  validateForm(schema, path, form);
  if (form.count > 0) {
    errors.take(form, '');
    return;
  }
  const structure = new FieldErrors();
  validateStructure(schema, path, 'root', structure);
  structure.sort();
  errors.take(structure, '');
}

/** What the words of the schema ask of each other. */
function validateForm(schema: JsonSchema, path: string, errors: FieldErrors): void {
  validateExtensions(schema, path, errors);
  const { type, additionalProperties, properties = {}, items } = schema;
  const types = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
  if (type && !types.includes(type)) errors.notSupported(`${path}.type`, type, types);
  if (additionalProperties !== undefined && additionalProperties !== true && Object.keys(properties).length > 0) {
    errors.forbidden(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive');
  }
  if (typeof additionalProperties === 'object') {
    validateForm(additionalProperties, `${path}.additionalProperties`, errors);
  }
  for (const [key, part] of Object.entries(properties)) validateForm(part, `${path}.properties[${key}]`, errors);
  if (items !== undefined) validateForm(items, `${path}.items`, errors);
}

function validateStructure(schema: JsonSchema, path: string, level: Level, errors: FieldErrors): void {
  const { type } = schema;
  const typed =
    schema['x-kubernetes-int-or-string'] === true || schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (!type && !typed) {
    const where = { root: 'at the root', item: 'for specified array items', field: 'for specified object fields' };
    errors.required(`${path}.type`, `must not be empty ${where[level]}`);
  }
  if (level === 'root' && type && type !== 'object') errors.invalid(`${path}.type`, type, 'must be object at the root');
  if (type === 'array' && schema.items === undefined) errors.required(`${path}.items`, 'must be specified');
  if (schema.items !== undefined) validateStructure(schema.items, `${path}.items`, 'item', errors);
  for (const [key, part] of Object.entries(schema.properties ?? {})) {
    const at = `${path}.properties[${key}]`;
    if (level === 'root' && key === 'metadata') validateMetadataSchema(part, at, errors);
    else validateStructure(part, at, 'field', errors);
  }
  const { additionalProperties } = schema;
  if (additionalProperties !== undefined) {
    if (level === 'root') errors.forbidden(`${path}.additionalProperties`, 'must not be used at the root');
    if (typeof additionalProperties === 'object') {
      validateStructure(additionalProperties, `${path}.additionalProperties`, 'field', errors);
    }
  }
  if (schema.pattern !== undefined && !isExpression(schema.pattern)) {
    errors.invalid(`${path}.pattern`, schema.pattern, "must be a valid regular expression, but isn't");
  }
  validateCombined(schema, path, errors);
}

function isExpression(pattern: string): boolean {
  try {
    new RegExp(pattern.replace(/^\(\?[ims]+\)/, ''));
    return true;
  } catch {
    return false;
  }
}

function validateMetadataSchema(schema: JsonSchema, path: string, errors: FieldErrors): void {
  if (schema.type !== 'object') errors.invalid(`${path}.type`, schema.type ?? '', 'must be object');
  const names = Object.keys(schema.properties ?? {});
  const others = Object.keys(schema).filter((key) => !['type', 'properties', 'description', 'title'].includes(key));
  if (others.length > 0 || names.some((name) => name !== 'name' && name !== 'generateName')) {
    const why = 'must not specify anything other than name and generateName, but metadata is implicitly specified';
    errors.forbidden(path, why);
  }
}

function validateExtensions(schema: JsonSchema, path: string, errors: FieldErrors): void {
  if (schema.uniqueItems === true) {
    const why = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic';
    errors.forbidden(`${path}.uniqueItems`, why);
  }
  if (schema['x-kubernetes-validations']?.length) {
    errors.forbidden(
      `${path}.x-kubernetes-validations`,
      'CEL rules are not modelled in this cluster; leave them out to use the definition without them',
    );
  }
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
    errors.invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined');
  }
  const map = schema['x-kubernetes-map-type'];
  if (map !== undefined) {
    const why = 'must be object if x-kubernetes-map-type is specified';
    if (!schema.type) errors.required(`${path}.type`, why);
    else if (schema.type !== 'object') errors.invalid(`${path}.type`, schema.type, why);
    const types = ['atomic', 'granular'];
    if (!types.includes(map)) errors.notSupported(`${path}.x-kubernetes-map-type`, map, types);
  }
  const list = schema['x-kubernetes-list-type'];
  if (list !== undefined) {
    const why = 'must be array if x-kubernetes-list-type is specified';
    if (!schema.type) errors.required(`${path}.type`, why);
    else if (schema.type !== 'array') errors.invalid(`${path}.type`, schema.type, why);
    const types = ['atomic', 'set', 'map'];
    if (!types.includes(list)) errors.notSupported(`${path}.x-kubernetes-list-type`, list, types);
  }
  validateKeys(schema, path, errors);
}

function validateKeys(schema: JsonSchema, path: string, errors: FieldErrors): void {
  const list = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const typeAt = `${path}.x-kubernetes-list-type`;
  const keysAt = `${path}.x-kubernetes-list-map-keys`;
  if (keys.length > 0 && list !== 'map') {
    const why = 'must be map if x-kubernetes-list-map-keys is non-empty';
    if (list === undefined) errors.required(typeAt, why);
    else errors.invalid(typeAt, list, why);
  }
  if (list !== 'map') return;
  if (keys.length === 0) errors.required(keysAt, 'must not be empty if x-kubernetes-list-type is map');
  const { items } = schema;
  if (items === undefined) {
    errors.required(`${path}.items`, 'must have a schema if x-kubernetes-list-type is map');
    return;
  }
  if (items.type !== 'object') {
    errors.invalid(
      `${path}.items.type`,
      items.type ?? '',
      "must be object if parent array's x-kubernetes-list-type is map",
    );
    return;
  }
  for (const [index, key] of keys.entries()) {
    const property = items.properties?.[key];
    if (property === undefined) errors.invalid(keysAt, keys, 'entries must all be names of item properties');
    else if (property.type === 'array' || property.type === 'object') {
      const why = "must be a scalar type if parent array's x-kubernetes-list-type is map";
      errors.invalid(`${path}.items.properties[${key}].type`, items.type, why);
    } else if (!items.required?.includes(key) && property.default === undefined) {
      const why = 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property';
      errors.required(`${path}.items.properties[${key}].default`, why);
    }
    if (keys.indexOf(key) !== index) errors.invalid(keysAt, keys, 'must not contain duplicate entries');
  }
}

/** Within `allOf` and its like a schema may only judge values: the types stand outside. */
function validateCombined(schema: JsonSchema, path: string, errors: FieldErrors): void {
  const intOrString = schema['x-kubernetes-int-or-string'] === true;
  for (const kind of ['allOf', 'anyOf', 'oneOf'] as const) {
    for (const [index, part] of (schema[kind] ?? []).entries()) {
      // The two types of an int-or-string are the one exception.
      if (intOrString && kind === 'anyOf' && Object.keys(part).join() === 'type') continue;
      validateNested(part, `${path}.${kind}[${index}]`, errors);
    }
  }
  if (schema.not !== undefined) validateNested(schema.not, `${path}.not`, errors);
}

function validateNested(schema: JsonSchema, path: string, errors: FieldErrors): void {
  for (const field of ['type', 'title', 'description'] as const) {
    if (schema[field]) errors.forbidden(`${path}.${field}`, 'must be empty to be structural');
  }
  if (schema.additionalProperties !== undefined) {
    errors.forbidden(`${path}.additionalProperties`, 'must be undefined to be structural');
  }
  if (schema.default !== undefined) errors.forbidden(`${path}.default`, 'must be undefined to be structural');
  if (schema.nullable === true) errors.forbidden(`${path}.nullable`, 'must be false to be structural');
  if (schema['x-kubernetes-validations']?.length) {
    errors.forbidden(`${path}.x-kubernetes-validations`, 'must be empty to be structural');
  }
  if (schema.items !== undefined) validateNested(schema.items, `${path}.items`, errors);
  for (const [key, part] of Object.entries(schema.properties ?? {})) {
    validateNested(part, `${path}.properties[${key}]`, errors);
  }
  validateCombined(schema, path, errors);
}
