/** A word as `set -x` shows it: quoted only where it has to be. */
export function quoteForTrace(word: string, assigned = false): string {
  if (word === '') return assigned ? '' : "''";
  if (/[\x00-\x1f\x7f]/.test(word)) return quoteAnsi(word);
  if (/[^A-Za-z0-9_@%+=:,./-]/.test(word)) return quoteSingle(word);
  return word;
}

/** In single quotes, as `alias` and `trap` print. */
export function quoteSingle(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** In double quotes, as `export -p` prints. */
export function quoteDouble(word: string): string {
  return /[\x00-\x1f\x7f]/.test(word) ? quoteAnsi(word) : `"${word.replace(/["\\$`]/g, '\\$&')}"`;
}

const NAMED: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '\x1b': '\\E',
  "'": "\\'",
  '\\': '\\\\',
};

function quoteAnsi(word: string): string {
  const inner = word.replace(
    /[\x00-\x1f\x7f'\\]/g,
    (c) => NAMED[c] ?? `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
  return `$'${inner}'`;
}
