import { type AnyDraft, semanticallyEqual } from '../draft.ts';
import type { ApiObject } from '../operation.ts';
import type { FieldErrors } from './field-errors.ts';
import { dnsLabel, dnsSubdomain, labelValue, type NameRule, qualifiedName } from './names.ts';

const annotationLimit = 256 * 1024;

/** What every object's metadata must be, whether it is created or updated. */
export function validateMetadata(
  object: AnyDraft,
  namespaced: boolean,
  rule: NameRule | undefined,
  errors: FieldErrors,
): void {
  const { name, generateName, namespace, labels, annotations, ownerReferences, finalizers } = object.metadata;
  const nameRule = rule ?? dnsSubdomain;
  if (generateName) {
    // The prefix may end where a generated suffix goes on.
    const checked = generateName.replace(/-$/, 'a');
    for (const problem of nameRule(checked)) errors.invalid('metadata.generateName', generateName, problem);
  }
  if (!name) errors.required('metadata.name', 'name or generateName is required');
  else for (const problem of nameRule(name)) errors.invalid('metadata.name', name, problem);
  if (!namespaced && namespace) errors.forbidden('metadata.namespace', 'not allowed on this type');
  if (namespaced && namespace !== undefined) {
    for (const problem of dnsLabel(namespace)) errors.invalid('metadata.namespace', namespace, problem);
  }
  validateLabels(labels, 'metadata.labels', errors);
  validateAnnotations(annotations, 'metadata.annotations', errors);
  validateOwners(ownerReferences ?? [], errors);
  for (const finalizer of finalizers ?? []) {
    for (const problem of qualifiedName(finalizer)) errors.invalid('metadata.finalizers', finalizer, problem);
  }
  for (const [index, finalizer] of (finalizers ?? []).entries()) {
    if (finalizer.includes('/') || ['foregroundDeletion', 'orphan', 'kubernetes'].includes(finalizer)) continue;
    const problem = 'name is neither a standard finalizer name nor is it fully qualified';
    errors.invalid(`metadata.finalizers[${index}]`, finalizer, problem);
  }
  if (finalizers?.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.invalid('metadata.finalizers', finalizers, 'finalizer orphan and foregroundDeletion cannot be both set');
  }
}

export function validateLabels(
  labels: Readonly<Record<string, string>> | undefined,
  path: string,
  errors: FieldErrors,
): void {
  for (const [key, value] of Object.entries(labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const problem of qualifiedName(key)) errors.invalid(path, key, problem);
    for (const problem of labelValue(value)) errors.invalid(path, value, problem);
  }
}

export function validateAnnotations(
  annotations: Readonly<Record<string, string>> | undefined,
  path: string,
  errors: FieldErrors,
): void {
  let size = 0;
  for (const [key, value] of Object.entries(annotations ?? {})) {
    for (const problem of qualifiedName(key.toLowerCase())) errors.invalid(path, key, problem);
    size += key.length + value.length;
  }
  if (size > annotationLimit) errors.tooLong(path, annotationLimit);
}

function validateOwners(owners: NonNullable<ApiObject['metadata']['ownerReferences']>, errors: FieldErrors): void {
  const path = 'metadata.ownerReferences';
  for (const [index, owner] of owners.entries()) {
    for (const field of ['apiVersion', 'kind', 'name', 'uid'] as const) {
      if (!owner[field]) errors.required(`${path}[${index}].${field}`, 'must not be empty');
    }
  }
  const controllers = owners.filter(({ controller }) => controller === true);
  if (controllers.length > 1) {
    const [first, second] = controllers.map(({ kind, name }) => `${kind}/${name}`);
    errors.invalid(
      path,
      owners,
      `Only one reference can have Controller set to true. Found "true" in references for ${first} and ${second}`,
    );
  }
}

const immutable = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

/** What no update may change. */
export function validateMetadataUpdate(object: AnyDraft, old: ApiObject, errors: FieldErrors): void {
  for (const field of immutable) {
    const value = object.metadata[field];
    if (value !== old.metadata[field]) errors.invalid(`metadata.${field}`, value ?? null, 'field is immutable');
  }
  if (old.metadata.deletionTimestamp !== undefined) {
    const before = old.metadata.finalizers ?? [];
    const added = (object.metadata.finalizers ?? []).filter((finalizer) => !before.includes(finalizer));
    if (added.length > 0) {
      const list = added.map((finalizer) => JSON.stringify(finalizer)).join(', ');
      errors.forbidden(
        'metadata.finalizers',
        `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`,
      );
    }
  }
}

export function validateImmutable(value: unknown, old: unknown, path: string, errors: FieldErrors): void {
  if (!semanticallyEqual(value, old)) errors.invalid(path, value, 'field is immutable');
}
