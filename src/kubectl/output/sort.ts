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

function natural(a: string, b: string): number {
  const [left, right] = [a.split(/(\d+)/), b.split(/(\d+)/)];
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const [x, y] = [left[at] as string, right[at] as string];
    if (x === y) continue;
    // Odd parts are the numbers.
    if (at % 2 === 1 && Number(x) !== Number(y)) return Number(x) - Number(y);
    return x < y ? -1 : 1;
  }
  return left.length - right.length;
}
