import { Misuse } from '../gnu/options.ts';
import type { AwkFunction, AwkProgram, Expression, Redirect, Rule, Statement } from './ast.ts';
import { ExpressionParser } from './expression-parser.ts';
import { tokenize } from './lexer.ts';

/** Blocks inside each other. */
const DEPTH_LIMIT = 200;

/** Parses a program. Throws `Misuse` with the line and what stands there. */
export function parseProgram(source: string): AwkProgram {
  return new Parser(tokenize(source)).program();
}

class Parser extends ExpressionParser {
  readonly #functions = new Map<string, AwkFunction>();
  #nesting = 0;

  program(): AwkProgram {
    const rules: Rule[] = [];
    for (;;) {
      while (this.token.kind === 'newline' || this.is(';')) this.at++;
      if (this.token.kind === 'end') break;
      if (this.is('function')) this.#function();
      else rules.push(this.#rule());
    }
    return { rules, functions: this.#functions };
  }

  #function(): void {
    this.at++;
    const { text, kind } = this.token;
    if (kind !== 'name' && kind !== 'function') throw this.error();
    this.at++;
    this.expect('(');
    const parameters: string[] = [];
    while (!this.is(')')) {
      this.newlines();
      parameters.push(this.name());
      if (!this.take(',')) break;
    }
    this.expect(')');
    this.newlines();
    if (this.#functions.has(text)) throw new Misuse(`function ${text} is defined twice`, { status: 2, hint: false });
    this.#functions.set(text, { parameters, body: this.#block() });
  }

  #rule(): Rule {
    if (this.is('BEGIN') || this.is('END')) {
      const pattern = this.token.text as 'BEGIN';
      this.at++;
      return { pattern, body: this.#block() };
    }
    if (this.is('{')) return { pattern: undefined, body: this.#block() };
    const first = this.expression();
    let pattern: Rule['pattern'] = first;
    if (this.take(',')) {
      this.newlines();
      pattern = [first, this.expression()];
    }
    return this.is('{') ? { pattern, body: this.#block() } : { pattern };
  }

  #block(): Statement {
    this.expect('{');
    if (++this.#nesting > DEPTH_LIMIT) throw this.error();
    const body: Statement[] = [];
    for (;;) {
      while (this.token.kind === 'newline' || this.is(';')) this.at++;
      if (this.take('}')) break;
      body.push(this.#statement());
    }
    this.#nesting--;
    return { kind: 'block', body };
  }

  /** A statement that may stand on the next line, or be empty. */
  #inner(): Statement {
    this.newlines();
    if (this.take(';')) return { kind: 'block', body: [] };
    return this.#statement();
  }

  #statement(): Statement {
    if (++this.#nesting > DEPTH_LIMIT) throw this.error();
    try {
      if (this.is('{')) return this.#block();
      const { kind, text } = this.token;
      if (kind === 'keyword') {
        switch (text) {
          case 'if':
            return this.#if();
          case 'while': {
            this.at++;
            const condition = this.#condition();
            if (this.take(';')) return { kind: 'while', condition, body: { kind: 'block', body: [] } };
            return { kind: 'while', condition, body: this.#inner() };
          }
          case 'do':
            return this.#do();
          case 'for':
            return this.#for();
        }
      }
      const simple = this.#simple();
      this.#terminate();
      return simple;
    } finally {
      this.#nesting--;
    }
  }

  #terminate(): void {
    if (this.token.kind === 'newline' || this.is(';')) this.at++;
    else if (!this.is('}')) throw this.error();
  }

  #condition(): Expression {
    this.expect('(');
    const condition = this.expression();
    this.newlines();
    this.expect(')');
    return condition;
  }

  #if(): Statement {
    this.at++;
    const condition = this.#condition();
    const yes = this.#inner();
    const back = this.at;
    while (this.token.kind === 'newline' || this.is(';')) this.at++;
    if (this.take('else')) return { kind: 'if', condition, yes, no: this.#inner() };
    this.at = back;
    return { kind: 'if', condition, yes };
  }

  #do(): Statement {
    this.at++;
    const body = this.#inner();
    while (this.token.kind === 'newline' || this.is(';')) this.at++;
    this.expect('while');
    const condition = this.#condition();
    this.#terminate();
    return { kind: 'do', condition, body };
  }

  #for(): Statement {
    this.at++;
    this.expect('(');
    if (
      this.token.kind === 'name' &&
      this.peek().text === 'in' &&
      this.peek(2).kind === 'name' &&
      this.peek(3).text === ')'
    ) {
      const name = this.name();
      this.at++;
      const array = this.name();
      this.expect(')');
      return { kind: 'each', name, array, body: this.#inner() };
    }
    const start = this.is(';') ? undefined : this.#simple();
    this.expect(';');
    this.newlines();
    const condition = this.is(';') ? undefined : this.expression();
    this.expect(';');
    this.newlines();
    const step = this.is(')') ? undefined : this.#simple();
    this.expect(')');
    const body: Statement = this.take(';') ? { kind: 'block', body: [] } : this.#inner();
    return {
      kind: 'for',
      body,
      ...(start === undefined ? {} : { start }),
      ...(condition === undefined ? {} : { condition }),
      ...(step === undefined ? {} : { step }),
    };
  }

  #simple(): Statement {
    const { kind, text } = this.token;
    if (kind !== 'keyword' || text === 'getline') return { kind: 'expression', expression: this.expression() };
    this.at++;
    switch (text) {
      case 'print':
      case 'printf':
        return this.#print(text);
      case 'next':
      case 'nextfile':
      case 'break':
      case 'continue':
        return { kind: text };
      case 'exit':
      case 'return': {
        const none = this.token.kind === 'newline' || this.is(';') || this.is('}');
        return none ? { kind: text } : { kind: text, value: this.expression() };
      }
      case 'delete': {
        const array = this.name();
        return this.take('[') ? { kind: 'delete', array, keys: this.list(']') } : { kind: 'delete', array };
      }
    }
    this.at--;
    throw this.error();
  }

  #print(kind: 'print' | 'printf'): Statement {
    this.printing = true;
    const args: Expression[] = [];
    // `print (a, b) > "file"`: the parentheses hold the list; `print (a)(b)` and `print (a) * 2` are expressions.
    const grouped = this.is('(') ? this.#groupedList() : undefined;
    if (grouped !== undefined) args.push(...grouped);
    else if (!this.#ends()) {
      do {
        this.newlines();
        args.push(this.expression());
      } while (this.take(','));
    }
    this.printing = false;
    if (kind === 'printf' && args.length === 0) throw this.error();
    if (!this.is('>') && !this.is('>>') && !this.is('|')) return { kind, args };
    const redirect = { kind: this.token.text as Redirect['kind'] };
    this.at++;
    this.printing = true;
    const target = this.#target();
    this.printing = false;
    return { kind, args, redirect: { ...redirect, target } };
  }

  /** Where output goes: a concatenation, up to the end of the statement. */
  #target(): Expression {
    return this.expression();
  }

  #ends(): boolean {
    return this.token.kind === 'newline' || [';', '}', '>', '>>', '|'].some((text) => this.is(text));
  }

  #groupedList(): Expression[] | undefined {
    const back = this.at;
    this.at++;
    this.printing = false;
    const list = this.list(')');
    this.printing = true;
    if (this.#ends()) return list;
    this.at = back;
    return undefined;
  }
}
