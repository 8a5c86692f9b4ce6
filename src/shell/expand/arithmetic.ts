import { ExpansionError } from './error.ts';

/** The variables that an expression reads and sets. */
export interface Variables {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
}

const DEPTH_LIMIT = 100;
const TOKEN =
  /^(?:\s+|(0[xX][0-9a-fA-F]+|\d+#[0-9a-zA-Z@_]+|\d+)|([A-Za-z_][A-Za-z0-9_]*)|(<<=|>>=|\*\*|\+\+|--|&&|\|\||<<|>>|<=|>=|==|!=|[-+*/%&|^]=|[-+*/%<>=!~&|^?:,()]))/;
const BINARY: Readonly<Record<string, number>> = {
  '||': 1,
  '&&': 2,
  '|': 3,
  '^': 4,
  '&': 5,
  '==': 6,
  '!=': 6,
  '<': 7,
  '>': 7,
  '<=': 7,
  '>=': 7,
  '<<': 8,
  '>>': 8,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '%': 10,
  '**': 12,
};

/** Evaluates shell arithmetic in 64 bits (bash(1), ARITHMETIC EVALUATION). Throws `ExpansionError`. */
export function evaluate(text: string, variables: Variables, depth = 0): bigint {
  if (depth > DEPTH_LIMIT)
    throw new ExpansionError(`${text}: expression recursion level exceeded (error token is "${text}")`);
  if (text.trim() === '') return 0n;
  return new Evaluation(text, variables, depth).whole();
}

interface Token {
  readonly kind: 'number' | 'name' | 'operator';
  readonly text: string;
  readonly at: number;
}

class Evaluation {
  readonly #text: string;
  readonly #variables: Variables;
  readonly #depth: number;
  readonly #tokens: Token[];
  #next = 0;
  /** Above zero, nothing is set and nothing fails: the side that `&&`, `||` and `?` don't take. */
  #skipping = 0;
  #nesting = 0;

  constructor(text: string, variables: Variables, depth: number) {
    this.#text = text.trim();
    this.#variables = variables;
    this.#depth = depth;
    this.#tokens = this.#tokenize();
  }

  whole(): bigint {
    const value = this.#comma();
    const left = this.#tokens[this.#next];
    if (left !== undefined) throw this.#error('syntax error in expression', left.at);
    return value;
  }

  #tokenize(): Token[] {
    const tokens: Token[] = [];
    for (let at = 0; at < this.#text.length; ) {
      const match = TOKEN.exec(this.#text.slice(at, at + 4096));
      if (match === null) {
        const at0 = at;
        throw this.#error(
          tokens.length === 0 ? 'syntax error: operand expected' : 'syntax error: invalid arithmetic operator',
          at0,
        );
      }
      const kind = match[1] !== undefined ? 'number' : match[2] !== undefined ? 'name' : 'operator';
      if (match[0].trim() !== '') tokens.push({ kind, text: match[0], at });
      at += match[0].length;
    }
    return tokens;
  }

  #error(message: string, at: number): ExpansionError {
    return new ExpansionError(`${this.#text}: ${message} (error token is "${this.#text.slice(at)}")`);
  }

  #peek(): string | undefined {
    const token = this.#tokens[this.#next];
    return token?.kind === 'operator' ? token.text : undefined;
  }

  #take(operator: string): boolean {
    if (this.#peek() !== operator) return false;
    this.#next++;
    return true;
  }

  #comma(): bigint {
    let value = this.#assignment();
    while (this.#take(',')) value = this.#assignment();
    return value;
  }

  #assignment(): bigint {
    if (++this.#nesting > DEPTH_LIMIT) throw new ExpansionError(`${this.#text}: expression recursion level exceeded`);
    try {
      const token = this.#tokens[this.#next];
      const operator = this.#tokens[this.#next + 1];
      if (token?.kind === 'name' && operator?.kind === 'operator' && /^(?:[-+*/%&|^]|<<|>>)?=$/.test(operator.text)) {
        this.#next += 2;
        const right = this.#assignment();
        const value =
          operator.text === '='
            ? right
            : this.#apply(operator.text.slice(0, -1), this.#read(token.text), right, operator.at);
        return this.#write(token.text, value);
      }
      return this.#conditional();
    } finally {
      this.#nesting--;
    }
  }

  #conditional(): bigint {
    const condition = this.#binary(1);
    if (!this.#take('?')) return condition;
    const yes = this.#maybe(condition !== 0n, () => this.#comma());
    if (!this.#take(':')) throw this.#error("`:' expected for conditional expression", this.#at());
    const no = this.#maybe(condition === 0n, () => this.#assignment());
    return condition !== 0n ? yes : no;
  }

  #at(): number {
    return this.#tokens[this.#next]?.at ?? Math.max(0, this.#tokens.at(-1)?.at ?? 0);
  }

  #maybe(taken: boolean, task: () => bigint): bigint {
    if (!taken) this.#skipping++;
    try {
      return task();
    } finally {
      if (!taken) this.#skipping--;
    }
  }

  #binary(level: number): bigint {
    let left = this.#unary();
    for (;;) {
      const operator = this.#peek();
      const strength = operator === undefined ? undefined : BINARY[operator];
      if (operator === undefined || strength === undefined || strength < level) return left;
      this.#next++;
      const at = this.#at();
      if (operator === '&&' || operator === '||') {
        const right = this.#maybe((left !== 0n) === (operator === '&&'), () => this.#binary(strength + 1));
        left = operator === '&&' ? flag(left !== 0n && right !== 0n) : flag(left !== 0n || right !== 0n);
      } else left = this.#apply(operator, left, this.#binary(operator === '**' ? strength : strength + 1), at);
    }
  }

  #unary(): bigint {
    if (++this.#nesting > DEPTH_LIMIT) throw new ExpansionError(`${this.#text}: expression recursion level exceeded`);
    try {
      const operator = this.#peek();
      if (operator === '++' || operator === '--') {
        const name = this.#tokens[this.#next + 1];
        if (name?.kind === 'name') {
          this.#next += 2;
          return this.#write(name.text, this.#read(name.text) + (operator === '++' ? 1n : -1n));
        }
      }
      if (operator !== undefined && '+-!~'.includes(operator)) {
        this.#next++;
        const value = this.#unary();
        return operator === '-'
          ? wrap(-value)
          : operator === '!'
            ? flag(value === 0n)
            : operator === '~'
              ? ~value
              : value;
      }
      return this.#operand();
    } finally {
      this.#nesting--;
    }
  }

  #operand(): bigint {
    const token = this.#tokens[this.#next];
    if (token === undefined) throw this.#error('syntax error: operand expected', this.#at());
    if (token.kind === 'number') {
      this.#next++;
      return this.#number(token);
    }
    if (token.kind === 'name') {
      this.#next++;
      const value = this.#read(token.text);
      if (this.#take('++')) this.#write(token.text, value + 1n);
      else if (this.#take('--')) this.#write(token.text, value - 1n);
      return value;
    }
    if (!this.#take('(')) throw this.#error('syntax error: operand expected', token.at);
    const value = this.#comma();
    if (!this.#take(')')) throw this.#error("missing `)'", this.#at());
    return value;
  }

  #number(token: Token): bigint {
    const { text } = token;
    const hash = text.indexOf('#');
    if (hash < 0) {
      if (/^0\d/.test(text)) {
        if (/[89]/.test(text)) {
          throw new ExpansionError(`${this.#text}: value too great for base (error token is "${text}")`);
        }
        return wrap(BigInt(`0o${text.slice(1)}`));
      }
      return wrap(BigInt(text));
    }
    const base = Number(text.slice(0, hash));
    if (base < 2 || base > 64) throw this.#error('invalid arithmetic base', token.at);
    const digits = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_';
    let value = 0n;
    for (const c of text.slice(hash + 1)) {
      const digit = digits.indexOf(base <= 36 ? c.toLowerCase() : c);
      if (digit < 0 || digit >= base)
        throw new ExpansionError(`${this.#text}: value too great for base (error token is "${text}")`);
      value = wrap(value * BigInt(base) + BigInt(digit));
    }
    return value;
  }

  #apply(operator: string, a: bigint, b: bigint, at: number): bigint {
    switch (operator) {
      case '+':
        return wrap(a + b);
      case '-':
        return wrap(a - b);
      case '*':
        return wrap(a * b);
      case '/':
      case '%':
        if (b === 0n) {
          if (this.#skipping > 0) return 0n;
          throw this.#error('division by 0', at);
        }
        return wrap(operator === '/' ? a / b : a % b);
      case '**':
        if (b < 0n) throw this.#error('exponent less than 0', at);
        return power(a, b);
      case '<<':
        return wrap(a << (b & 63n));
      case '>>':
        return a >> (b & 63n);
      case '&':
        return a & b;
      case '|':
        return a | b;
      case '^':
        return a ^ b;
      case '==':
        return flag(a === b);
      case '!=':
        return flag(a !== b);
      case '<':
        return flag(a < b);
      case '>':
        return flag(a > b);
      case '<=':
        return flag(a <= b);
      default:
        return flag(a >= b);
    }
  }

  /** A variable's value is an expression itself. */
  #read(name: string): bigint {
    if (this.#skipping > 0) return 0n;
    return evaluate(this.#variables.get(name) ?? '', this.#variables, this.#depth + 1);
  }

  #write(name: string, value: bigint): bigint {
    const wrapped = wrap(value);
    if (this.#skipping === 0) this.#variables.set(name, wrapped.toString());
    return wrapped;
  }
}

function wrap(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}

function flag(value: boolean): bigint {
  return value ? 1n : 0n;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = wrap(result * base);
    base = wrap(base * base);
  }
  return result;
}
