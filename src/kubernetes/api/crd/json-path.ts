import { isMap } from '../draft.ts';

type Step = { readonly field: string } | { readonly index: number } | { readonly filter: Filter };
interface Filter {
  readonly path: readonly Step[];
  readonly equal: boolean;
  readonly value: unknown;
}

/** A simple JSON path (`.spec.replicas`, `.status.conditions[?(@.type=="Ready")].status`); undefined on any other form. */
export function parseJsonPath(text: string): readonly Step[] | undefined {
  const steps: Step[] = [];
  const token =
    /^(?:\.([A-Za-z0-9_$-]+|\\.)((?:\\.|[A-Za-z0-9_/$-])*)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["([^"]*)"\]|\[\?\(@((?:\.[A-Za-z0-9_-]+)+)\s*(==|!=)\s*("[^"]*"|'[^']*'|true|false|-?\d+)\)\])/;
  let rest = text;
  while (rest !== '') {
    const found = token.exec(rest);
    if (found === null) return undefined;
    const [whole, first, more = '', index, quoted, double, path, operator, value = ''] = found;
    rest = rest.slice(whole.length);
    if (first !== undefined) steps.push({ field: `${first}${more}`.replace(/\\(.)/g, '$1') });
    else if (index !== undefined) steps.push({ index: Number(index) });
    else if (quoted !== undefined || double !== undefined) steps.push({ field: quoted ?? double ?? '' });
    else {
      const inner = parseJsonPath(path ?? '') ?? [];
      const literal = /^["']/.test(value) ? value.slice(1, -1) : (JSON.parse(value) as unknown);
      steps.push({ filter: { path: inner, equal: operator === '==', value: literal } });
    }
  }
  return steps;
}

/** The first value at the path. */
export function readJsonPath(object: unknown, path: readonly Step[]): unknown {
  let at = object;
  for (const step of path) {
    if ('field' in step) at = isMap(at) ? at[step.field] : undefined;
    else if ('index' in step) at = Array.isArray(at) ? at[step.index] : undefined;
    else {
      const { path: inner, equal, value } = step.filter;
      at = Array.isArray(at) ? at.find((item) => (readJsonPath(item, inner) === value) === equal) : undefined;
    }
    if (at === undefined) return undefined;
  }
  return at;
}

/** A copy of `object` with the value at a path of fields set; what is missing on the way is made. */
export function withValue(object: unknown, path: readonly Step[], value: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  if (!('field' in first)) return object;
  const map = isMap(object) ? object : {};
  return { ...map, [first.field]: withValue(map[first.field], rest, value) };
}

export type { Step };
