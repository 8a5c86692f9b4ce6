import type { LabelSelector } from '../../types/meta.ts';
import { badRequest } from '../failure.ts';
import { labelValue, qualifiedName } from '../validation/names.ts';

export type Labels = Readonly<Record<string, string>>;

interface Requirement {
  readonly key: string;
  readonly operator: 'in' | 'notin' | '=' | '==' | '!=' | 'exists' | '!' | 'gt' | 'lt';
  readonly values: readonly string[];
}

/** A parsed label selector; every requirement must hold. */
export class Selector {
  readonly #requirements: readonly Requirement[];

  constructor(requirements: readonly Requirement[]) {
    this.#requirements = [...requirements].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  }

  get everything(): boolean {
    return this.#requirements.length === 0;
  }

  /** A label that must have one certain value, if there is one. */
  get exact(): { readonly key: string; readonly value: string } | undefined {
    for (const { key, operator, values } of this.#requirements) {
      const [value, ...more] = values;
      const equality = operator === '=' || operator === '==' || operator === 'in';
      if (equality && value !== undefined && more.length === 0) return { key, value };
    }
    return undefined;
  }

  matches(labels: Labels = {}): boolean {
    return this.#requirements.every((requirement) => holds(requirement, labels));
  }

  toString(): string {
    return this.#requirements.map(text).join(',');
  }
}

function holds({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'in':
    case '=':
    case '==':
      return value !== undefined && values.includes(value);
    case 'notin':
    case '!=':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case 'gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'lt':
      return value !== undefined && Number(value) < Number(values[0]);
  }
}

function text({ key, operator, values }: Requirement): string {
  switch (operator) {
    case 'in':
    case 'notin':
      return `${key} ${operator} (${[...values].sort().join(',')})`;
    case 'exists':
      return key;
    case '!':
      return `!${key}`;
    case 'gt':
      return `${key}>${values[0]}`;
    case 'lt':
      return `${key}<${values[0]}`;
    default:
      return `${key}${operator}${values[0]}`;
  }
}

/**
 * Reads the text form (`app=web,tier in (a,b),!old`).
 * Throws a BadRequest `Failure` with the server's own words.
 */
export function parseSelector(source: string): Selector {
  const tokens = tokenize(source);
  const requirements: Requirement[] = [];
  let at = 0;
  const peek = () => tokens[at] ?? '';
  const take = () => tokens[at++] ?? '';
  const refuse = (message: string) => badRequest(`unable to parse requirement: ${message}`);
  if (tokens.length === 0) return new Selector([]);
  for (;;) {
    let negated = false;
    if (peek() === '!') {
      take();
      negated = true;
    }
    const key = take();
    if (!isWord(key)) {
      if (negated) throw refuse(`found '${key}', expected: identifier`);
      throw badRequest(
        requirements.length === 0
          ? `found '${key}', expected: !, identifier, or 'end of string'`
          : `found '${key}', expected: identifier after ','`,
      );
    }
    checkKey(key);
    const next = peek();
    if (negated || next === '' || next === ',') {
      requirements.push({ key, operator: negated ? '!' : 'exists', values: [] });
    } else {
      requirements.push(readValues(key));
    }
    if (peek() === '') return new Selector(requirements);
    if (peek() !== ',') throw badRequest(`found '${peek()}', expected: ',' or 'end of string'`);
    take();
  }

  function readValues(key: string): Requirement {
    const requirement = readRequirement(key);
    for (const [index, value] of requirement.values.entries()) {
      const [problem] = labelValue(value);
      if (problem !== undefined)
        throw refuse(`values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}: ${problem}`);
    }
    return requirement;
  }

  function checkKey(key: string): void {
    const [problem] = qualifiedName(key);
    if (problem !== undefined) throw refuse(`<nil>: Invalid value: ${JSON.stringify(key)}: ${problem}`);
  }

  function readRequirement(key: string): Requirement {
    const operator = take();
    switch (operator) {
      case 'in':
      case 'notin': {
        if (take() !== '(') throw refuse(`found '${tokens[at - 1] ?? ''}' expected: '('`);
        const values: string[] = [];
        for (;;) {
          const token = peek();
          if (token === ')') {
            take();
            if (values.length === 0) values.push('');
            return { key, operator, values };
          }
          if (token === ',') {
            take();
            if (peek() === ')' || peek() === ',') values.push('');
            continue;
          }
          if (!isWord(token))
            throw refuse(
              `found '${token}', expected: ${values.length === 0 ? "',', ')' or identifier" : "',' or ')'"}`,
            );
          values.push(take());
        }
      }
      case '=':
      case '==':
      case '!=':
      case '>':
      case '<': {
        const value = isWord(peek()) ? take() : '';
        if (operator === '>' || operator === '<') {
          if (!/^-?\d+$/.test(value))
            throw refuse(
              `values[0]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`,
            );
          return { key, operator: operator === '>' ? 'gt' : 'lt', values: [value] };
        }
        return { key, operator, values: [value] };
      }
      default:
        throw refuse(`found '${operator}', expected: in, notin, =, ==, !=, gt, lt`);
    }
  }
}

function tokenize(source: string): string[] {
  return source.match(/==|!=|[=!<>(),]|[^\s=!<>(),]+/g) ?? [];
}

function isWord(token: string): boolean {
  return token !== '' && !/^(==|!=|[=!<>(),])$/.test(token);
}

/** The selector that objects carry (`matchLabels`, `matchExpressions`); an empty one selects everything, none nothing. */
export function selectorOf(selector: LabelSelector | undefined): Selector {
  if (selector === undefined) return new Selector([{ key: '', operator: 'in', values: [] }]);
  return new Selector([
    ...Object.entries(selector.matchLabels ?? {}).map(
      ([key, value]): Requirement => ({
        key,
        operator: '=',
        values: [value],
      }),
    ),
    ...(selector.matchExpressions ?? []).map(
      ({ key, operator, values }): Requirement => ({
        key,
        operator: ({ In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' } as const)[operator],
        values: values ?? [],
      }),
    ),
  ]);
}
