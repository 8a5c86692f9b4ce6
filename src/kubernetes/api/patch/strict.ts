import type { DecodeError } from '../decode/decode.ts';
import { Failure } from '../failure.ts';
import type { Operation } from '../operation.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { goMap } from './go-map.ts';

/** The refusal of a patch whose outcome has unknown fields; the server names no kind here. */
export function patchProblems(operation: Operation, patched: unknown, unknown: readonly string[]): Failure {
  return refusedPatch(operation, patched, `strict decoding error: ${unknown.join(', ')}`);
}

/** The refusal of a patch that gives a field a value of another type. */
export function wrongType(operation: Operation, patched: unknown, error: DecodeError): Failure {
  return refusedPatch(operation, patched, operation.patchType === 'strategic' ? error.restoring : error.message);
}

function refusedPatch({ patchType, body }: Operation, patched: unknown, why: string): Failure {
  const shown = patchType === 'strategic' ? goMap(body) : JSON.stringify(patched);
  const errors = new FieldErrors();
  errors.invalid('patch', shown, why);
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
