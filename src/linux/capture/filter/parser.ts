import { constant, isRelation, negative, operate, precedence, relate, type Value } from './arithmetic.ts';
import { FilterError, SYNTAX_ERROR } from './error.ts';
import type { Generator, Qualifiers } from './generate.ts';
import { type Token, tokens } from './lexer.ts';
import { abbreviation, type Direction, load } from './primitives.ts';
import type { Test } from './view.ts';
import { keywords, type Protocol, protocols } from './words.ts';

/** bison's stack has its end too. */
const DEEPEST = 200;
const MOST_TOKENS = 5000;

/** A test with the qualifiers that an id after `and` or `or` takes over; `undefined`: it has none to give. */
interface Element {
  readonly test: Test;
  readonly qualifiers: Qualifiers | undefined;
  readonly id: boolean;
}

/** What an id would be read under: nothing before it, or something that has no qualifiers to give. */
type Inherited = Qualifiers | 'none' | 'nothing';

/** libpcap's grammar.y: `and` and `or` bind equally, from left to right. */
export class Parser {
  readonly #tokens: readonly Token[];
  readonly #generator: Generator;
  /** Of each `(`, where its `)` is. */
  readonly #closing = new Map<number, number>();
  #at = 0;
  #depth = 0;

  /** Throws `FilterError`, as `parse` does. */
  constructor(text: string, generator: Generator) {
    this.#tokens = tokens(text);
    this.#generator = generator;
    if (this.#tokens.length > MOST_TOKENS) throw new FilterError('the expression is too long', 0);
    const open: number[] = [];
    for (const [index, { text: word, kind }] of this.#tokens.entries()) {
      if (kind === 'operator' && word === '(') open.push(index);
      const start = kind === 'operator' && word === ')' ? open.pop() : undefined;
      if (start !== undefined) this.#closing.set(start, index);
    }
  }

  parse(): Test {
    const { test } = this.#chain('nothing', false);
    if (this.#token.kind !== 'end') this.#fail();
    return test;
  }

  get #token(): Token {
    return this.#tokens[this.#at] as Token;
  }

  #peek(ahead: number): string {
    return this.#tokens[this.#at + ahead]?.text ?? '';
  }

  #fail(): never {
    throw new FilterError(SYNTAX_ERROR, this.#token.at);
  }

  #accept(...texts: string[]): boolean {
    const { kind, text } = this.#token;
    if ((kind !== 'operator' && kind !== 'keyword') || !texts.includes(text)) return false;
    this.#at++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#accept(text)) this.#fail();
  }

  #deeper<T>(read: () => T): T {
    if (++this.#depth > DEEPEST) throw new FilterError('the expression is nested too deeply', this.#token.at);
    const result = read();
    this.#depth--;
    return result;
  }

  /** Elements between `and` and `or`. */
  #chain(inherited: Inherited, idsOnly: boolean): Element {
    const first = this.#element(inherited, idsOnly);
    // Where the first is an id (`port (80 or ...)`) the others must be ids too.
    const onlyIds = idsOnly || first.id;
    const rest: { readonly all: boolean; readonly test: Test }[] = [];
    let last = first;
    for (;;) {
      const all = this.#accept('and', '&&');
      if (!all && !this.#accept('or', '||')) break;
      last = this.#element(last.qualifiers ?? 'none', onlyIds);
      rest.push({ all, test: last.test });
    }
    if (rest.length === 0) return first;
    const test: Test = (view) => {
      let holds = first.test(view);
      for (const next of rest) if (next.all === holds) holds = next.test(view);
      return holds;
    };
    return { test, qualifiers: last.qualifiers, id: first.id };
  }

  #element(inherited: Inherited, idsOnly: boolean): Element {
    const { kind, text } = this.#token;
    if (this.#accept('!', 'not')) {
      const { test, qualifiers, id } = this.#deeper(() => this.#element(inherited, idsOnly));
      return { test: (view) => !test(view), qualifiers, id };
    }
    if (!idsOnly && this.#isArithmetic()) return { test: this.#relation(), qualifiers: undefined, id: false };
    if (kind === 'operator') {
      if (text !== '(') this.#fail();
      return this.#deeper(() => {
        this.#at++;
        const inner = this.#chain(inherited, idsOnly);
        this.#expect(')');
        return inner;
      });
    }
    if (kind === 'keyword') {
      if (keywords.get(text) === false) {
        throw new FilterError(`'${text}' is not modelled in this simulation`, this.#token.at);
      }
      if (idsOnly) this.#fail();
      return this.#primitive();
    }
    if (kind === 'end' || inherited === 'nothing') this.#fail();
    if (inherited === 'none') throw new FilterError('syntax error in filter expression', this.#token.at);
    return { test: this.#id(inherited), qualifiers: inherited, id: true };
  }

  #id(qualifiers: Qualifiers): Test {
    const { kind, text, value, at } = this.#token;
    this.#at++;
    const generator = this.#generator;
    switch (kind) {
      case 'word':
        return generator.name(text.startsWith('\\') ? text.slice(1) : text, qualifiers, at);
      case 'number':
        return generator.number(value, qualifiers, at);
      case 'mac':
        return generator.mac(text, qualifiers, at);
      case 'ip6':
        throw new FilterError(`IPv6 address ${text} not supported`, at);
      case 'dotted': {
        if (this.#accept('/')) {
          const length = this.#token;
          if (length.kind !== 'number') this.#fail();
          this.#at++;
          return generator.prefix(text, length.value, qualifiers, at);
        }
        if (!this.#accept('mask')) return generator.address(text, qualifiers, at);
        const mask = this.#token;
        if (mask.kind !== 'dotted') this.#fail();
        this.#at++;
        return generator.masked(text, mask.text, qualifiers, at);
      }
      default:
        this.#at--;
        return this.#fail();
    }
  }

  /** What begins with a keyword. */
  #primitive(): Element {
    const { at } = this.#token;
    const generator = this.#generator;
    const alone = (test: Test): Element => ({ test, qualifiers: undefined, id: false });
    if (this.#accept('less')) {
      const most = this.#number();
      return alone(({ length }) => length <= most);
    }
    if (this.#accept('greater')) {
      const least = this.#number();
      return alone(({ length }) => length >= least);
    }
    if (this.#accept('byte')) return alone(this.#byte());
    if (this.#accept('inbound')) return alone(generator.direction('in', at));
    if (this.#accept('outbound')) return alone(generator.direction('out', at));
    if (this.#accept('ifindex')) return alone(generator.index(this.#number(), at));
    const protocol = this.#protocol();
    if (this.#accept('broadcast')) return alone(generator.broadcast(protocol, at));
    if (this.#accept('multicast')) return alone(generator.multicast(protocol, at));
    const qualifiers = this.#qualifiers(protocol);
    if (qualifiers === undefined) {
      if (protocol === undefined) this.#fail();
      return alone(abbreviation(protocol, at));
    }
    const { test } = this.#element(qualifiers, true);
    return { test, qualifiers, id: false };
  }

  /** `byte N = M`: the same as `ether[N] = M`, `byte N & M` as `ether[N] & M != 0`. */
  #byte(): Test {
    const { at } = this.#token;
    const left = load('ether', constant(this.#number()), 1, at);
    const { text } = this.#token;
    if (!this.#accept('=', '==', '<', '>', '&', '|')) this.#fail();
    const right = constant(this.#number());
    if (isRelation(text)) return relate(text, left, right);
    return relate('!=', operate(text, left, right, at), constant(0));
  }

  #protocol(): Protocol | undefined {
    const { kind, text } = this.#token;
    const name = text === 'link' ? 'ether' : text;
    if (kind !== 'keyword' || !(protocols as readonly string[]).includes(name)) return undefined;
    this.#at++;
    return name as Protocol;
  }

  /** Direction and kind; `undefined`: neither is there. */
  #qualifiers(protocol: Protocol | undefined): Qualifiers | undefined {
    let direction: Direction | undefined;
    const [first, second] = [this.#token.text, this.#peek(2)];
    if (this.#accept('src', 'dst')) {
      direction = first as 'src' | 'dst';
      const other = direction === 'src' ? 'dst' : 'src';
      if (second === other && this.#tokens[this.#at + 1]?.kind === 'keyword') {
        if (this.#accept('or', '||')) direction = 'src or dst';
        else if (this.#accept('and', '&&')) direction = 'src and dst';
        if (direction.length > 3) this.#at++;
      }
    }
    const kind = this.#token.text;
    if (this.#accept('host', 'net', 'port', 'portrange')) {
      return { protocol, direction, kind: kind as Qualifiers['kind'] };
    }
    if (direction === undefined && this.#accept('proto', 'gateway')) {
      return { protocol, direction, kind: kind as Qualifiers['kind'] };
    }
    return direction === undefined ? undefined : { protocol, direction };
  }

  #number(): number {
    const { kind, value } = this.#token;
    if (kind !== 'number') this.#fail();
    this.#at++;
    return value;
  }

  /** Does a comparison of numbers begin here? */
  #isArithmetic(): boolean {
    const { kind, text } = this.#token;
    if (kind === 'keyword') return text === 'len' || text === 'length' || this.#peek(1) === '[';
    if (kind === 'operator' && text === '(') {
      const after = this.#tokens[(this.#closing.get(this.#at) ?? this.#tokens.length) + 1];
      return after?.kind === 'operator' && (isRelation(after.text) || precedence.has(after.text));
    }
    if (kind === 'operator') return text === '-';
    const after = this.#peek(1);
    return kind === 'number' && (isRelation(after) || precedence.has(after));
  }

  #relation(): Test {
    const left = this.#arithmetic(0);
    const { kind, text } = this.#token;
    if (kind !== 'operator' || !isRelation(text)) this.#fail();
    this.#at++;
    return relate(text, left, this.#arithmetic(0));
  }

  #arithmetic(weakest: number): Value {
    let left = this.#operand();
    for (;;) {
      const { kind, text, at } = this.#token;
      if (kind !== 'operator' || !precedence.has(text)) return left;
      const binds = precedence.get(text);
      if (binds !== undefined && binds < weakest) return left;
      this.#at++;
      const right = this.#deeper(() => this.#arithmetic(binds === undefined ? 0 : binds + 1));
      left = operate(text, left, right, at);
    }
  }

  #operand(): Value {
    const { kind, value, at } = this.#token;
    if (kind === 'number') {
      this.#at++;
      return constant(value);
    }
    if (this.#accept('-')) return negative(this.#deeper(() => this.#operand()));
    if (this.#accept('len', 'length')) return { of: ({ length }) => length };
    if (this.#accept('(')) {
      const inner = this.#deeper(() => this.#arithmetic(0));
      this.#expect(')');
      return inner;
    }
    const protocol = this.#protocol();
    if (protocol === undefined) this.#fail();
    this.#expect('[');
    const index = this.#deeper(() => this.#arithmetic(0));
    const size = this.#accept(':') ? this.#number() : 1;
    this.#expect(']');
    return load(protocol, index, size, at);
  }
}
