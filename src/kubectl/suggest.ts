/** Words near to a mistyped one: at most two edits away, or begun by it. In the order given. */
export function suggestions(typed: string, words: readonly string[]): readonly string[] {
  const wanted = typed.toLowerCase();
  return words.filter((word) => distance(wanted, word.toLowerCase()) <= 2 || word.toLowerCase().startsWith(wanted));
}

/** Levenshtein's distance: insertions, deletions and replacements of single characters. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
