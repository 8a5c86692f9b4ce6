import { Misuse } from '../gnu/options.ts';
import { posixRegex } from '../regex/posix.ts';
import { InputText, type Value } from './value.ts';

/** Fields that a record may have. */
const FIELD_LIMIT = 100_000;

/** `$0` and its fields, each made from the other when it is asked for. */
export class CurrentRecord {
  #text = '';
  #fields: Value[] | undefined = [];
  #stale = false;
  readonly #separators: {
    readonly fs: () => string;
    readonly ofs: () => string;
    readonly show: (value: Value) => string;
  };
  readonly #regexes: Regexes;

  constructor(separators: { fs: () => string; ofs: () => string; show: (value: Value) => string }, regexes: Regexes) {
    this.#separators = separators;
    this.#regexes = regexes;
  }

  set(text: string): void {
    this.#text = text;
    this.#fields = undefined;
    this.#stale = false;
  }

  get count(): number {
    return this.#split().length;
  }

  set count(count: number) {
    const fields = this.#split();
    if (count < 0 || count > FIELD_LIMIT)
      throw new Misuse(`program limit exceeded: ${FIELD_LIMIT} fields`, { status: 2, hint: false });
    while (fields.length < count) fields.push('');
    fields.length = Math.trunc(count);
    this.#stale = true;
  }

  get(index: number): Value {
    if (index === 0) return new InputText(this.#whole());
    return this.#split()[Math.trunc(index) - 1];
  }

  assign(index: number, value: Value, show: (value: Value) => string): void {
    const at = Math.trunc(index);
    if (at < 0) throw new Misuse(`negative field index $${at}`, { status: 2, hint: false });
    if (at === 0) {
      this.set(show(value));
      return;
    }
    if (at > this.count) this.count = at;
    this.#split()[at - 1] = value instanceof InputText ? value : value === undefined ? '' : value;
    this.#stale = true;
  }

  #whole(): string {
    if (this.#stale) {
      this.#text = this.#split().map(this.#separators.show).join(this.#separators.ofs());
      this.#stale = false;
    }
    return this.#text;
  }

  #split(): Value[] {
    this.#fields ??= splitText(this.#text, this.#separators.fs(), this.#regexes).map((text) => new InputText(text));
    return this.#fields;
  }
}

/** Compiled expressions by their source. */
export class Regexes {
  readonly #compiled = new Map<string, RegExp>();

  get(source: string, flags = ''): RegExp {
    const key = `${flags}/${source}`;
    let regex = this.#compiled.get(key);
    if (regex === undefined) {
      regex = posixRegex(source, { extended: true, flags: `s${flags}` });
      if (this.#compiled.size > 500) this.#compiled.clear();
      this.#compiled.set(key, regex);
    }
    regex.lastIndex = 0;
    return regex;
  }
}

/** Splits as FS says: one blank means runs of blanks, one other character itself, more is an expression. */
export function splitText(text: string, separator: string, regexes: Regexes): string[] {
  if (separator === ' ') return text.split(/[ \t\n]+/).filter((field) => field !== '');
  if (text === '') return [];
  if (separator === '') return [...text];
  if (separator.length === 1 && separator !== '\\') return text.split(separator);
  const regex = regexes.get(separator, 'g');
  const fields: string[] = [];
  let from = 0;
  for (const match of text.matchAll(regex)) {
    if (match[0] === '') continue;
    fields.push(text.slice(from, match.index));
    from = match.index + match[0].length;
  }
  return [...fields, text.slice(from)];
}
