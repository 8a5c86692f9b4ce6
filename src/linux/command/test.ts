import { LinuxError } from '../errno.ts';
import { resolvePath } from '../files/path.ts';
import type { Process } from '../process/process.ts';

/** What a test looks at. */
export type TestScope = Pick<Process, 'files' | 'cwd' | 'stdin' | 'stdout' | 'stderr'>;

/** A mistake in the expression itself: status 2. */
export class TestError extends Error {}

/** A unary test of test(1) (`-f FILE`, `-z STRING`, `-t DESCRIPTOR`). */
export function fileTest(scope: TestScope, operator: string, text: string): boolean {
  if (operator === '-n') return text !== '';
  if (operator === '-z') return text === '';
  if (operator === '-t') {
    const end = [scope.stdin, scope.stdout, scope.stderr][Number(text)];
    return end?.tty !== undefined;
  }
  try {
    const link = operator === '-L' || operator === '-h';
    const { type, size, mode } = scope.files.stat(resolvePath(scope.cwd, text), { link });
    switch (operator) {
      case '-f':
        return type === 'file';
      case '-d':
        return type === 'directory';
      case '-c':
        return type === 'device';
      case '-s':
        return size > 0;
      case '-x':
        return type === 'directory' || (mode & 0o111) !== 0;
      case '-L':
      case '-h':
        return type === 'symlink';
      case '-u':
        return (mode & 0o4000) !== 0;
      case '-g':
        return (mode & 0o2000) !== 0;
      case '-k':
        return (mode & 0o1000) !== 0;
      case '-b':
      case '-p':
      case '-S':
        return false;
      default:
        return true;
    }
  } catch (error) {
    if (error instanceof LinuxError) return false;
    throw error;
  }
}

/** `-eq`, `-lt`, ... */
export function compareIntegers(operator: string, a: bigint, b: bigint): boolean {
  switch (operator) {
    case '-eq':
      return a === b;
    case '-ne':
      return a !== b;
    case '-lt':
      return a < b;
    case '-le':
      return a <= b;
    case '-gt':
      return a > b;
    case '-ge':
      return a >= b;
    default:
      throw new TestError(`${operator}: binary operator expected`);
  }
}

const UNARY = /^-[abcdefghknoprstuvwxzGLNOS]$/;
const BINARY = new Set(['=', '==', '!=', '<', '>', '-eq', '-ne', '-lt', '-le', '-gt', '-ge', '-nt', '-ot', '-ef']);

/** Evaluates the words of test(1), by their number as POSIX says. Throws `TestError`. */
export function evaluateTest(words: readonly string[], scope: TestScope): boolean {
  const [a = '', b = '', c = ''] = words;
  switch (words.length) {
    case 0:
      return false;
    case 1:
      return a !== '';
    case 2:
      if (a === '!') return b === '';
      if (UNARY.test(a)) return fileTest(scope, a, b);
      throw new TestError(`${a}: unary operator expected`);
    case 3:
      if (BINARY.has(b)) return compare(a, b, c, scope);
      if (b === '-a') return a !== '' && c !== '';
      if (b === '-o') return a !== '' || c !== '';
      if (a === '!') return !evaluateTest([b, c], scope);
      if (a === '(' && c === ')') return b !== '';
      throw new TestError(`${b}: binary operator expected`);
    case 4:
      if (a === '!') return !evaluateTest(words.slice(1), scope);
  }
  const parser = new TestParser(words, scope);
  return parser.whole();
}

function compare(a: string, operator: string, b: string, scope: TestScope): boolean {
  switch (operator) {
    case '=':
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '>':
      return a > b;
    case '-nt':
    case '-ot':
    case '-ef': {
      const [left, right] = [a, b].map((path) => {
        const full = resolvePath(scope.cwd, path);
        return scope.files.exists(full) ? scope.files.stat(full) : undefined;
      });
      if (operator === '-ef') return left !== undefined && left.inode === right?.inode;
      const [newer, older] = operator === '-nt' ? [left, right] : [right, left];
      return newer !== undefined && (older === undefined || newer.modified > older.modified);
    }
    default:
      return compareIntegers(operator, integer(a), integer(b));
  }
}

function integer(text: string): bigint {
  if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new TestError(`${text}: integer expression expected`);
  return BigInt(text.trim().replace(/^\+/, ''));
}

/** Longer expressions, with `-a`, `-o`, `!` and parentheses. */
class TestParser {
  readonly #words: readonly string[];
  readonly #scope: TestScope;
  #at = 0;

  constructor(words: readonly string[], scope: TestScope) {
    this.#words = words;
    this.#scope = scope;
  }

  whole(): boolean {
    const value = this.#or();
    if (this.#at < this.#words.length) throw new TestError('too many arguments');
    return value;
  }

  #or(): boolean {
    let value = this.#and();
    while (this.#words[this.#at] === '-o') {
      this.#at++;
      const right = this.#and();
      value = value || right;
    }
    return value;
  }

  #and(): boolean {
    let value = this.#primary();
    while (this.#words[this.#at] === '-a') {
      this.#at++;
      const right = this.#primary();
      value = value && right;
    }
    return value;
  }

  #primary(): boolean {
    const word = this.#words[this.#at];
    if (word === undefined) throw new TestError('argument expected');
    const next = this.#words[this.#at + 1];
    if (word === '!') {
      this.#at++;
      return !this.#primary();
    }
    if (next !== undefined && BINARY.has(next)) {
      const right = this.#words[this.#at + 2];
      if (right === undefined) throw new TestError('argument expected');
      this.#at += 3;
      return compare(word, next, right, this.#scope);
    }
    if (word === '(') {
      this.#at++;
      const value = this.#or();
      if (this.#words[this.#at++] !== ')') throw new TestError("`)' expected");
      return value;
    }
    if (UNARY.test(word) && next !== undefined) {
      this.#at += 2;
      return fileTest(this.#scope, word, next);
    }
    this.#at++;
    return word !== '';
  }
}
