/**
 * Names in texts: `$WORKER`, `${WORKER2}`, `$address`. A `$` before anything else is left alone, so that shell
 * and Kubernetes' own `$(NAME)` can stand beside them.
 */
const NAMES = /\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))/g;

/** Fills in the names that are known and leaves the others as they are. */
export function fillIn(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(NAMES, (whole, braced: string | undefined, bare: string | undefined) => {
    const name = braced ?? bare ?? '';
    return Object.hasOwn(variables, name) ? (variables[name] ?? whole) : whole;
  });
}

/** `fillIn` in every text of a value. */
export function fillInAll<T>(value: T, variables: Readonly<Record<string, string>>): T {
  return mapTexts(value, (text) => fillIn(text, variables)) as T;
}

/** The names that a text uses. */
export function namesIn(text: string): readonly string[] {
  return [...text.matchAll(NAMES)].map((match) => match[1] ?? match[2] ?? '');
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, change)]));
}
