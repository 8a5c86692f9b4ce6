import type { ObjectQuery } from '../target.ts';
import { findKind, kindWords } from './kinds.ts';
import { nearest } from './nearest.ts';

/** `{.status.podIP} of pod/web`: a field of an object, or of the list of all that match. */
export interface FieldOf {
  /** JSONPath, as `kubectl -o jsonpath` takes it: `{.status.podIP}`. */
  readonly path: string;
  readonly query: ObjectQuery;
}

const FORM = '`{.status.podIP} of pod/web`, `{...} of pods -l app=web`, each with `-n NAMESPACE` if need be';

/** Whatever begins like a JSONPath is meant as one: no learner has to say `{.status...`. */
export function looksLikeField(text: string): boolean {
  return /^\s*\{\s*[.$@]/.test(text) || /^\s*\{.*\}\s+of\s/s.test(text);
}

/** Reads the form; nodes are written by role (`node/worker`) and get their name when it is looked up. */
export function parseField(text: string): FieldOf | { readonly expected: string; readonly nearest?: string } {
  const match = /^\s*(\{.*\})\s+of\s+(\S+)((?:\s+-[ln]\s+\S+)*)\s*$/s.exec(text);
  if (match === null) return { expected: FORM };
  const [, path = '', what = '', flags = ''] = match;
  const [word = '', name, ...rest] = what.split('/');
  const kind = findKind(word.toLowerCase());
  if (kind === undefined) {
    const meant = nearest(word, kindWords);
    return { expected: 'a kind of object', ...(meant === undefined ? {} : { nearest: meant }) };
  }
  const flag = (letter: string) => new RegExp(`-${letter}\\s+(\\S+)`).exec(flags)?.[1];
  const selector = flag('l');
  if (rest.length > 0 || name === '' || (name !== undefined && selector !== undefined)) return { expected: FORM };
  return {
    path,
    query: {
      apiVersion: kind.apiVersion,
      kind: kind.kind,
      ...(kind.namespaced ? { namespace: flag('n') ?? 'default' } : {}),
      ...(name === undefined ? {} : { name }),
      ...(selector === undefined ? {} : { labelSelector: selector }),
    },
  };
}
