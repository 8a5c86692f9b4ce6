import { compareIntegers, fileTest } from '../../linux/command/test.ts';
import { evaluate } from '../expand/arithmetic.ts';
import { expandPattern, expandText } from '../expand/expand.ts';
import { escapePattern, matches } from '../expand/pattern.ts';
import type { Test, Word } from '../syntax/ast.ts';
import { FatalError } from './control.ts';
import type { Shell } from './state.ts';

/** Evaluates what stands between `[[` and `]]`: words are neither split nor globbed. */
export async function test(expression: Test, shell: Shell): Promise<boolean> {
  switch (expression.kind) {
    case 'and':
      return (await test(expression.left, shell)) && (await test(expression.right, shell));
    case 'or':
      return (await test(expression.left, shell)) || (await test(expression.right, shell));
    case 'not':
      return !(await test(expression.test, shell));
    case 'unary': {
      const text = await expandText(expression.word, shell);
      if (expression.operator === '-v') return shell.get(text) !== undefined;
      return fileTest({ ...streams(shell), files: shell.files, cwd: shell.cwd }, expression.operator, text);
    }
    case 'binary':
      return binary(expression.operator, expression.left, expression.right, shell);
  }
}

function streams(shell: Shell) {
  return { stdin: shell.io.stdin, stdout: shell.io.stdout, stderr: shell.io.stderr };
}

async function binary(operator: string, leftWord: Word, rightWord: Word, shell: Shell): Promise<boolean> {
  const left = await expandText(leftWord, shell);
  switch (operator) {
    case '=':
    case '==':
      return matches(await expandPattern(rightWord, shell), left);
    case '!=':
      return !matches(await expandPattern(rightWord, shell), left);
    case '=~':
      return matchesRegex(left, rightWord, shell);
    case '<':
      return left < (await expandText(rightWord, shell));
    case '>':
      return left > (await expandText(rightWord, shell));
    case '-nt':
    case '-ot':
    case '-ef':
      throw new FatalError(`[[: ${operator}: not supported by this shell`, 2);
    default: {
      const right = await expandText(rightWord, shell);
      return compareIntegers(operator, evaluate(left, shell), evaluate(right, shell));
    }
  }
}

/** `=~` with an extended regular expression; quoted parts mean themselves. */
async function matchesRegex(left: string, word: Word, shell: Shell): Promise<boolean> {
  let source = '';
  for (const part of word) {
    const text = await expandText([part], shell);
    source += part.quoted ? escapePattern(text).replace(/[.+^${}()|]/g, '\\$&') : text;
  }
  try {
    return new RegExp(
      source.replace(/\[\[:(\w+):\]\]/g, (_, name) => BRACKETS[name as string] ?? '[]'),
      'u',
    ).test(left);
  } catch {
    throw new FatalError(`[[: invalid regular expression \`${source}'`, 2);
  }
}

const BRACKETS: Readonly<Record<string, string>> = {
  digit: '[0-9]',
  alpha: '[A-Za-z]',
  alnum: '[A-Za-z0-9]',
  space: '\\s',
  upper: '[A-Z]',
  lower: '[a-z]',
};
