import type { Operation, ParameterPart, Part, Word } from './ast.ts';
import { ShellSyntaxError } from './error.ts';

/** What reading a parameter needs of the lexer. */
interface Source {
  readonly text: string;
  at: number;
  line: number;
  word(stop: (character: string) => boolean): Word;
  double(end: string | undefined): Part[];
  dollar(quoted: boolean): Part | undefined;
  unclosed(quote: string): ShellSyntaxError;
}

const NAME = /^(?:[A-Za-z_][A-Za-z0-9_]*)/;
const BRACED_NAME = /^(?:[A-Za-z_][A-Za-z0-9_]*|\d+|[@*#?$!_-])/;

/** Reads `$NAME`, `$1`, `$?` or `${...}` at the lexer's place; undefined when the `$` is only itself. */
export function readParameter(lexer: Source, quoted: boolean): ParameterPart | undefined {
  const rest = lexer.text.slice(lexer.at + 1, lexer.at + 300);
  if (rest.startsWith('{')) return readBraced(lexer, quoted);
  const name = NAME.exec(rest)?.[0] ?? /^[0-9@*#?$!-]/.exec(rest)?.[0];
  if (name === undefined) return undefined;
  lexer.at += 1 + name.length;
  return { kind: 'parameter', name, quoted, source: `$${name}` };
}

function readBraced(lexer: Source, quoted: boolean): ParameterPart {
  const start = lexer.at;
  lexer.at += 2;
  const finish = (name: string, operation?: Operation): ParameterPart => {
    if (lexer.text[lexer.at] !== '}') {
      operand(lexer, quoted, '}');
      operation = { kind: 'bad' };
    }
    if (lexer.at >= lexer.text.length) throw lexer.unclosed('}');
    lexer.at++;
    const source = lexer.text.slice(start, lexer.at);
    return { kind: 'parameter', name, quoted, source, ...(operation === undefined ? {} : { operation }) };
  };
  const ahead = () => lexer.text.slice(lexer.at, lexer.at + 300);
  if (/^#(?:[A-Za-z_0-9@*?$!-][A-Za-z0-9_]*)\}/.test(ahead())) {
    lexer.at++;
    return finish(take(lexer), { kind: 'length' });
  }
  if (/^![A-Za-z_]/.test(ahead())) {
    lexer.at++;
    return finish(take(lexer), { kind: 'indirect' });
  }
  const name = take(lexer);
  if (name === '') return finish('', { kind: 'bad' });
  if (lexer.text[lexer.at] === '}') return finish(name);
  if (lexer.text[lexer.at] === '[' && /^[A-Za-z_]/.test(name)) {
    throw new ShellSyntaxError(`\${${name}[...]}: arrays are not supported by this shell`, lexer.line);
  }
  return finish(name, readOperation(lexer, quoted));
}

function take(lexer: Source): string {
  const name = BRACED_NAME.exec(lexer.text.slice(lexer.at, lexer.at + 300))?.[0] ?? '';
  lexer.at += name.length;
  return name;
}

function readOperation(lexer: Source, quoted: boolean): Operation {
  const ahead = lexer.text.slice(lexer.at, lexer.at + 2);
  const skip = (count: number) => {
    lexer.at += count;
  };
  const first = ahead[0] ?? '';
  const second = ahead[1] ?? '';
  if (first === ':' && '-=?+'.includes(second) && second !== '') {
    skip(2);
    return { kind: 'default', operator: second as '-', empty: true, word: operand(lexer, quoted, '}') };
  }
  if ('-=?+'.includes(first)) {
    skip(1);
    return { kind: 'default', operator: first as '-', empty: false, word: operand(lexer, quoted, '}') };
  }
  if (first === '#' || first === '%') {
    const operator = ahead === '##' || ahead === '%%' ? ahead : first;
    skip(operator.length);
    return { kind: 'trim', operator, pattern: operand(lexer, false, '}') };
  }
  if (first === '^' || first === ',') {
    const operator = ahead === '^^' || ahead === ',,' ? ahead : first;
    skip(operator.length);
    return { kind: 'case', operator };
  }
  if (first === '/') {
    const where = second === '/' ? 'all' : second === '#' ? 'start' : second === '%' ? 'end' : 'first';
    skip(where === 'first' ? 1 : 2);
    const pattern = operand(lexer, false, '/}');
    if (lexer.text[lexer.at] !== '/') return { kind: 'replace', where, pattern, replacement: [] };
    skip(1);
    return { kind: 'replace', where, pattern, replacement: operand(lexer, false, '}') };
  }
  if (first === ':') {
    skip(1);
    const offset = operand(lexer, true, ':}');
    if (lexer.text[lexer.at] !== ':') return { kind: 'slice', offset };
    skip(1);
    return { kind: 'slice', offset, length: operand(lexer, true, '}') };
  }
  return { kind: 'bad' };
}

/** The word up to (not with) one of the characters `ends`. Inside double quotes it is read as between them. */
function operand(lexer: Source, quoted: boolean, ends: string): Word {
  if (!quoted) return lexer.word((c) => ends.includes(c));
  const parts: Word[number][] = [];
  let plain = '';
  const flush = () => {
    if (plain !== '') parts.push({ kind: 'text', text: plain, quoted: true });
    plain = '';
  };
  while (lexer.at < lexer.text.length) {
    const c = lexer.text[lexer.at] as string;
    if (ends.includes(c)) break;
    if (c === '"') {
      flush();
      lexer.at++;
      parts.push(...lexer.double('"'));
      lexer.at++;
      continue;
    }
    if (c === '\\') {
      const escaped = lexer.text[lexer.at + 1] ?? '';
      plain += '$`"\\}'.includes(escaped) ? escaped : `\\${escaped}`;
      lexer.at += 2;
      continue;
    }
    const part = c === '$' || c === '`' ? lexer.dollar(true) : undefined;
    if (part === undefined) {
      if (c === '\n') lexer.line++;
      plain += c;
      lexer.at++;
    } else {
      flush();
      parts.push(part);
    }
  }
  flush();
  return parts;
}
