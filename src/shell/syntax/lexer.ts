import { decodeEscapes } from '../../linux/command/escapes.ts';
import type { List, Part, Word } from './ast.ts';
import { ShellSyntaxError } from './error.ts';
import { readParameter } from './parameter.ts';

export type Token =
  | {
      readonly kind: 'word';
      readonly word: Word;
      readonly text: string;
      readonly line: number;
      readonly start: number;
      readonly end: number;
    }
  | {
      readonly kind: 'descriptor';
      readonly text: string;
      readonly line: number;
      readonly start: number;
      readonly end: number;
    }
  | {
      readonly kind: 'operator';
      readonly text: string;
      readonly line: number;
      readonly start: number;
      readonly end: number;
    }
  | {
      readonly kind: 'newline';
      readonly text: string;
      readonly line: number;
      readonly start: number;
      readonly end: number;
    }
  | {
      readonly kind: 'end';
      readonly text: string;
      readonly line: number;
      readonly start: number;
      readonly end: number;
    };

/** A here-document whose body is still to be read. */
export interface PendingDocument {
  readonly delimiter: string;
  readonly literal: boolean;
  readonly stripTabs: boolean;
  readonly line: number;
  take(body: Word): void;
}

const OPERATORS = [
  ';;&',
  '&>>',
  '<<<',
  '<<-',
  '&&',
  '||',
  ';;',
  ';&',
  '<<',
  '>>',
  '<&',
  '>&',
  '&>',
  '>|',
  '<>',
  '|&',
  ';',
  '&',
  '|',
  '<',
  '>',
  '(',
  ')',
];
const META = new Set(' \t\n;&|<>()');
/** Quotes and substitutions inside each other. */
const DEPTH_LIMIT = 150;

/** Cuts shell text into tokens; quotes and substitutions become parts of words. */
export class Lexer {
  text: string;
  at = 0;
  line = 1;
  readonly pending: PendingDocument[] = [];
  readonly warnings: { readonly line: number; readonly message: string }[] = [];
  /** Whether more text may follow, so that a here-document without its end is no mistake yet. */
  readonly more: boolean;
  /** Parses what stands in `$(...)` up to and with the closing parenthesis, from here on. */
  readonly substitution: (lexer: Lexer) => List;
  /** Commands and substitutions inside each other, here. */
  depth = 0;
  #ended = false;

  constructor(text: string, substitution: (lexer: Lexer) => List, more = false) {
    this.text = text;
    this.more = more;
    this.substitution = substitution;
  }

  next(): Token {
    this.#skipBlanks();
    const start = this.at;
    const line = this.line;
    const make = (kind: 'operator' | 'newline' | 'end', text: string): Token => ({
      kind,
      text,
      line,
      start,
      end: this.at,
    });
    if (this.at >= this.text.length) {
      // A text without a newline at its end is read as if it had one.
      if (this.#ended || this.text.endsWith('\n') || this.text === '') return make('end', '');
      this.#ended = true;
      this.line++;
      this.#readDocuments();
      return { kind: 'newline', text: 'newline', line, start, end: start };
    }
    if (this.text[this.at] === '\n') {
      this.at++;
      this.line++;
      this.#readDocuments();
      return make('newline', 'newline');
    }
    const ahead = this.text.slice(this.at, this.at + 3);
    if (/^[<>]\(/.test(ahead)) {
      throw new ShellSyntaxError("process substitution `<(...)' is not supported by this shell", line);
    }
    for (const operator of OPERATORS) {
      if (ahead.startsWith(operator)) {
        this.at += operator.length;
        return make('operator', operator);
      }
    }
    const word = this.word((c) => META.has(c));
    const text = this.text.slice(start, this.at);
    if (/^\d+$/.test(text) && /[<>]/.test(this.text[this.at] ?? ''))
      return { kind: 'descriptor', text, line, start, end: this.at };
    return { kind: 'word', word, text, line, start, end: this.at };
  }

  /** Reads parts until an unquoted character for which `stop` holds, or the end. */
  word(stop: (character: string) => boolean): Word {
    const parts: Part[] = [];
    let plain = '';
    const flush = () => {
      if (plain !== '') parts.push({ kind: 'text', text: plain, quoted: false });
      plain = '';
    };
    while (this.at < this.text.length) {
      const c = this.text[this.at] as string;
      if (c === "'") {
        flush();
        parts.push({ kind: 'text', text: this.#single(), quoted: true });
      } else if (c === '"') {
        flush();
        this.at++;
        parts.push(...this.double('"'));
        this.at++;
      } else if (c === '\\') {
        flush();
        this.#escape(parts);
      } else if (c === '$' && this.text[this.at + 1] === "'") {
        flush();
        this.at++;
        parts.push({ kind: 'text', text: decodeEscapes(this.#single(true), 'ansi').text, quoted: true });
      } else if (c === '$' && this.text[this.at + 1] === '"') this.at++;
      else if (c === '$' || c === '`') {
        const part = this.dollar(false);
        if (part === undefined) {
          plain += c;
          this.at++;
        } else {
          flush();
          parts.push(part);
        }
      } else {
        if (stop(c)) break;
        if (c === '\n') this.line++;
        plain += c;
        this.at++;
      }
    }
    flush();
    return parts;
  }

  /** Reads as between double quotes up to (not with) `end`; `undefined`: to the end of the text. */
  double(end: string | undefined): Part[] {
    const line = this.line;
    const parts: Part[] = [];
    let plain = '';
    const flush = () => {
      if (plain !== '') parts.push({ kind: 'text', text: plain, quoted: true });
      plain = '';
    };
    for (;;) {
      const c = this.text[this.at];
      if (c === undefined) {
        if (end === undefined) break;
        throw this.#unclosed(end, line);
      }
      if (c === end) break;
      if (c === '\\') {
        const escaped = this.text[this.at + 1] ?? '';
        this.at += 2;
        if (escaped === '\n') this.line++;
        else if (escaped !== '' && ('$`\\'.includes(escaped) || escaped === end)) plain += escaped;
        else plain += `\\${escaped}`;
      } else if (c === '$' || c === '`') {
        const part = this.dollar(true);
        if (part === undefined) {
          plain += c;
          this.at++;
        } else {
          flush();
          parts.push(part);
        }
      } else {
        if (c === '\n') this.line++;
        plain += c;
        this.at++;
      }
    }
    flush();
    if (parts.length === 0) parts.push({ kind: 'text', text: '', quoted: true });
    return parts;
  }

  /** The substitution at `$` or a backtick; undefined where `$` is only itself. */
  dollar(quoted: boolean): Part | undefined {
    if (++this.depth > DEPTH_LIMIT) throw new ShellSyntaxError('substitutions are nested too deeply', this.line);
    try {
      if (this.text[this.at] === '`') return this.#backtick(quoted);
      if (this.text.startsWith('$((', this.at)) {
        const end = this.#arithmeticEnd();
        if (end !== undefined) {
          const expression = this.#inner(this.text.slice(this.at + 3, end));
          this.at = end + 2;
          return { kind: 'arithmetic', expression, quoted };
        }
      }
      if (this.text[this.at + 1] === '(') {
        this.at += 2;
        try {
          return { kind: 'command', body: this.substitution(this), quoted };
        } catch (error) {
          if (error instanceof ShellSyntaxError && error.incomplete && this.at >= this.text.length)
            throw this.#unclosed(')', this.line);
          throw error;
        }
      }
      return readParameter(this, quoted);
    } finally {
      this.depth--;
    }
  }

  /** A text's parts as between double quotes, where `"` itself is plain. */
  #inner(text: string): Word {
    const inner = new Lexer(text, this.substitution);
    inner.line = this.line;
    inner.depth = this.depth;
    for (const c of text) if (c === '\n') this.line++;
    return inner.double(undefined);
  }

  /** Where the `))` of `$((` is; undefined when its parentheses close apart, as in `$((a); b)`. */
  #arithmeticEnd(): number | undefined {
    let depth = 0;
    for (let i = this.at + 3; i < this.text.length; i++) {
      const c = this.text[i];
      if (c === '(') depth++;
      else if (c === ')') {
        if (depth-- > 0) continue;
        return this.text[i + 1] === ')' ? i : undefined;
      }
    }
    throw this.#unclosed(')', this.line);
  }

  #backtick(quoted: boolean): Part {
    const line = this.line;
    let body = '';
    for (let i = this.at + 1; ; i++) {
      const c = this.text[i];
      if (c === undefined) throw this.#unclosed('`', line);
      if (c === '`') {
        this.at = i + 1;
        break;
      }
      const escaped = this.text[i + 1] ?? '';
      if (c === '\\' && ('`\\$'.includes(escaped) || (quoted && escaped === '"')) && escaped !== '') {
        body += escaped;
        i++;
      } else body += c;
    }
    const inner = new Lexer(`${body}\n)`, this.substitution);
    inner.line = line;
    inner.depth = this.depth;
    for (const c of body) if (c === '\n') this.line++;
    return { kind: 'command', body: this.substitution(inner), quoted };
  }

  /** Reads a single-quoted text; with `escapes`, a backslash keeps the next character from ending it (`$'...'`). */
  #single(escapes = false): string {
    const line = this.line;
    const start = ++this.at;
    for (; ; this.at++) {
      const c = this.text[this.at];
      if (c === undefined) throw this.#unclosed("'", line);
      if (c === '\n') this.line++;
      if (c === '\\' && escapes) this.at++;
      else if (c === "'") return this.text.slice(start, this.at++);
    }
  }

  #escape(parts: Part[]): void {
    const escaped = this.text[this.at + 1];
    this.at += 2;
    if (escaped === undefined) parts.push({ kind: 'text', text: '\\', quoted: true });
    else if (escaped === '\n') this.line++;
    else parts.push({ kind: 'text', text: escaped, quoted: true });
  }

  #skipBlanks(): void {
    for (;;) {
      const c = this.text[this.at];
      if (c === ' ' || c === '\t') this.at++;
      else if (c === '\\' && this.text[this.at + 1] === '\n') {
        this.at += 2;
        this.line++;
      } else if (c === '#') {
        const end = this.text.indexOf('\n', this.at);
        this.at = end < 0 ? this.text.length : end;
      } else return;
    }
  }

  #readDocuments(): void {
    for (const document of this.pending.splice(0)) {
      const body: string[] = [];
      for (;;) {
        if (this.at >= this.text.length) {
          const message = `here-document at line ${document.line} delimited by end-of-file (wanted \`${document.delimiter}')`;
          if (this.more) throw new ShellSyntaxError(message, document.line, { incomplete: true });
          this.warnings.push({ line: this.line - 1, message: `warning: ${message}` });
          break;
        }
        const end = this.text.indexOf('\n', this.at);
        let line = this.text.slice(this.at, end < 0 ? this.text.length : end);
        this.at = end < 0 ? this.text.length : end + 1;
        this.line++;
        if (document.stripTabs) line = line.replace(/^\t+/, '');
        if (line === document.delimiter) break;
        body.push(`${line}\n`);
      }
      const text = body.join('');
      if (document.literal) document.take([{ kind: 'text', text, quoted: true }]);
      else {
        const line = this.line;
        document.take(this.#inner(text));
        this.line = line;
      }
    }
  }

  #unclosed(quote: string, line: number): ShellSyntaxError {
    return new ShellSyntaxError(`unexpected EOF while looking for matching \`${quote}'`, line, { incomplete: true });
  }

  unclosed(quote: string): ShellSyntaxError {
    return this.#unclosed(quote, this.line);
  }
}
