import type { Test, Word } from './ast.ts';
import { ShellSyntaxError } from './error.ts';
import type { Token } from './lexer.ts';

/** What `[[ ]]` needs of the parser around it. */
interface Source {
  token(): Token;
  advance(): void;
  /** Reads the word at hand again, as a regular expression, where parentheses and `|` are part of it. */
  regex(): Word;
  unexpected(): ShellSyntaxError;
}

export const UNARY_TESTS = new Set(
  '-a -b -c -d -e -f -g -h -k -p -r -s -t -u -w -x -z -n -v -o -L -O -G -S -N'.split(' '),
);
const BINARY_TESTS = new Set(['=', '==', '!=', '=~', '-eq', '-ne', '-lt', '-le', '-gt', '-ge', '-nt', '-ot', '-ef']);

/** Parses what follows `[[` up to and with `]]`. */
export function parseTest(source: Source): Test {
  const test = or(source);
  const token = source.token();
  if (token.kind !== 'word' || token.text !== ']]') throw source.unexpected();
  source.advance();
  return test;
}

function is(source: Source, operator: string): boolean {
  const token = source.token();
  return token.kind === 'operator' && token.text === operator;
}

function newlines(source: Source): void {
  while (source.token().kind === 'newline') source.advance();
}

function or(source: Source): Test {
  let left = and(source);
  while (is(source, '||')) {
    source.advance();
    left = { kind: 'or', left, right: and(source) };
  }
  return left;
}

function and(source: Source): Test {
  let left = primary(source);
  while (is(source, '&&')) {
    source.advance();
    left = { kind: 'and', left, right: primary(source) };
  }
  newlines(source);
  return left;
}

function primary(source: Source): Test {
  newlines(source);
  if (is(source, '(')) {
    source.advance();
    const test = or(source);
    if (!is(source, ')')) throw source.unexpected();
    source.advance();
    return test;
  }
  const token = source.token();
  if (token.kind !== 'word' || token.text === ']]') throw source.unexpected();
  source.advance();
  if (token.text === '!') return { kind: 'not', test: primary(source) };
  const next = source.token();
  if (UNARY_TESTS.has(token.text) && next.kind === 'word' && next.text !== ']]' && !BINARY_TESTS.has(next.text)) {
    source.advance();
    return { kind: 'unary', operator: token.text, word: next.word };
  }
  const operator = next.text;
  if ((next.kind === 'word' && BINARY_TESTS.has(operator)) || (next.kind === 'operator' && /^[<>]$/.test(operator))) {
    source.advance();
    const right = source.token();
    if (operator === '=~') return { kind: 'binary', operator, left: token.word, right: source.regex() };
    if (right.kind !== 'word') throw source.unexpected();
    source.advance();
    return { kind: 'binary', operator, left: token.word, right: right.word };
  }
  if (next.kind === 'newline') {
    throw new ShellSyntaxError("unexpected token `newline', conditional binary operator expected", token.line);
  }
  return { kind: 'unary', operator: '-n', word: token.word };
}
