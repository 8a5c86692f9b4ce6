import { CommandError } from '../errors.ts';
import { JsonPath, JsonPathError } from '../jsonpath/jsonpath.ts';
import { relaxedPath } from './custom-columns.ts';

/**
 * Sorts by what a JSONPath finds in each object, as `--sort-by`: numbers as numbers, text with the
 * numbers in it as numbers; objects without the field come first. undefined: no object has the field.
 */
export function sortObjects<T>(
  items: readonly T[],
  objectOf: (item: T) => unknown,
  expression: string,
): readonly T[] | undefined {
  let path: JsonPath;
  try {
    path = new JsonPath(relaxedPath(expression));
  } catch (error) {
    if (error instanceof JsonPathError) throw new CommandError(error.message);
    throw error;
  }
  const keyed = items.map((item) => ({ item, key: first(path, objectOf(item)) }));
  if (keyed.length > 0 && keyed.every(({ key }) => key === undefined)) return undefined;
  return keyed.sort((a, b) => compare(a.key, b.key)).map(({ item }) => item);
}

function first(path: JsonPath, object: unknown): unknown {
  try {
    return path.find(object)[0];
  } catch (error) {
    if (error instanceof JsonPathError) return undefined;
    throw error;
  }
}

function compare(a: unknown, b: unknown): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return natural(String(a), String(b));
}

/** By character, but digits that stand at the same place are compared as one number, however long. */
function natural(a: string, b: string): number {
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [x, y] = [/^\d+/.exec(a.slice(i))?.[0], /^\d+/.exec(b.slice(j))?.[0]];
    if (x === undefined || y === undefined) {
      if (a[i] !== b[j]) return (a[i] as string) < (b[j] as string) ? -1 : 1;
      i++;
      j++;
      continue;
    }
    const [left, right] = [x.replace(/^0+/, ''), y.replace(/^0+/, '')];
    if (left.length !== right.length) return left.length - right.length;
    if (left !== right) return left < right ? -1 : 1;
    i += x.length;
    j += y.length;
  }
  return a.length - b.length;
}
