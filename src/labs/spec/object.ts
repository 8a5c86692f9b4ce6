import type { Schema, Type } from '../../kubernetes/schema/schema.ts';
import { findKind, kindNames } from './kinds.ts';
import { nearest } from './nearest.ts';
import type { Position, Problem } from './problem.ts';
import { inWords, type Located } from './yaml.ts';

type Report = (
  at: Position,
  field: string,
  wrong: Omit<Problem, 'file' | 'line' | 'column' | 'field' | 'nearest'> & { nearest?: string | undefined },
) => void;

/**
 * What is wrong with a Kubernetes object, or (`whole: false`, an assert) with part of one, by the API's description:
 * its kind, unknown fields, values of the wrong type. `prefix` is the field that holds the object.
 */
export function objectProblems(
  file: string,
  located: Located,
  schema: Schema,
  { whole, prefix = '' }: { whole: boolean; prefix?: string },
): readonly Problem[] {
  const problems: Problem[] = [];
  const report: Report = (at, field, { nearest: meant, ...wrong }) =>
    problems.push({ file, ...at, field, ...wrong, ...(meant === undefined ? {} : { nearest: meant }) });
  const under = (key: string) => (prefix === '' ? key : `${prefix}.${key}`);
  if (located.kind !== 'map') {
    report(located.at, prefix, { message: 'this is no Kubernetes object', found: inWords(located), expected: 'a map' });
    return problems;
  }
  const text = (key: string) => {
    const value = located.entries.find((entry) => entry.key === key)?.value;
    return value?.kind === 'scalar' && typeof value.value === 'string'
      ? { value: value.value, at: value.at }
      : undefined;
  };
  const kind = text('kind');
  if (kind === undefined) {
    report(located.at, under('kind'), { message: '"kind" is missing', expected: 'a kind of object, such as Pod' });
    return problems;
  }
  const apiVersion = text('apiVersion');
  const usual = findKind(kind.value);
  if (apiVersion === undefined && whole) {
    const expected = usual?.apiVersion ?? 'such as v1';
    report(located.at, under('apiVersion'), { message: '"apiVersion" is missing', expected });
    return problems;
  }
  const [group, version] = groupVersion(apiVersion?.value ?? usual?.apiVersion ?? '');
  const type = schema.kind(group, version, kind.value);
  if (type === undefined || usual === undefined) {
    const atVersion = usual !== undefined && apiVersion !== undefined;
    const spot = atVersion ? apiVersion : kind;
    report(spot.at, under(atVersion ? 'apiVersion' : 'kind'), {
      message: atVersion ? `${kind.value} is not of this API group and version` : 'no such kind here',
      found: `"${spot.value}"`,
      expected: atVersion ? usual.apiVersion : `one of ${kindNames.join(', ')}`,
      nearest: atVersion ? undefined : nearest(kind.value, kindNames),
    });
    return problems;
  }
  const metadata = located.entries.find(({ key }) => key === 'metadata')?.value;
  if (whole && !(metadata?.kind === 'map' && metadata.entries.some(({ key }) => key === 'name'))) {
    report(metadata?.at ?? located.at, under('metadata.name'), { message: '"metadata.name" is missing' });
  }
  typeProblems(located, type, prefix, whole, report);
  return problems;
}

/** The group and version of an apiVersion; the core group is `''`. */
function groupVersion(apiVersion: string): [group: string, version: string] {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
}

function typeProblems(located: Located, type: Type, field: string, whole: boolean, report: Report): void {
  const wrong = (expected: string) =>
    report(located.at, field, { message: 'this is of the wrong type', found: inWords(located), expected });
  // A field that is written without a value is as good as absent.
  if (located.kind === 'scalar' && located.value === null) return;
  switch (type.is) {
    case 'scalar': {
      const value = located.kind === 'scalar' ? located.value : undefined;
      // `$name` in an assert stands for whatever was captured.
      if (!whole && typeof value === 'string' && value.startsWith('$')) return;
      const expected = scalarExpected(type.scalar, value);
      if (expected !== undefined) wrong(expected);
      return;
    }
    case 'list':
      if (located.kind !== 'list') {
        wrong('a list');
        return;
      }
      for (const [i, item] of located.items.entries()) typeProblems(item, type.of, `${field}[${i}]`, whole, report);
      return;
    case 'map':
      if (located.kind !== 'map') {
        wrong('a map');
        return;
      }
      for (const { key, value } of located.entries) typeProblems(value, type.of, `${field}.${key}`, whole, report);
      return;
    case 'struct': {
      if (located.kind !== 'map') {
        wrong('a map');
        return;
      }
      for (const { key, keyAt, value } of located.entries) {
        const known = type.fields.get(key);
        const path = field === '' ? key : `${field}.${key}`;
        if (known !== undefined) {
          typeProblems(value, known.type, path, whole, report);
          continue;
        }
        const names = [...type.fields.keys()];
        const meant = nearest(key, names);
        report(keyAt, path, {
          message: `${shortType(type.name)} has no field "${key}"`,
          nearest: meant,
          ...(meant === undefined ? { expected: `one of ${names.join(', ')}` } : {}),
        });
      }
      if (!whole) return;
      for (const name of type.required) {
        if (located.entries.some(({ key }) => key === name)) continue;
        report(located.at, field === '' ? name : `${field}.${name}`, { message: `"${name}" is missing` });
      }
    }
  }
}

function shortType(name: string): string {
  return name.split('.').at(-1) ?? name;
}

/** What a scalar should have been; undefined where it fits. */
function scalarExpected(scalar: string, value: unknown): string | undefined {
  switch (scalar) {
    case 'any':
      return undefined;
    case 'bool':
      return typeof value === 'boolean' ? undefined : '`true` or `false`';
    case 'int32':
    case 'int64':
      return Number.isInteger(value) ? undefined : 'a whole number';
    case 'double':
      return typeof value === 'number' ? undefined : 'a number';
    case 'quantity':
    case 'intOrString':
      return typeof value === 'number' || typeof value === 'string' ? undefined : 'a number or a text';
    default:
      return typeof value === 'string' ? undefined : 'a text: write it in quotes';
  }
}
