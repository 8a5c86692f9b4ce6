import { decodeEscapes } from './escapes.ts';

/** What echo(1) prints for its words: `-n`, `-e` and `-E` count as options only where a word is nothing else. */
export function echo(words: readonly string[]): string {
  let newline = true;
  let escapes = false;
  let first = 0;
  for (; /^-[neE]+$/.test(words[first] ?? ''); first++) {
    for (const letter of (words[first] as string).slice(1)) {
      if (letter === 'n') newline = false;
      else escapes = letter === 'e';
    }
  }
  const text = words.slice(first).join(' ');
  if (!escapes) return newline ? `${text}\n` : text;
  const decoded = decodeEscapes(text, 'echo');
  return newline && !decoded.stop ? `${decoded.text}\n` : decoded.text;
}
