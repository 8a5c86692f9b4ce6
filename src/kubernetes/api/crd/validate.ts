import { equal, isMap } from '../draft.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { formatProblem } from './formats.ts';
import type { JsonSchema } from './json-schema.ts';

type Problem = (errors: FieldErrors) => void;

/** Judges a custom object by its schema, in the words of kube-openapi's validator. */
export function validateValue(value: unknown, schema: JsonSchema, errors: FieldErrors): void {
  for (const problem of problemsOf(value, schema, '')) problem(errors);
}

/** The status by itself, as its subresource judges it: fields have their whole path, sentences the status' own. */
export function validateStatusValue(value: unknown, schema: JsonSchema, errors: FieldErrors): void {
  const found = new FieldErrors();
  for (const problem of problemsOf(value, schema, '')) problem(found);
  errors.take(found, 'status');
}

function problemsOf(value: unknown, schema: JsonSchema, path: string): Problem[] {
  if (value === null) return nullProblems(schema, path);
  const problems = [...typeProblems(value, schema, path), ...combined(value, schema, path)];
  if (typeof value === 'string') problems.push(...textProblems(value, schema, path));
  if (typeof value === 'number') problems.push(...numberProblems(value, schema, path));
  if (Array.isArray(value)) problems.push(...listProblems(value, schema, path));
  const values = schema.enum;
  if (values !== undefined && !values.some((each) => equal(each, value))) {
    const words = values.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
    problems.push((errors) => errors.notSupported(path, value, words));
  }
  if (isMap(value)) problems.push(...mapProblems(value, schema, path));
  return problems;
}

function nullProblems(schema: JsonSchema, path: string): Problem[] {
  if (schema.nullable === true || schema.type === undefined) return [];
  return [wrongType(path, schema.type, 'null')];
}

function wrongType(path: string, wanted: string, found: string): Problem {
  return (errors) => errors.invalid(path, found, `${named(path)} must be of type ${wanted}: ${JSON.stringify(found)}`);
}

function named(path: string): string {
  return `${path} in body`;
}

function typeProblems(value: unknown, schema: JsonSchema, path: string): Problem[] {
  const found = typeName(value);
  if (schema['x-kubernetes-int-or-string'] === true) {
    return found === 'string' || found === 'integer' ? [] : [wrongType(path, 'integer,string', found)];
  }
  const { type } = schema;
  if (type === undefined || type === found || (type === 'number' && found === 'integer')) return [];
  const wrong = wrongType(path, type, found);
  if (type !== 'integer' || found !== 'number') return [wrong];
  const why = `Checked value must be of type integer (default format) in ${path}`;
  return [wrong, (errors) => errors.invalid('<nil>', '', why)];
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function combined(value: unknown, schema: JsonSchema, path: string): Problem[] {
  const { anyOf = [], oneOf = [], allOf = [], not } = schema;
  const problems: Problem[] = [];
  // These have no field of their own: the server shows none.
  const say = (text: string) => problems.push((errors) => errors.invalid('<nil>', '', text));
  const shown = JSON.stringify(path);
  if (anyOf.length > 0) {
    const results = anyOf.map((each) => problemsOf(value, each, path));
    if (!results.some((result) => result.length === 0)) {
      say(`${shown} must validate at least one schema (anyOf)`);
      problems.push(...fewest(results));
    }
  }
  if (oneOf.length > 0) {
    const results = oneOf.map((each) => problemsOf(value, each, path));
    const valid = results.filter((result) => result.length === 0).length;
    if (valid !== 1) {
      const found = valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`;
      say(`${shown} must validate one and only one schema (oneOf). ${found}`);
      if (valid === 0) problems.push(...fewest(results));
    }
  }
  if (allOf.length > 0) {
    const results = allOf.map((each) => problemsOf(value, each, path));
    problems.push(...results.flat());
    const valid = results.filter((result) => result.length === 0).length;
    if (valid !== results.length) {
      say(`${shown} must validate all the schemas (allOf)${valid === 0 ? '. None validated' : ''}`);
    }
  }
  if (not !== undefined && problemsOf(value, not, path).length === 0)
    say(`${shown} must not validate the schema (not)`);
  return problems;
}

/** Of several failures, that of the schema which fits best. */
function fewest(results: readonly Problem[][]): Problem[] {
  return results.reduce((best, each) => (each.length < best.length ? each : best), results[0] ?? []);
}

function textProblems(value: string, schema: JsonSchema, path: string): Problem[] {
  const { maxLength, minLength, pattern, format } = schema;
  const problems: Problem[] = [];
  const length = [...value].length;
  if (maxLength !== undefined && length > maxLength) problems.push((errors) => errors.tooLong(path, maxLength));
  if (minLength !== undefined && length < minLength) {
    problems.push((errors) => errors.invalid(path, value, `${named(path)} should be at least ${minLength} chars long`));
  }
  if (pattern !== undefined && compile(pattern)?.test(value) === false) {
    problems.push((errors) => errors.invalid(path, value, `${named(path)} should match '${pattern}'`));
  }
  if (format !== undefined && formatProblem(value, format)) {
    const why = `${named(path)} must be of type ${format}: ${JSON.stringify(value)}`;
    problems.push((errors) => errors.invalid(path, value, why));
  }
  return problems;
}

const compiled = new Map<string, RegExp | undefined>();

/** Go's RE2 as far as JavaScript has the same; undefined where it has no such form, which then matches anything. */
export function compile(pattern: string): RegExp | undefined {
  if (compiled.has(pattern)) return compiled.get(pattern);
  let expression: RegExp | undefined;
  try {
    const [, flags = '', rest = pattern] = /^\(\?([ims]+)\)(.*)$/s.exec(pattern) ?? [];
    expression = new RegExp(rest, `u${flags}`);
  } catch {
    try {
      expression = new RegExp(pattern);
    } catch {
      expression = undefined;
    }
  }
  compiled.set(pattern, expression);
  return expression;
}

function numberProblems(value: number, schema: JsonSchema, path: string): Problem[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const problems: Problem[] = [];
  const should = (text: string) =>
    problems.push((errors) => errors.invalid(path, value, `${named(path)} should be ${text}`));
  if (multipleOf !== undefined && value <= 0) {
    // Upstream takes the value for the factor here.
    const why = `factor MultipleOf declared for ${path} must be positive: ${value}`;
    problems.push((errors) => errors.invalid(path, value, why));
  } else if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) should(`a multiple of ${multipleOf}`);
  if (maximum !== undefined && (exclusiveMaximum === true ? value >= maximum : value > maximum)) {
    should(`less than ${exclusiveMaximum === true ? '' : 'or equal to '}${maximum}`);
  }
  if (minimum !== undefined && (exclusiveMinimum === true ? value <= minimum : value < minimum)) {
    should(`greater than ${exclusiveMinimum === true ? '' : 'or equal to '}${minimum}`);
  }
  return problems;
}

function listProblems(value: readonly unknown[], schema: JsonSchema, path: string): Problem[] {
  const { items, minItems, maxItems } = schema;
  const problems: Problem[] = [];
  if (items !== undefined) {
    for (const [index, item] of value.entries()) problems.push(...problemsOf(item, items, `${path}[${index}]`));
  }
  if (minItems !== undefined && value.length < minItems) {
    const why = `${named(path)} should have at least ${minItems} items`;
    problems.push((errors) => errors.invalid(path, value.length, why));
  }
  if (maxItems !== undefined && value.length > maxItems) {
    problems.push((errors) => errors.tooMany(path, value.length, maxItems));
  }
  return problems;
}

function mapProblems(value: Readonly<Record<string, unknown>>, schema: JsonSchema, path: string): Problem[] {
  const { properties = {}, additionalProperties, required = [], minProperties, maxProperties } = schema;
  const problems: Problem[] = [];
  const count = Object.keys(value).length;
  if (minProperties !== undefined && count < minProperties) {
    const why = `${named(path)} should have at least ${minProperties} properties`;
    problems.push((errors) => errors.invalid(path, count, why));
  }
  if (maxProperties !== undefined && count > maxProperties) {
    problems.push((errors) => errors.tooMany(path, count, maxProperties));
  }
  const below = (key: string) => (path === '' ? key : `${path}.${key}`);
  for (const [key, part] of Object.entries(value)) {
    if (part === undefined) continue;
    const own = Object.hasOwn(properties, key) ? properties[key] : undefined;
    const judge = own ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
    if (judge !== undefined) problems.push(...problemsOf(part, judge, below(key)));
  }
  for (const key of required) {
    if (value[key] === undefined) problems.push((errors) => errors.required(below(key)));
  }
  return problems;
}
