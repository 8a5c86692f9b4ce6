import { Misuse } from '../gnu/options.ts';

/**
 * Turns a POSIX regular expression (IEEE 1003.1, chapter 9, with GNU's extensions `\+ \? \| \w \b \< \>`) into a
 * JavaScript one. In a basic expression `( ) { } + ? |` are plain and their escaped forms are operators; in an
 * extended one it is the other way round. Throws `Misuse` in GNU's words.
 */
export function posixRegex(
  source: string,
  options: { extended?: boolean; fixed?: boolean; flags?: string } = {},
): RegExp {
  const { extended = false, fixed = false, flags = '' } = options;
  const pattern = fixed ? source.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&') : translate(source, extended);
  try {
    return new RegExp(pattern, flags);
  } catch {
    throw new Misuse(problemOf(source), { status: 2, hint: false });
  }
}

function problemOf(source: string): string {
  const count = (char: string) => source.split(char).length - 1;
  if (count('[') > count(']')) return 'Unmatched [, [^, [:, [., or [=';
  if (count('(') > count(')')) return 'Unmatched ( or \\(';
  if (count(')') > count('(')) return 'Unmatched ) or \\)';
  return 'Invalid preceding regular expression';
}

const OPERATORS = '(){}+?|';
const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
  print: ' -~',
  graph: '!-~',
  cntrl: '\\x00-\\x1f\\x7f',
  word: '\\w',
};

function translate(source: string, extended: boolean): string {
  let out = '';
  let at = 0;
  /** Whether an operator that repeats has nothing before it and so is plain. */
  let start = true;
  while (at < source.length) {
    const char = source.charAt(at++);
    if (char === '\\') {
      const next = source.charAt(at++);
      if (next === '') throw new Misuse('Trailing backslash', { status: 2, hint: false });
      if (OPERATORS.includes(next)) out += extended ? `\\${next}` : next;
      else if (next === '<') out += '\\b(?=\\w)';
      else if (next === '>') out += '\\b(?<=\\w)';
      else if (/[wWsSbB1-9nt]/.test(next)) out += `\\${next}`;
      else out += next.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
      start = !extended && (next === '(' || next === '|');
      continue;
    }
    if (char === '[') {
      const [text, end] = bracket(source, at);
      out += text;
      at = end;
    } else if (char === '*' && start) out += '\\*';
    else if (char === '^' && !extended) out += start ? '^' : '\\^';
    else if (char === '$' && !extended) out += at === source.length || /^\\[)|]/.test(source.slice(at)) ? '$' : '\\$';
    else if (OPERATORS.includes(char))
      out += extended && !(char === '{' && !/^\d*,?\d*\}/.test(source.slice(at))) ? char : `\\${char}`;
    else if (char === '/') out += '\\/';
    else out += char === ']' ? '\\]' : char;
    start = extended ? char === '(' || char === '|' || (char === '^' && start) : char === '^' && start;
  }
  return out;
}

/** A bracket expression from after its `[`. @returns the JavaScript class and the index after the `]` */
function bracket(source: string, from: number): readonly [string, number] {
  let at = from;
  let out = '[';
  if (source.charAt(at) === '^') {
    out += '^';
    at++;
  }
  let first = true;
  for (;;) {
    if (at >= source.length) throw new Misuse('Unmatched [, [^, [:, [., or [=', { status: 2, hint: false });
    const named = /^\[:(\w+):\]/.exec(source.slice(at));
    if (named !== null) {
      const chars = CLASSES[named[1] ?? ''];
      if (chars === undefined) throw new Misuse('Invalid character class name', { status: 2, hint: false });
      out += chars;
      at += named[0].length;
      first = false;
      continue;
    }
    const char = source.charAt(at++);
    if (char === ']' && !first) return [`${out}]`, at];
    out += /[\\[\]^]/.test(char) ? `\\${char}` : char;
    first = false;
  }
}
