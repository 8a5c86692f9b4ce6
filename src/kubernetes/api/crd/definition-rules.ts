import { equal } from '../draft.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { dns1035Label, dnsSubdomain } from '../validation/names.ts';
import type { CrdColumn, CrdNames, CrdVersion, CustomResourceDefinition } from './crd.ts';
import { validateSchema } from './structural-rules.ts';

/** Source: apiextensions-apiserver/pkg/apis/apiextensions/validation. */
export function validateDefinition(
  { metadata, spec }: CustomResourceDefinition,
  isNew: boolean,
  errors: FieldErrors,
): void {
  const { group = '', names, versions = [], scope = '' } = spec ?? {};
  if (isNew && metadata.name !== `${names?.plural ?? ''}.${group}`) {
    errors.invalid('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group');
  }
  if (group === '') errors.required('spec.group');
  else if (dnsSubdomain(group).length > 0) errors.invalid('spec.group', group, dnsSubdomain(group).join(','));
  else if (!group.includes('.')) errors.invalid('spec.group', group, 'should be a domain with at least one dot');
  if (scope === '') errors.required('spec.scope');
  else if (!['Cluster', 'Namespaced'].includes(scope))
    errors.notSupported('spec.scope', scope, ['Cluster', 'Namespaced']);
  if (spec?.preserveUnknownFields === true) {
    errors.invalid(
      'spec.preserveUnknownFields',
      true,
      'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
    );
  }
  // What all versions have alike stands above them in the server's own form, and is judged there.
  const shared = {
    schema: versions.every(({ schema }) => equal(schema, versions[0]?.schema)),
    subresources: versions.every(({ subresources }) => equal(subresources, versions[0]?.subresources)),
    columns: versions.every((each) => equal(each.additionalPrinterColumns, versions[0]?.additionalPrinterColumns)),
  };
  for (const [index, version] of versions.entries()) {
    const path = `spec.versions[${index}]`;
    if (version.schema?.openAPIV3Schema === undefined) errors.required(`${path}.schema.openAPIV3Schema`);
  }
  for (const [index, version] of versions.entries()) {
    const path = `spec.versions[${index}]`;
    const problems = dns1035Label(version.name ?? '');
    if (problems.length > 0) errors.invalid(`${path}.name`, version.name ?? '', problems.join(','));
    if (!shared.schema) validateSchemaOf(version, `${path}.schema`, errors);
    if (!shared.subresources) validateScale(version, `${path}.subresources`, errors);
    if (!shared.columns) validateColumns(version, `${path}.additionalPrinterColumns`, errors);
  }
  const stored = versions.filter(({ storage }) => storage).length;
  if (new Set(versions.map(({ name }) => name)).size !== versions.length) {
    errors.invalid('spec.versions', shown(versions), 'must contain unique version names');
  }
  if (stored !== 1) {
    errors.invalid('spec.versions', shown(versions), 'must have exactly one version marked as storage version');
  }
  const [first] = versions;
  const problems = dns1035Label(first?.name ?? 'v1');
  if (problems.length > 0) errors.invalid('spec.version', first?.name, problems.join(','));
  validateNames(names ?? { plural: '', kind: '' }, errors);
  if (first !== undefined) {
    if (shared.schema) validateSchemaOf(first, 'spec.validation', errors);
    if (shared.subresources) validateScale(first, 'spec.subresources', errors);
    if (shared.columns) validateColumns(first, 'spec.additionalPrinterColumns', errors);
  }
  const strategy = spec?.conversion?.strategy;
  if (strategy === 'Webhook') {
    errors.notSupported('spec.conversion.strategy', strategy, ['None']);
  } else if (strategy !== undefined && strategy !== 'None') {
    errors.notSupported('spec.conversion.strategy', strategy, ['None', 'Webhook']);
  }
  if (versions.length === 0) errors.invalid('status.storedVersions', null, 'must have at least one stored version');
}

/** As the server's own structs are printed; what is not set is left out here. */
function shown(versions: readonly CrdVersion[]): unknown {
  if (versions.length === 0) return null;
  return versions.map(({ name, served, storage }) => ({ Name: name, Served: served, Storage: storage }));
}

function validateSchemaOf({ schema }: CrdVersion, path: string, errors: FieldErrors): void {
  if (schema?.openAPIV3Schema !== undefined) validateSchema(schema.openAPIV3Schema, `${path}.openAPIV3Schema`, errors);
}

function validateScale({ subresources }: CrdVersion, path: string, errors: FieldErrors): void {
  const scale = subresources?.scale;
  if (scale === undefined) return;
  simplePath(scale.specReplicasPath, ['.spec.'], `${path}.scale.specReplicasPath`, errors);
  simplePath(scale.statusReplicasPath, ['.status.'], `${path}.scale.statusReplicasPath`, errors);
  if (!scale.labelSelectorPath) return;
  simplePath(scale.labelSelectorPath, ['.spec.', '.status.'], `${path}.scale.labelSelectorPath`, errors);
}

function validateColumns({ additionalPrinterColumns = [] }: CrdVersion, path: string, errors: FieldErrors): void {
  for (const [index, each] of additionalPrinterColumns.entries()) validateColumn(each, `${path}[${index}]`, errors);
}

function simplePath(text: string | undefined, roots: readonly string[], path: string, errors: FieldErrors): void {
  if (!text) errors.required(path);
  else if (!text.startsWith('.')) errors.invalid(path, text, 'must be a simple json path starting with .');
  else if (!roots.some((root) => text.startsWith(root))) {
    const where = roots.length > 1 ? 'either .spec or .status' : roots[0]?.replace(/\.$/, '');
    errors.invalid(path, text, `should be a json path under ${where}`);
  }
}

const types = ['boolean', 'date', 'integer', 'number', 'string'];

function validateColumn({ name, type, jsonPath }: CrdColumn, path: string, errors: FieldErrors): void {
  if (!name) errors.required(`${path}.name`);
  const words = `must be one of ${types.join(',')}`;
  if (!type) errors.required(`${path}.type`, words);
  else if (!types.includes(type)) errors.invalid(`${path}.type`, type, words);
  if (!jsonPath) errors.required(`${path}.JSONPath`);
  else if (!jsonPath.startsWith('.')) {
    errors.invalid(`${path}.JSONPath`, jsonPath, 'must be a simple json path starting with .');
  }
}

function validateNames(names: CrdNames, errors: FieldErrors): void {
  const { plural, singular = '', kind, listKind = '', shortNames = [], categories = [] } = names;
  for (const [field, value] of Object.entries({ plural, singular, kind, listKind })) {
    if (!value) errors.required(`spec.names.${field}`);
  }
  for (const [field, value] of Object.entries({ plural, singular })) {
    const problems = value ? dns1035Label(value) : [];
    if (problems.length > 0) errors.invalid(`spec.names.${field}`, value, problems.join(','));
  }
  for (const [field, value] of Object.entries({ kind, listKind })) {
    const problems = value ? dns1035Label(value.toLowerCase()) : [];
    const why = 'may have mixed case, but should otherwise match: ';
    if (problems.length > 0) errors.invalid(`spec.names.${field}`, value, `${why}${problems.join(',')}`);
  }
  for (const [index, name] of shortNames.entries()) {
    const problems = dns1035Label(name);
    if (problems.length > 0) errors.invalid(`spec.names.shortNames[${index}]`, name, problems.join(','));
  }
  if (kind && kind === listKind)
    errors.invalid('spec.names.listKind', listKind, 'kind and listKind may not be the same');
  for (const [index, name] of categories.entries()) {
    const problems = dns1035Label(name);
    if (problems.length > 0) errors.invalid(`spec.names.categories[${index}]`, name, problems.join(','));
  }
}
