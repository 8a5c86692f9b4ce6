import { Failure } from '../failure.ts';
import type { Operation } from '../operation.ts';
import { FieldErrors } from '../validation/field-errors.ts';

/** The refusal of a patch whose outcome has unknown fields; the server names no kind here. */
export function patchProblems({ patchType, body }: Operation, patched: unknown, unknown: readonly string[]): Failure {
  const shown = patchType === 'strategic' ? goMap(body) : JSON.stringify(patched);
  const errors = new FieldErrors();
  errors.invalid('patch', shown, `strict decoding error: ${unknown.join(', ')}`);
  try {
    errors.refuse({ group: '', resource: '', kind: '' }, '');
  } catch (error) {
    if (error instanceof Failure) return withoutKind(error);
  }
  throw new Error('errors that were found are refused');
}

function withoutKind({ status }: Failure): Failure {
  const { kind: _, ...details } = status.details ?? {};
  return new Failure({ ...status, details });
}

/** A map as Go prints it: `map[spec:map[foo:1]]`. */
function goMap(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goMap).join(' ')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `map[${fields.map(([key, item]) => `${key}:${goMap(item)}`).join(' ')}]`;
  }
  return value === null ? '<nil>' : String(value);
}
