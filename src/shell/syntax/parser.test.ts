// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are shell lines, not templates.
import { expect, test } from 'vitest';
import type { Command, Simple } from './ast.ts';
import { ShellSyntaxError } from './error.ts';
import { parse } from './parser.ts';

function failure(text: string, more = false): ShellSyntaxError {
  try {
    parse(text, { more });
  } catch (error) {
    if (error instanceof ShellSyntaxError) return error;
    throw error;
  }
  throw new Error(`${JSON.stringify(text)} was parsed`);
}

const first = (text: string, alias?: (name: string) => string | undefined): Command =>
  parse(text, alias === undefined ? {} : { alias }).list[0]?.first.commands[0] as Command;

const words = (command: Command) =>
  (command as Simple).words.map((word) => word.map((part) => (part.kind === 'text' ? part.text : part.kind)).join(''));

test.each([
  'if true; then',
  'for i in a; do',
  'while true',
  'echo "a',
  "echo 'a",
  'echo $(ls',
  'echo ${x',
  'cat <<E\ntext',
  'a &&',
  'a |',
  'f() {',
  '( a',
  'case x in',
  'echo `a',
])('more text may make %j right', (text) => {
  expect(failure(`${text}\n`, true).incomplete).toBe(true);
});

test.each([
  'fi',
  'echo )',
  'a ;; b',
  '| a',
  'if ; then a; fi',
  'for',
  'a=(1)',
  'cat <(ls)',
  'coproc x',
  'select x in a',
])('nothing makes %j right', (text) => {
  expect(failure(`${text}\n`, true).incomplete).toBe(false);
});

test('what is not supported is refused by name', () => {
  expect(failure('diff <(ls) x').message).toContain('process substitution');
  expect(failure('a=(1 2)').message).toContain('arrays are not supported');
  expect(failure('echo ${a[0]}').message).toContain('arrays are not supported');
  expect(failure('select x in a; do :; done').message).toContain("`select' is not supported");
  expect(failure('cat <> f').message).toContain("redirection `<>'");
});

test('an alias takes the place of a first word, and not again in its own text', () => {
  const aliases: Record<string, string> = { ls: 'ls --color', k: 'kubectl', kg: 'k get' };
  const alias = (name: string) => aliases[name];
  expect(words(first('ls -l', alias))).toEqual(['ls', '--color', '-l']);
  expect(words(first('kg pods', alias))).toEqual(['kubectl', 'get', 'pods']);
  expect(words(first('echo ls', alias))).toEqual(['echo', 'ls']);
  expect(words(first("'ls' -l", alias))).toEqual(['ls', '-l']);
});

test('lines are counted through quotes, continuations and here-documents', () => {
  const { list } = parse("a 'x\ny'\nb \\\n c\ncat <<E\n1\n2\nE\nd\n");
  const lines = list.map(({ first: { commands } }) => commands[0]?.line);
  expect(lines).toEqual([1, 3, 5, 9]);
});

test('a background command keeps its text for jobs', () => {
  expect(parse('sleep 5 | cat & echo').list.map(({ source, background }) => [source, background])).toEqual([
    ['sleep 5 | cat', true],
    ['echo', false],
  ]);
});
