/**
 * kubectl's JSONPath templates: literal text with actions in braces
 * (https://kubernetes.io/docs/reference/kubectl/jsonpath/). It is its own dialect: `range`/`end`,
 * quoted text inside an action, relaxed quotes, no `&&` in filters.
 */
export class JsonPathError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'JsonPathError';
  }
}

export type Operator = 'exists' | '==' | '!=' | '<' | '<=' | '>' | '>=';

/** One step of an action; each takes the list of values found so far and gives the next list. */
export type Step =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly value: number | boolean }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'root' }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'recursive' }
  | { readonly kind: 'index'; readonly index: number }
  | {
      readonly kind: 'slice';
      readonly from: number | undefined;
      readonly to: number | undefined;
      readonly step: number | undefined;
    }
  | { readonly kind: 'union'; readonly of: readonly (readonly Step[])[] }
  | {
      readonly kind: 'filter';
      readonly left: readonly Step[];
      readonly operator: Operator;
      readonly right: readonly Step[];
    };

export type Part =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'action'; readonly steps: readonly Step[] }
  | { readonly kind: 'range'; readonly steps: readonly Step[]; readonly body: readonly Part[] }
  /** Fails when it is reached: kubectl reports these while it executes the template. */
  | { readonly kind: 'failure'; readonly message: string };

/** @throws JsonPathError in kubectl's words (`unterminated array`, `unclosed action`, ...). */
export function parseTemplate(template: string): readonly Part[] {
  const open: { steps: readonly Step[]; body: Part[] }[] = [{ steps: [], body: [] }];
  const body = () => (open.at(-1) as { body: Part[] }).body;
  let at = 0;
  while (at < template.length) {
    const brace = template.indexOf('{', at);
    if (brace < 0) {
      body().push({ kind: 'literal', text: template.slice(at) });
      break;
    }
    if (brace > at) body().push({ kind: 'literal', text: template.slice(at, brace) });
    const action = new ActionParser(template, brace + 1);
    const steps = action.parse('}');
    at = action.at;
    if (action.word === undefined) body().push({ kind: 'action', steps });
    else if (action.word === 'range') open.push({ steps, body: [] });
    else if (action.word !== 'end') body().push({ kind: 'failure', message: `unrecognized identifier ${action.word}` });
    else if (open.length === 1) body().push({ kind: 'failure', message: 'not in range, nothing to end' });
    else {
      const range = open.pop() as { steps: readonly Step[]; body: Part[] };
      body().push({ kind: 'range', ...range });
    }
  }
  // kubectl runs a range that is not ended for each item, and then what follows it once more.
  while (open.length > 1) {
    const range = open.pop() as { steps: readonly Step[]; body: Part[] };
    body().push({ kind: 'range', ...range }, ...range.body);
  }
  return (open[0] as { body: Part[] }).body;
}

const endOfName = /[\s.,[\]$@{}]/;

/** Reads the steps of one action up to its closing brace. */
class ActionParser {
  readonly #text: string;
  at: number;
  /** `range`, `end`, or a word that means nothing. */
  word: string | undefined;

  constructor(text: string, at: number) {
    this.#text = text;
    this.at = at;
  }

  parse(closing: '}' | ''): Step[] {
    const steps: Step[] = [];
    const text = this.#text;
    for (;;) {
      const char = text[this.at];
      if (char === undefined || char === '\n' || char === '\r') {
        if (char === undefined && closing === '') return steps;
        throw new JsonPathError('unclosed action');
      }
      if (char === closing) {
        this.at++;
        return steps;
      }
      if (char === ' ' || char === '\t' || char === '@') this.at++;
      else if (char === '$') {
        this.at++;
        steps.push({ kind: 'root' });
      } else if (char === '[') steps.push(this.#bracket());
      else if (char === '"' || char === "'") steps.push({ kind: 'text', text: this.#quoted(char) });
      else if (char === '.') steps.push(...this.#dot());
      else if (/[0-9+-]/.test(char)) steps.push(this.#number());
      else if (/[\p{L}_]/u.test(char)) this.#identifier(steps);
      else throw new JsonPathError(`unrecognized character in action: ${codePoint(char)}`);
    }
  }

  #dot(): Step[] {
    if (this.#text[this.at + 1] === '.') {
      this.at += 2;
      const next = this.#text[this.at];
      const recursive: Step = { kind: 'recursive' };
      if (next === undefined || endOfName.test(next)) return [recursive];
      return [recursive, this.#field()];
    }
    this.at++;
    return [this.#field()];
  }

  #field(): Step {
    let name = '';
    for (; this.at < this.#text.length; this.at++) {
      const char = this.#text[this.at] as string;
      if (char === '\\') {
        this.at++;
        name += this.#text[this.at] ?? '';
      } else if (endOfName.test(char)) break;
      else name += char;
    }
    return name === '*' ? { kind: 'wildcard' } : { kind: 'field', name };
  }

  #number(): Step {
    const found = /^[+-]?[0-9.]+/.exec(this.#text.slice(this.at))?.[0] ?? '';
    const value = Number(found === '' ? 'x' : found);
    if (Number.isNaN(value)) throw new JsonPathError(`cannot parse number ${found}`);
    this.at += found.length;
    return { kind: 'value', value };
  }

  #identifier(steps: Step[]): void {
    const name = /^[\p{L}\p{N}_]+/u.exec(this.#text.slice(this.at))?.[0] ?? '';
    this.at += name.length;
    if (name === 'true' || name === 'false') steps.push({ kind: 'value', value: name === 'true' });
    else this.word = name;
  }

  #quoted(quote: string): string {
    const begin = this.at++;
    for (; this.at < this.#text.length; this.at++) {
      const char = this.#text[this.at];
      if (char === '\\') this.at++;
      else if (char === '\n') break;
      else if (char === quote) {
        this.at++;
        return unquote(this.#text.slice(begin + 1, this.at - 1));
      }
    }
    throw new JsonPathError('unterminated quoted string');
  }

  /** `[...]`: an index, a slice, a quoted key, a wildcard, a union of these, or a filter. */
  #bracket(): Step {
    if (this.#text.startsWith('[?(', this.at)) return this.#filter();
    const begin = ++this.at;
    let quote: string | undefined;
    for (; ; this.at++) {
      const char = this.#text[this.at];
      if (char === undefined || char === '\n') throw new JsonPathError('unterminated array');
      if (quote !== undefined) {
        if (char === '\\') this.at++;
        else if (char === quote) quote = undefined;
      } else if (char === "'") quote = char;
      else if (char === ']') break;
    }
    const inside = this.#text.slice(begin, this.at++);
    const items = splitUnquoted(inside);
    if (items.length === 1) return subscript(inside);
    return { kind: 'union', of: items.map((item) => [subscript(item.trim())]) };
  }

  #filter(): Step {
    this.at += 3;
    const begin = this.at;
    let quote: string | undefined;
    for (; ; this.at++) {
      const char = this.#text[this.at];
      if (char === undefined || char === '\n') throw new JsonPathError('unterminated filter');
      if (quote !== undefined) {
        if (char === '\\') this.at++;
        else if (char === quote) quote = undefined;
      } else if (char === '"' || char === "'") quote = char;
      else if (char === ')') break;
    }
    const condition = this.#text.slice(begin, this.at++);
    if (this.#text[this.at++] !== ']') throw new JsonPathError('unclosed array expect ]');
    const parts = /^([^!<>=]+)([!<>=]+)(.+)$/.exec(condition);
    if (parts === null) return { kind: 'filter', left: stepsOf(condition), operator: 'exists', right: [] };
    const operator = parts[2] as string;
    const [left, right] = [stepsOf(parts[1] as string), stepsOf(parts[3] as string)];
    if (!isOperator(operator)) throw new JsonPathError(`unrecognized filter operator ${operator}`);
    return { kind: 'filter', left, operator, right };
  }
}

const operators: readonly string[] = ['==', '!=', '<', '<=', '>', '>='];
function isOperator(text: string): text is Operator {
  return operators.includes(text);
}

function stepsOf(action: string): Step[] {
  return new ActionParser(action, 0).parse('');
}

function subscript(text: string): Step {
  if (text === '*' || text === '') return { kind: 'slice', from: undefined, to: undefined, step: undefined };
  const key = /^'(.*)'$/s.exec(text);
  if (key !== null) return { kind: 'field', name: unquote(key[1] as string) };
  if (/^-?\d+$/.test(text)) return { kind: 'index', index: Number(text) };
  const slice = /^(-?\d*):(-?\d*)(?::(-?\d*))?$/.exec(text);
  if (slice === null) {
    // A union may hold paths: {['a','b']}, {[.a,.b]}.
    if (text.startsWith('.') || text.startsWith('@')) return { kind: 'union', of: [stepsOf(text)] };
    throw new JsonPathError(`invalid array index ${text}`);
  }
  const bound = (digits: string | undefined) => (digits === undefined || digits === '' ? undefined : Number(digits));
  return { kind: 'slice', from: bound(slice[1]), to: bound(slice[2]), step: bound(slice[3]) };
}

function splitUnquoted(text: string): string[] {
  const items = [''];
  let quote: string | undefined;
  for (const char of text) {
    if (quote === undefined && char === ',') {
      items.push('');
      continue;
    }
    if (char === quote) quote = undefined;
    else if (quote === undefined && char === "'") quote = char;
    items[items.length - 1] += char;
  }
  return items;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\u0007', b: '\b', f: '\f', v: '\v' };
function unquote(text: string): string {
  return text.replace(/\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)/gs, (_, code: string) => {
    if (code.length > 1) return String.fromCodePoint(Number.parseInt(code.slice(1), 16));
    return escapes[code] ?? code;
  });
}

function codePoint(char: string): string {
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')} '${char}'`;
}
