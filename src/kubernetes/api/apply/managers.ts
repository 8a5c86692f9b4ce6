import type { StructType } from '../../schema/schema.ts';
import { type AnyDraft, isMap } from '../draft.ts';
import { timestamp } from '../time.ts';
import { FieldSet } from './field-set.ts';

/** Who set which fields, and how: one entry of `metadata.managedFields`. */
export interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string;
  readonly fields: FieldSet;
}

/** Entries that were read or written once; frozen lists come back often. */
const known = new WeakMap<readonly unknown[], readonly Manager[]>();

export function readManagers(entries: readonly unknown[] | undefined): readonly Manager[] {
  if (entries === undefined) return [];
  const cached = known.get(entries);
  if (cached !== undefined) return cached;
  const managers = entries.filter(isMap).map(
    (entry): Manager => ({
      name: String(entry.manager ?? ''),
      operation: entry.operation === 'Apply' ? 'Apply' : 'Update',
      apiVersion: String(entry.apiVersion ?? ''),
      subresource: String(entry.subresource ?? ''),
      time: String(entry.time ?? ''),
      fields: FieldSet.fromJson(entry.fieldsV1),
    }),
  );
  known.set(entries, managers);
  return managers;
}

export function writeManagers(metadata: AnyDraft['metadata'], managers: readonly Manager[]): void {
  const left = managers.filter(({ fields }) => !fields.empty).sort(order);
  if (left.length === 0) {
    delete metadata.managedFields;
    return;
  }
  metadata.managedFields = left.map(({ name, operation, apiVersion, subresource, time, fields }) => ({
    manager: name,
    operation,
    apiVersion,
    ...(time !== '' && { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: fields.toJson(),
    ...(subresource !== '' && { subresource }),
  }));
  known.set(metadata.managedFields, left);
}

function order(a: Manager, b: Manager): number {
  return (
    byText(a.operation, b.operation) ||
    byText(a.time, b.time) ||
    byText(a.name, b.name) ||
    byText(a.subresource, b.subresource)
  );
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function isSame(a: Omit<Manager, 'time' | 'fields'>, b: Omit<Manager, 'time' | 'fields'>): boolean {
  return (
    a.name === b.name && a.operation === b.operation && a.apiVersion === b.apiVersion && a.subresource === b.subresource
  );
}

/** `manager` with `fields`, dated now if they are other ones than before. */
export function withFields(
  manager: Omit<Manager, 'time' | 'fields'>,
  fields: FieldSet,
  before: Manager | undefined,
  now: number,
): Manager {
  const time = before?.fields.equals(fields) === true ? before.time : timestamp(now);
  return { ...manager, fields, time };
}

const metadataFields = [
  'name',
  'namespace',
  'creationTimestamp',
  'uid',
  'generation',
  'managedFields',
  'resourceVersion',
];

const unowned = FieldSet.fromPaths([
  [],
  ['f:apiVersion'],
  ['f:kind'],
  ['f:metadata'],
  ...metadataFields.map((field) => ['f:metadata', `f:${field}`]),
]);

/** Without the fields that nobody owns: identity, and what the server alone writes. */
export function ownable(fields: FieldSet, type: StructType, subresource: string): FieldSet {
  const owned = fields.without(unowned);
  const status = owned.children.get('f:status');
  // A plain write can't set the status where that is a subresource of its own.
  if (subresource !== '' || status === undefined || !type.fields.has('status')) return owned;
  return owned.without(new FieldSet(false, new Map([['f:status', status]])));
}
