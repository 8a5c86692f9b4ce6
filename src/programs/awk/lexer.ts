import { Misuse } from '../gnu/options.ts';

export interface Token {
  readonly kind:
    | 'number'
    | 'string'
    | 'regex'
    | 'name'
    | 'function'
    | 'builtin'
    | 'keyword'
    | 'operator'
    | 'newline'
    | 'end';
  readonly text: string;
  readonly line: number;
}

const KEYWORDS = new Set(
  'BEGIN END function func if else while for do break continue next nextfile exit return delete in getline print printf'.split(
    ' ',
  ),
);
export const BUILTINS = new Set(
  'length substr index split sub gsub match sprintf sin cos atan2 exp log sqrt int rand srand tolower toupper system close fflush systime strftime gensub'.split(
    ' ',
  ),
);
const OPERATORS = [
  '**=',
  '&&',
  '||',
  '++',
  '--',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '^=',
  '**',
  '==',
  '<=',
  '>=',
  '!=',
  '!~',
  '>>',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  ';',
  ',',
  '+',
  '-',
  '*',
  '/',
  '%',
  '^',
  '!',
  '>',
  '<',
  '|',
  '?',
  ':',
  '~',
  '$',
  '=',
];
/** After these a `/` divides; elsewhere it begins a regular expression. */
const BEFORE_DIVISION = new Set([')', ']', '$', '++', '--']);

export function syntaxError(token: Token): Misuse {
  const near = token.kind === 'end' ? 'end of program' : token.kind === 'newline' ? 'end of line' : token.text;
  return new Misuse(`line ${token.line}: syntax error at or near ${near}`, { status: 2, hint: false });
}

/** Cuts a program into tokens. Throws `Misuse` for what can't be one. */
export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let line = 1;
  const push = (kind: Token['kind'], text: string) => tokens.push({ kind, text, line });
  while (at < source.length) {
    const rest = source.slice(at, at + 300);
    const blank = /^(?:[ \t\r]+|#[^\n]*|\\\r?\n)/.exec(rest);
    if (blank !== null) {
      if (blank[0].startsWith('\\')) line++;
      at += blank[0].startsWith('#') ? lineLength(source, at) : blank[0].length;
      continue;
    }
    if (rest.startsWith('\n')) {
      push('newline', '\n');
      line++;
      at++;
      continue;
    }
    const number = /^(?:(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/.exec(rest);
    if (number !== null) {
      push('number', number[0]);
      at += number[0].length;
      continue;
    }
    const name = /^[A-Za-z_][A-Za-z0-9_]*/.exec(rest)?.[0];
    if (name !== undefined) {
      at += name.length;
      if (KEYWORDS.has(name)) push('keyword', name === 'func' ? 'function' : name);
      else if (BUILTINS.has(name)) push('builtin', name);
      else push(source[at] === '(' ? 'function' : 'name', name);
      continue;
    }
    if (rest.startsWith('"')) {
      const string = readString(source, at, line);
      push('string', string.text);
      at = string.end;
      continue;
    }
    const last = tokens.at(-1);
    const divides =
      last !== undefined &&
      (['number', 'string', 'name'].includes(last.kind) ||
        last.text === 'length' ||
        (last.kind === 'operator' && BEFORE_DIVISION.has(last.text)));
    if (rest.startsWith('/') && !divides) {
      const regex = readRegex(source, at, line);
      push('regex', regex.text);
      at = regex.end;
      continue;
    }
    const operator = OPERATORS.find((one) => rest.startsWith(one));
    if (operator === undefined)
      throw new Misuse(`line ${line}: unexpected character '${rest[0]}'`, { status: 2, hint: false });
    push('operator', operator === '**' ? '^' : operator === '**=' ? '^=' : operator);
    at += operator.length;
  }
  push('newline', '\n');
  push('end', '');
  return tokens;
}

function lineLength(source: string, at: number): number {
  const end = source.indexOf('\n', at);
  return (end < 0 ? source.length : end) - at;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '"': '"',
  '/': '/',
  '\\': '\\',
};

/** Escapes of a string: unknown ones keep their backslash, so that `"\\."` and `"\."` are the same expression. */
export function decodeString(text: string): string {
  return text.replace(/\\([0-7]{1,3}|x[0-9a-fA-F]{1,2}|\n|.)/gs, (whole, code: string) => {
    if (code === '\n') return '';
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8));
    if (/^x./.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return ESCAPES[code] ?? whole;
  });
}

function readString(source: string, start: number, line: number): { readonly text: string; readonly end: number } {
  let at = start + 1;
  while (at < source.length && source[at] !== '"' && source[at] !== '\n') at += source[at] === '\\' ? 2 : 1;
  if (source[at] !== '"') {
    throw new Misuse(`line ${line}: runaway string constant ${source.slice(start, start + 12)} ...`, {
      status: 2,
      hint: false,
    });
  }
  return { text: decodeString(source.slice(start + 1, at)), end: at + 1 };
}

function readRegex(source: string, start: number, line: number): { readonly text: string; readonly end: number } {
  let at = start + 1;
  let bracket = false;
  for (; at < source.length && source[at] !== '\n'; at++) {
    const c = source[at];
    if (c === '\\') at++;
    else if (c === '[' && !bracket) {
      bracket = true;
      if (source[at + 1] === '^') at++;
      if (source[at + 1] === ']') at++;
    } else if (c === ']') bracket = false;
    else if (c === '/' && !bracket) return { text: source.slice(start + 1, at), end: at + 1 };
  }
  throw new Misuse(`line ${line}: runaway regular expression ${source.slice(start, start + 12)} ...`, {
    status: 2,
    hint: false,
  });
}
