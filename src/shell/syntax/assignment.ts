import type { Assignment, Word } from './ast.ts';

/** `NAME=value` or `NAME+=value`, when the name stands unquoted at the start. */
export function asAssignment(word: Word): Assignment | undefined {
  const first = word[0];
  if (first?.kind !== 'text' || first.quoted) return undefined;
  const match = /^([A-Za-z_][A-Za-z0-9_]*)(\+?)=/.exec(first.text);
  if (match === null) return undefined;
  const rest = first.text.slice(match[0].length);
  const value: Word = rest === '' ? word.slice(1) : [{ kind: 'text', text: rest, quoted: false }, ...word.slice(1)];
  return { name: match[1] as string, append: match[2] === '+', value };
}
