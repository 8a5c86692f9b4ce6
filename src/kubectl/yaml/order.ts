/**
 * The order of keys in kubectl's YAML: by character, but a letter comes after any other character and
 * digits compare as numbers (`a2` before `a10`).
 */
export function naturalOrder(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  let behindDigits = false;
  for (let i = 0; i < left.length && i < right.length; i++) {
    const [x, y] = [left[i] as string, right[i] as string];
    if (x === y) {
      behindDigits = /\d/.test(x);
      continue;
    }
    const [xLetter, yLetter] = [/\p{L}/u.test(x), /\p{L}/u.test(y)];
    if (xLetter !== yLetter) return xLetter === behindDigits ? -1 : 1;
    if (!xLetter) {
      const [xNumber, yNumber] = [digitsFrom(left, i), digitsFrom(right, i)];
      const difference = Number(xNumber) - Number(yNumber);
      if (difference !== 0) return difference;
      if (xNumber.length !== yNumber.length) return xNumber.length - yNumber.length;
    }
    return (x.codePointAt(0) ?? 0) - (y.codePointAt(0) ?? 0);
  }
  return left.length - right.length;
}

function digitsFrom(text: readonly string[], at: number): string {
  return /^\d*/.exec(text.slice(at).join(''))?.[0] ?? '';
}
