import { ShellSyntaxError } from './error.ts';
import { KEYWORDS } from './keywords.ts';
import type { Lexer, Token } from './lexer.ts';

export interface ParseOptions {
  /** Replaces a command's first word (interactive shells only). */
  readonly alias?: (name: string) => string | undefined;
  /** More text may follow: what is unfinished throws an `incomplete` error. */
  readonly more?: boolean;
  readonly firstLine?: number;
}

/** Words that mean something to the grammar where a command begins (bash's manual, "Reserved Words"). */
const RESERVED = new Set([...KEYWORDS, 'select', 'coproc']);

/** The tokens before a parser, one at hand. */
export class TokenStream {
  protected readonly lexer: Lexer;
  protected readonly options: ParseOptions;
  protected token: Token;
  readonly #aliases = new Map<string, number>();

  constructor(lexer: Lexer, options: ParseOptions) {
    this.lexer = lexer;
    this.options = options;
    this.token = lexer.next();
  }

  protected advance(): void {
    this.token = this.lexer.next();
  }

  protected is(operator: string): boolean {
    return this.token.kind === 'operator' && this.token.text === operator;
  }

  /** The reserved word at hand, when it stands unquoted. */
  protected reserved(): string | undefined {
    const token = this.token;
    if (token.kind !== 'word' || !RESERVED.has(token.text)) return undefined;
    return token.text;
  }

  protected expect(word: string): void {
    if (this.reserved() !== word && !this.is(word)) throw this.unexpected();
    this.advance();
  }

  protected newlines(): void {
    while (this.token.kind === 'newline') this.advance();
  }

  protected unexpected(): ShellSyntaxError {
    const { kind, text, line } = this.token;
    if (kind === 'end') return new ShellSyntaxError('syntax error: unexpected end of file', line, { incomplete: true });
    return new ShellSyntaxError(`syntax error near unexpected token \`${text}'`, line, { showLine: true });
  }

  /** Puts an alias's text in place of the first word; an alias is not replaced again inside its own text. */
  protected expandAlias(): void {
    for (;;) {
      const token = this.token;
      if (token.kind !== 'word' || this.options.alias === undefined || !/^[^\s'"\\$`]+$/.test(token.text)) return;
      const text = this.options.alias(token.text);
      if (text === undefined || (this.#aliases.get(token.text) ?? -1) >= token.start) return;
      const lexer = this.lexer;
      for (const [name, end] of this.#aliases) {
        if (end >= token.start) this.#aliases.set(name, end + text.length - token.text.length);
      }
      this.#aliases.set(token.text, token.start + text.length);
      lexer.text = lexer.text.slice(0, token.start) + text + lexer.text.slice(token.end);
      lexer.at = token.start;
      lexer.line = token.line;
      this.advance();
    }
  }

  protected word(): Token & { kind: 'word' } {
    if (this.token.kind !== 'word') throw this.unexpected();
    return this.token;
  }
}
