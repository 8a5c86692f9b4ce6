import type { Expression } from '../syntax.ts';
import { type Location, NftError, span } from './location.ts';
import { nameOf, type Token } from './scanner.ts';

/** What `define` has given names to; blocks see what stands around them. */
export class Scope {
  readonly #names = new Map<string, Expression>();
  readonly #outer: Scope | undefined;

  constructor(outer?: Scope) {
    this.#outer = outer;
  }

  get(name: string): Expression | undefined {
    return this.#names.get(name) ?? this.#outer?.get(name);
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  set(name: string, value: Expression): void {
    this.#names.set(name, value);
  }

  delete(name: string): boolean {
    return this.#names.delete(name);
  }
}

/** Walks over the tokens of a text. Everything that parses stands on it. */
export class Parser {
  #tokens: readonly Token[];
  #at = 0;
  #last: Token;
  scope = new Scope();

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
    this.#last = tokens[0] as Token;
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)] as Token;
  }

  next(): Token {
    const token = this.peek();
    this.#last = token;
    if (this.#at < this.#tokens.length - 1) this.#at++;
    return token;
  }

  /** The token that was taken last. */
  get last(): Token {
    return this.#last;
  }

  /** Puts tokens in front of what comes next: an included file. */
  insert(tokens: readonly Token[]): void {
    this.#tokens = [...tokens, ...this.#tokens.slice(this.#at)];
    this.#at = 0;
  }

  /** Is the next one this word or symbol? */
  is(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.text === text && (token.kind === 'word' || token.kind === 'symbol');
  }

  isAny(texts: readonly string[]): boolean {
    return texts.some((text) => this.is(text));
  }

  /** Takes it where it is the next. */
  take(text: string): boolean {
    if (!this.is(text)) return false;
    this.next();
    return true;
  }

  /** Takes it or fails. */
  expect(text: string, expecting: readonly string[] = [EXPECTED[text] ?? text]): Token {
    if (!this.is(text)) throw this.unexpected(expecting);
    return this.next();
  }

  /** A name: a word that isn't one of the language's own. */
  name(expecting: readonly string[] = ['string']): Token {
    const token = this.peek();
    if (token.kind !== 'word' || token.keyword) throw this.unexpected(expecting);
    return this.next();
  }

  number(expecting: readonly string[] = ['number']): number {
    const token = this.peek();
    if (token.kind !== 'number') throw this.unexpected(expecting);
    this.next();
    return Number(token.text);
  }

  /** A text with or without quotes. */
  string(): Token {
    const token = this.peek();
    const plain = token.kind === 'word' && !token.keyword;
    if (token.kind !== 'quoted' && token.kind !== 'asterisk' && !plain) {
      throw this.unexpected(['string', 'quoted string', 'string with a trailing asterisk']);
    }
    return this.next();
  }

  /** bison's words for a token that doesn't fit; it names what it expects where that is little. */
  unexpected(expecting: readonly string[] = []): NftError {
    const token = this.peek();
    const expected = expecting.length === 0 ? '' : `, expecting ${expecting.join(' or ')}`;
    return new NftError(`syntax error, unexpected ${nameOf(token)}${expected}`, token.at);
  }

  refuse(what: string, at: Location): NftError {
    return new NftError(`${what} is not modelled here`, at);
  }

  /** From a token's place to the last one taken. */
  since(first: Location): Location {
    return span(first, this.#last.at);
  }

  skipNewlines(): void {
    while (this.peek().kind === 'newline') this.next();
  }

  get atEnd(): boolean {
    return this.peek().kind === 'end';
  }

  /** Does a statement or command end here? */
  get atSeparator(): boolean {
    return this.peek().kind === 'newline' || this.is(';');
  }

  /** Error recovery, as the grammar has it: on to behind the next newline or semicolon. */
  recover(): void {
    while (!this.atEnd) {
      const separator = this.atSeparator;
      this.next();
      if (separator) return;
    }
  }
}

const EXPECTED: Readonly<Record<string, string>> = {
  ':': 'colon',
  ',': 'comma',
  '{': "'{'",
  '}': "'}'",
  ';': 'semicolon',
};
