import type { StructType } from '../../schema/schema.ts';
import { decode } from '../decode/decode.ts';
import { isMap, type JsonMap, semanticallyEqual } from '../draft.ts';
import { type Cell, column, type KindDefinition, type ScalePaths } from '../kind.ts';
import type { ApiObject, TableColumn } from '../operation.ts';
import { age } from '../time.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { dnsSubdomain } from '../validation/names.ts';
import type { CrdColumn, CrdVersion, CustomResourceDefinition } from './crd.ts';
import { parseJsonPath, readJsonPath, type Step } from './json-path.ts';
import type { JsonSchema } from './json-schema.ts';
import { validateListTypes } from './list-keys.ts';
import { applyDefaults, pruned } from './prune.ts';
import { validateStatusValue, validateValue } from './validate.ts';

/** The rules of one version of a custom kind, out of its definition. `metadata` is the type of ObjectMeta. */
export function customKind(crd: CustomResourceDefinition, version: CrdVersion, metadata: StructType): KindDefinition {
  const { group, scope } = crd.spec;
  // What is served is what was accepted.
  const names = crd.status?.acceptedNames ?? crd.spec.names;
  const schema = version.schema?.openAPIV3Schema ?? {};
  const hasStatus = version.subresources?.status !== undefined;
  const scale = scaleOf(version);
  const columns = version.additionalPrinterColumns ?? [
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ];
  const selectable = (version.selectableFields ?? []).map(({ jsonPath }) => jsonPath);
  return {
    group,
    version: version.name,
    kind: names.kind,
    resource: names.plural,
    singular: names.singular ?? '',
    ...(names.listKind && { listKind: names.listKind }),
    ...(names.shortNames?.length && { shortNames: names.shortNames }),
    ...(names.categories?.length && { categories: names.categories }),
    namespaced: scope === 'Namespaced',
    subresources: [...(hasStatus ? (['status'] as const) : []), ...(scale ? (['scale'] as const) : [])],
    ...(scale && { scale }),
    generation: true,
    counts: (draft, old) => !semanticallyEqual(counted(draft), counted(old)),
    custom: true,
    name: dnsSubdomain,
    ...(version.deprecated === true && { deprecated: deprecation(crd, version) }),
    decode: (body) => decodeCustom(body, schema, metadata),
    defaults: (draft) => applyDefaults(draft, schema),
    prepareCreate(draft) {
      if (hasStatus) delete draft.status;
    },
    validate(object, errors) {
      validateValue(object, withoutMetadata(schema), errors);
      validateListTypes(object, schema, '', errors);
      if (scale !== undefined) validateReplicas(object, scale.spec, version, 'specReplicasPath', errors);
    },
    prepareStatus(draft, old) {
      for (const key of Object.keys(draft)) {
        if (['apiVersion', 'kind', 'metadata', 'status'].includes(key)) continue;
        if (old[key] === undefined) delete draft[key];
        else draft[key] = old[key];
      }
    },
    validateStatus(object, _, errors) {
      const status = schema.properties?.status;
      if (status !== undefined && object.status !== undefined) validateStatusValue(object.status, status, errors);
      validateListTypes(object, schema, '', errors);
      if (scale !== undefined) validateReplicas(object, scale.status, version, 'statusReplicasPath', errors);
    },
    fields: Object.fromEntries(
      selectable.map((path) => [
        path.replace(/^\./, ''),
        (object: ApiObject) => text(readJsonPath(object, parse(path))),
      ]),
    ),
    columns: [column('Name'), ...columns.map(columnOf)],
    cells: (object, now) => [object.metadata.name, ...columns.map((each) => cellOf(object, each, now))],
  };
}

function deprecation({ spec }: CustomResourceDefinition, { name, deprecationWarning }: CrdVersion): string {
  if (deprecationWarning !== undefined) return deprecationWarning;
  const { kind } = spec.names;
  const newer = spec.versions
    .filter(({ served, deprecated }) => served && deprecated !== true)
    .map((each) => each.name);
  const best = newer.sort().at(-1);
  const use = best === undefined ? '' : `; use ${spec.group}/${best} ${kind}`;
  return `${spec.group}/${name} ${kind} is deprecated${use}`;
}

function scaleOf({ subresources }: CrdVersion): ScalePaths | undefined {
  const scale = subresources?.scale;
  if (scale === undefined) return undefined;
  return {
    spec: parse(scale.specReplicasPath),
    status: parse(scale.statusReplicasPath),
    ...(scale.labelSelectorPath && { selector: parse(scale.labelSelectorPath) }),
  };
}

/** What the scale subresource reads must be a number. */
function validateReplicas(
  object: ApiObject,
  path: readonly Step[],
  { subresources }: CrdVersion,
  name: 'specReplicasPath' | 'statusReplicasPath',
  errors: FieldErrors,
): void {
  const value = readJsonPath(object, path);
  if (value === undefined || Number.isInteger(value)) return;
  const shown = subresources?.scale?.[name] ?? '';
  const type = typeof value === 'number' ? 'float64' : typeof value === 'boolean' ? 'bool' : typeof value;
  errors.invalid(shown, 0, `${shown} accessor error: ${text(value)} is of the type ${type}, expected int64`);
}

function parse(path: string) {
  return parseJsonPath(path) ?? [];
}

/** What a change of counts as a new generation. */
function counted(object: object): JsonMap {
  const { metadata: _, status: __, ...rest } = object as JsonMap;
  return rest;
}

/** Metadata is judged as every object's. */
function withoutMetadata(schema: JsonSchema): JsonSchema {
  if (schema.properties?.metadata === undefined) return schema;
  const { metadata: _, ...properties } = schema.properties;
  return { ...schema, properties };
}

function decodeCustom(body: JsonMap, schema: JsonSchema, metadata: StructType) {
  const unknown: string[] = [];
  const { apiVersion, kind, metadata: given, ...rest } = body;
  const object = pruned(rest, schema, '', unknown) as JsonMap;
  for (const [key, value] of Object.entries({ apiVersion, kind })) if (value !== undefined) object[key] = value;
  const meta = decode(isMap(given) ? given : {}, metadata);
  object.metadata = meta.object;
  return { object, unknown: [...unknown, ...meta.unknown.map((text) => text.replace('"', '"metadata.'))].sort() };
}

function columnOf({ name, type, format = '', priority = 0 }: CrdColumn): TableColumn {
  return { name, type: type as TableColumn['type'], format, description: '', priority };
}

function cellOf(object: ApiObject, { type, jsonPath }: CrdColumn, now: number): Cell {
  const value = readJsonPath(object, parse(jsonPath));
  if (value === undefined || value === null) return null;
  switch (type) {
    case 'string':
      return text(value);
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      if (typeof value !== 'string') return null;
      return Number.isNaN(Date.parse(value)) ? '<invalid>' : age(value, now);
    default:
      return null;
  }
}

function text(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
