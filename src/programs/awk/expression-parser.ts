import type { Misuse } from '../gnu/options.ts';
import type { Expression, Target } from './ast.ts';
import { syntaxError, type Token } from './lexer.ts';

/** Operators that take what is on both sides, from the weakest to the strongest. */
const COMPARISONS = new Set(['<', '<=', '==', '!=', '>', '>=']);
/** Expressions inside each other. */
const DEPTH_LIMIT = 200;

/** Parses expressions (POSIX.1-2024, XCU awk, the grammar's `expr`). */
export class ExpressionParser {
  readonly #tokens: readonly Token[];
  protected at = 0;
  #depth = 0;
  /** In an unparenthesized `print` list, where `>` redirects. */
  protected printing = false;
  /** In the head of a `for`, where `in` is not an operator. */
  protected inHead = false;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  protected get token(): Token {
    return this.#tokens[this.at] as Token;
  }

  protected peek(by = 1): Token {
    return this.#tokens[Math.min(this.at + by, this.#tokens.length - 1)] as Token;
  }

  protected is(text: string): boolean {
    const { kind } = this.token;
    return (kind === 'operator' || kind === 'keyword') && this.token.text === text;
  }

  protected take(text: string): boolean {
    if (!this.is(text)) return false;
    this.at++;
    return true;
  }

  protected expect(text: string): void {
    if (!this.take(text)) throw this.error();
  }

  protected newlines(): void {
    while (this.token.kind === 'newline') this.at++;
  }

  protected error(): Misuse {
    return syntaxError(this.token);
  }

  expression(): Expression {
    if (++this.#depth > DEPTH_LIMIT) throw this.error();
    try {
      return this.#conditional();
    } finally {
      this.#depth--;
    }
  }

  protected list(end: string): Expression[] {
    const items: Expression[] = [];
    this.newlines();
    while (!this.is(end)) {
      items.push(this.expression());
      this.newlines();
      if (!this.take(',')) break;
      this.newlines();
    }
    this.expect(end);
    return items;
  }

  #conditional(): Expression {
    const condition = this.#or();
    if (this.take('?')) {
      this.newlines();
      const yes = this.expression();
      this.newlines();
      this.expect(':');
      this.newlines();
      return { kind: 'conditional', condition, yes, no: this.expression() };
    }
    const operator = this.token.kind === 'operator' ? /^([-+*/%^]?)=$/.exec(this.token.text) : null;
    if (operator !== null && isTarget(condition)) {
      this.at++;
      this.newlines();
      return { kind: 'assign', operator: operator[1] as string, target: condition, value: this.expression() };
    }
    return condition;
  }

  #or(): Expression {
    let left = this.#and();
    while (this.take('||')) {
      this.newlines();
      left = { kind: 'or', left, right: this.#and() };
    }
    return left;
  }

  #and(): Expression {
    let left = this.#in();
    while (this.take('&&')) {
      this.newlines();
      left = { kind: 'and', left, right: this.#in() };
    }
    return left;
  }

  #in(): Expression {
    let left = this.#match();
    while (!this.inHead && this.is('in')) {
      this.at++;
      left = { kind: 'in', keys: [left], array: this.name() };
    }
    return left;
  }

  protected name(): string {
    if (this.token.kind !== 'name') throw this.error();
    return (this.#tokens[this.at++] as Token).text;
  }

  #match(): Expression {
    let text = this.#comparison();
    while (this.is('~') || this.is('!~')) {
      const negated = this.is('!~');
      this.at++;
      text = { kind: 'match', negated, text, pattern: this.#comparison() };
    }
    return text;
  }

  #comparison(): Expression {
    const left = this.#concatenation();
    const { text, kind } = this.token;
    if (kind === 'operator' && COMPARISONS.has(text) && !(this.printing && text === '>')) {
      this.at++;
      return { kind: 'binary', operator: text, left, right: this.#concatenation() };
    }
    return this.#pipedGetline(left);
  }

  #pipedGetline(left: Expression): Expression {
    let command = left;
    while (this.is('|') && this.peek().text === 'getline') {
      this.at += 2;
      const target = this.#optionalTarget();
      command = {
        kind: 'getline',
        from: { kind: 'command', name: command },
        ...(target === undefined ? {} : { target }),
      };
    }
    return command;
  }

  #concatenation(): Expression {
    let left = this.#sum();
    while (this.#startsOperand()) left = { kind: 'concatenate', left, right: this.#sum() };
    return left;
  }

  #startsOperand(): boolean {
    const { kind, text } = this.token;
    if (['number', 'string', 'regex', 'name', 'function', 'builtin'].includes(kind)) return true;
    return kind === 'operator' && ['$', '(', '++', '--'].includes(text);
  }

  #sum(): Expression {
    let left = this.#product();
    while (this.is('+') || this.is('-')) {
      const operator = this.token.text;
      this.at++;
      left = { kind: 'binary', operator, left, right: this.#product() };
    }
    return left;
  }

  #product(): Expression {
    let left = this.#unary();
    while (this.is('*') || this.is('/') || this.is('%')) {
      const operator = this.token.text;
      this.at++;
      left = { kind: 'binary', operator, left, right: this.#unary() };
    }
    return left;
  }

  #unary(): Expression {
    if (this.is('!') || this.is('-') || this.is('+')) {
      const operator = this.token.text as '!';
      this.at++;
      if (++this.#depth > DEPTH_LIMIT) throw this.error();
      const operand = this.#unary();
      this.#depth--;
      return { kind: 'unary', operator, operand };
    }
    return this.#power();
  }

  #power(): Expression {
    const left = this.#postfix();
    if (!this.take('^')) return left;
    // `^` is right-associative, and binds its right side with a sign: `2^-1`.
    return { kind: 'binary', operator: '^', left, right: this.#unary() };
  }

  #postfix(): Expression {
    const operand = this.#primary();
    if (isTarget(operand) && (this.is('++') || this.is('--'))) {
      const by = this.is('++') ? 1 : -1;
      this.at++;
      return { kind: 'step', by, prefix: false, target: operand };
    }
    return operand;
  }

  #primary(): Expression {
    const { kind, text } = this.token;
    this.at++;
    switch (kind) {
      case 'number':
        return { kind: 'number', value: Number(text) };
      case 'string':
        return { kind: 'string', value: text };
      case 'regex':
        return { kind: 'regex', source: text };
      case 'name':
        if (!this.take('[')) return { kind: 'variable', name: text };
        return { kind: 'element', array: text, keys: this.#inside(() => this.list(']')) };
      case 'function':
        this.expect('(');
        return { kind: 'call', name: text, args: this.#inside(() => this.list(')')) };
      case 'builtin':
        if (!this.take('(')) {
          if (text !== 'length') throw this.error();
          return { kind: 'builtin', name: text, args: [] };
        }
        return { kind: 'builtin', name: text, args: this.#inside(() => this.list(')')) };
      case 'keyword':
        if (text === 'getline') return this.#getline();
        break;
      case 'operator':
        if (text === '$') return { kind: 'field', index: this.#fieldIndex() };
        if (text === '++' || text === '--') {
          const target = this.#primary();
          if (!isTarget(target)) throw this.error();
          return { kind: 'step', by: text === '++' ? 1 : -1, prefix: true, target };
        }
        if (text === '(') return this.#parenthesis();
        if (text === '-' || text === '+' || text === '!')
          return { kind: 'unary', operator: text, operand: this.#unary() };
    }
    this.at--;
    throw this.error();
  }

  #fieldIndex(): Expression {
    if (this.is('++') || this.is('--') || this.is('-') || this.is('+')) return this.#unary();
    return this.#primary();
  }

  #inside<T>(task: () => T): T {
    const { printing, inHead } = this;
    this.printing = false;
    this.inHead = false;
    const result = task();
    this.printing = printing;
    this.inHead = inHead;
    return result;
  }

  /** `(expr)`, or `(i, j) in array`. */
  #parenthesis(): Expression {
    const items = this.#inside(() => this.list(')'));
    const [inner] = items;
    if (inner === undefined) throw this.error();
    if (items.length === 1) return { kind: 'group', inner };
    this.expect('in');
    return { kind: 'in', keys: items, array: this.name() };
  }

  #optionalTarget(): Target | undefined {
    if (this.token.kind !== 'name' && !this.is('$')) return undefined;
    const target = this.#primary();
    return isTarget(target) ? target : undefined;
  }

  #getline(): Expression {
    const target = this.#optionalTarget();
    const base = { kind: 'getline', ...(target === undefined ? {} : { target }) } as const;
    if (!this.take('<')) return base;
    return { ...base, from: { kind: 'file', name: this.#primary() } };
  }
}

export function isTarget(expression: Expression): expression is Target {
  return expression.kind === 'variable' || expression.kind === 'element' || expression.kind === 'field';
}
