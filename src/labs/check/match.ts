/** Where an object differs from what was asked of it. */
export interface Difference {
  /** `spec.containers[0].image`; empty for the whole. */
  readonly path: string;
  readonly expected: unknown;
  /** `undefined`: there is no such field. */
  readonly found: unknown;
}

/**
 * Where `actual` lacks what `expected` lists. Maps: each listed field; lists: each listed item matches some item;
 * else equal values, a number as good as its text. Empty: it matches.
 */
export function differences(expected: unknown, actual: unknown, path = ''): readonly Difference[] {
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return [{ path, expected, found: actual }];
    return expected.flatMap((item) => {
      const each = actual.map((candidate, i) => differences(item, candidate, `${path}[${i}]`));
      if (each.some((found) => found.length === 0)) return [];
      // With one candidate it is clear which item was meant.
      return each.length === 1 ? (each[0] ?? []) : [{ path, expected: [item], found: actual }];
    });
  }
  if (isMap(expected)) {
    if (!isMap(actual)) return [{ path, expected, found: actual }];
    return Object.entries(expected).flatMap(([key, value]) =>
      differences(value, actual[key], path === '' ? key : `${path}.${key}`),
    );
  }
  if (expected === null) return actual === undefined || actual === null ? [] : [{ path, expected, found: actual }];
  const same = expected === actual || (actual !== undefined && !isMap(actual) && String(expected) === String(actual));
  return same ? [] : [{ path, expected, found: actual }];
}

/** A value on one line, cut where it gets long. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return 'not set';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)}...` : text;
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
