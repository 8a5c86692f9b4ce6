/**
 * The name that was probably meant. nft's src/misspell.c compares the letters behind those that it means, and its rows
 * overlap by one: both decide which names it finds, and are kept.
 */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const other of names) {
    const longest = Math.max(name.length, other.length);
    if (longest <= 1) continue;
    const close = longest - Math.min(name.length, other.length) <= 1;
    const far = distance(other, name);
    if (far > Math.ceil(longest / (close ? 3 : 2)) || far >= least) continue;
    least = far;
    best = other;
  }
  return best;
}

function distance(a: string, b: string): number {
  const stride = b.length;
  const cells = new Array<number>((a.length + 1) * (b.length + 1)).fill(0);
  const at = (i: number, j: number) => cells[i * stride + j] as number;
  for (let i = 0; i <= a.length; i++) cells[i * stride] = i;
  for (let j = 0; j <= b.length; j++) cells[j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(i - 1, j - 1) + (a[i] === b[j] ? 0 : 1);
      cells[i * stride + j] = Math.min(replaced, at(i - 1, j) + 1, at(i, j - 1) + 1);
    }
  }
  return at(a.length, b.length);
}
