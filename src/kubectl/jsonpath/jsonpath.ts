import { JsonPathError, type Operator, type Part, parseTemplate, type Step } from './parse.ts';
import { goJson, goType, goValue } from './text.ts';

export { JsonPathError } from './parse.ts';

export interface JsonPathOptions {
  /** false: a field that isn't there is an error, not an empty result. kubectl's default is true. */
  readonly allowMissingKeys?: boolean;
}

/** A template, parsed once and used on many objects. */
export class JsonPath {
  readonly #parts: readonly Part[];
  readonly #allowMissingKeys: boolean;

  /** @throws JsonPathError where the template can't be parsed. */
  constructor(template: string, options: JsonPathOptions = {}) {
    this.#parts = parseTemplate(template);
    this.#allowMissingKeys = options.allowMissingKeys ?? true;
  }

  /** What `kubectl -o jsonpath=TEMPLATE` prints of `data`: results of one action are separated by a space. */
  render(data: unknown): string {
    return this.#render(this.#parts, data, data);
  }

  /** The values that all actions find, in order; literal text gives none. */
  find(data: unknown): readonly unknown[] {
    return this.#find(this.#parts, data, data);
  }

  #render(parts: readonly Part[], current: unknown, root: unknown): string {
    let text = '';
    for (const part of parts) {
      if (part.kind === 'failure') throw new JsonPathError(part.message);
      if (part.kind === 'literal') text += part.text;
      else if (part.kind === 'action') text += this.#steps(part.steps, [current], root).map(printed).join(' ');
      else for (const item of this.#steps(part.steps, [current], root)) text += this.#render(part.body, item, root);
    }
    return text;
  }

  #find(parts: readonly Part[], current: unknown, root: unknown): unknown[] {
    return parts.flatMap((part) => {
      if (part.kind === 'failure') throw new JsonPathError(part.message);
      if (part.kind === 'literal') return [];
      const found = this.#steps(part.steps, [current], root);
      return part.kind === 'action' ? found : found.flatMap((item) => this.#find(part.body, item, root));
    });
  }

  #steps(steps: readonly Step[], input: readonly unknown[], root: unknown): unknown[] {
    let values = [...input];
    for (const step of steps) values = this.#step(step, values, root);
    return values;
  }

  #step(step: Step, values: readonly unknown[], root: unknown): unknown[] {
    switch (step.kind) {
      case 'text':
        return [step.text];
      case 'value':
        return [step.value];
      case 'root':
        return [root];
      case 'field':
        return this.#field(step.name, values);
      case 'wildcard':
        return values.flatMap(children);
      case 'recursive':
        return values.flatMap(descendants);
      case 'union':
        return step.of.flatMap((steps) => this.#steps(steps, values, root));
      case 'index':
        return arrays(values).flatMap((list) => {
          const at = step.index < 0 ? step.index + list.length : step.index;
          if (at < 0 || at >= list.length) {
            throw new JsonPathError(`array index out of bounds: index ${at}, length ${list.length}`);
          }
          return [list[at]];
        });
      case 'slice':
        return arrays(values).flatMap((list) => slice(list, step));
      case 'filter':
        return arrays(values, 'filtered').flatMap((list) => list.filter((item) => this.#matches(step, item, root)));
    }
  }

  #field(name: string, values: readonly unknown[]): unknown[] {
    // `{.}` names the value itself.
    if (name === '') return [...values];
    const found = values.flatMap((value) => {
      if (!isMap(value) || !Object.hasOwn(value, name)) return [];
      return [value[name]];
    });
    if (found.length === 0 && !this.#allowMissingKeys) throw new JsonPathError(`${name} is not found`);
    return found;
  }

  #matches(filter: Extract<Step, { kind: 'filter' }>, item: unknown, root: unknown): boolean {
    const left = this.#steps(filter.left, [item], root);
    if (filter.operator === 'exists') return left.length > 0;
    const right = this.#steps(filter.right, [item], root);
    if (left.length > 1 || right.length > 1) throw new JsonPathError('can only compare one element at a time');
    if (left.length === 0 || right.length === 0) return false;
    return compare(left[0], filter.operator, right[0]);
  }
}

function compare(left: unknown, operator: Exclude<Operator, 'exists'>, right: unknown): boolean {
  if (isContainer(left) || isContainer(right)) throw new JsonPathError('invalid type for comparison');
  if (goType(left) !== goType(right)) throw new JsonPathError('incompatible types for comparison');
  if (operator === '==') return left === right;
  if (operator === '!=') return left !== right;
  if (typeof left === 'boolean') throw new JsonPathError('invalid type for comparison');
  const [a, b] = [left as string | number, right as string | number];
  switch (operator) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
}

function slice(list: readonly unknown[], bounds: Extract<Step, { kind: 'slice' }>): unknown[] {
  const length = list.length;
  const counted = (bound: number) => (bound < 0 ? bound + length : bound);
  const from = counted(bounds.from ?? 0);
  const to = counted(bounds.to ?? length);
  if (length === 0) return [];
  if (from < 0 || from >= length) {
    throw new JsonPathError(`array index out of bounds: index ${from}, length ${length}`);
  }
  if (to < 1 || to > length) {
    throw new JsonPathError(`array index out of bounds: index ${to - 1}, length ${length}`);
  }
  if (from > to) throw new JsonPathError(`starting index ${from} is greater than ending index ${to}`);
  const step = bounds.step ?? 1;
  if (step <= 0) throw new JsonPathError('step must be > 0');
  return list.slice(from, to).filter((_, at) => at % step === 0);
}

function arrays(values: readonly unknown[], purpose?: 'filtered'): (readonly unknown[])[] {
  return values
    .filter((value) => value !== null && value !== undefined)
    .map((value) => {
      if (Array.isArray(value)) return value as readonly unknown[];
      throw new JsonPathError(
        purpose === undefined
          ? `${goType(value)} is not array or slice`
          : `${goValue(value)} is not array or slice and cannot be ${purpose}`,
      );
    });
}

/** Map values come in the order of their keys, so that a template prints the same thing twice. */
function children(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (!isMap(value)) return [];
  return Object.keys(value)
    .sort()
    .map((key) => value[key]);
}

/** The value itself and every map and list below it. */
function descendants(value: unknown): unknown[] {
  const below = children(value);
  return below.length === 0 ? [] : [value, ...below.flatMap(descendants)];
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isContainer(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function printed(value: unknown): string {
  return isContainer(value) ? goJson(value) : goValue(value);
}
