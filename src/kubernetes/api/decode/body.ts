import type { StructType } from '../../schema/schema.ts';
import { type AnyDraft, isMap, type JsonMap } from '../draft.ts';
import { badRequest } from '../failure.ts';
import type { OperationOptions } from '../operation.ts';
import { apiVersion, type Registry } from '../registry.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { type Decoded, DecodeError, decode } from './decode.ts';

interface KindName {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  decode?(body: JsonMap): Decoded;
}

export interface Body {
  readonly draft: AnyDraft;
  readonly warnings: readonly string[];
}

/**
 * Reads a request's object as `expected`, which an object without apiVersion or kind is taken to be.
 * Throws the server's BadRequest on another kind, a wrong type (`raw`: the DecodeError itself), or
 * (if Strict) an unknown field.
 */
export function readBody(
  body: unknown,
  expected: KindName,
  type: StructType,
  registry: Registry,
  validation: OperationOptions['fieldValidation'],
  raw = false,
): Body {
  if (!isMap(body)) {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${expected.kind}): couldn't get version/kind; json parse error: json: cannot unmarshal ${body === undefined ? 'nothing' : Array.isArray(body) ? 'array' : typeof body} into Go value of type runtime.TypeMeta`,
    );
  }
  const given = kindOf(body, expected);
  const same = given.kind === expected.kind && given.group === expected.group && given.version === expected.version;
  if (!same && expected.decode !== undefined) refuseOtherKind(body, given, expected);
  if (!same) {
    const version = apiVersion(given);
    const known = registry.schema.kind(given.group, given.version, given.kind) !== undefined;
    const why = known
      ? `converting (${given.version}.${given.kind}) to (${expected.group || 'core'}.${expected.kind}): unknown conversion`
      : `no kind "${given.kind}" is registered for version "${version}" in scheme "pkg/runtime/scheme.go:111"`;
    throw badRequest(cannotBeHandled(known ? given : { ...expected, kind: given.kind }, expected, why));
  }
  try {
    const { object, unknown } = expected.decode?.(body) ?? decode(body, type);
    if (unknown.length > 0 && validation === 'Strict') {
      throw badRequest(cannotBeHandled(given, expected, `strict decoding error: ${unknown.join(', ')}`));
    }
    object.apiVersion = apiVersion(expected);
    object.kind = expected.kind;
    object.metadata = { ...(isMap(object.metadata) ? object.metadata : {}) };
    return { draft: object as AnyDraft, warnings: validation === 'Ignore' ? [] : unknown };
  } catch (error) {
    if (error instanceof DecodeError && !raw) throw badRequest(cannotBeHandled(given, expected, error.message));
    throw error;
  }
}

function kindOf(body: JsonMap, expected: KindName): KindName {
  const kind = typeof body.kind === 'string' && body.kind !== '' ? body.kind : expected.kind;
  if (typeof body.apiVersion !== 'string' || body.apiVersion === '') return { ...expected, kind };
  const slash = body.apiVersion.indexOf('/');
  return { group: slash < 0 ? '' : body.apiVersion.slice(0, slash), version: body.apiVersion.slice(slash + 1), kind };
}

/** A custom object is judged even by what it says that it is. */
function refuseOtherKind(body: JsonMap, given: KindName, expected: KindName): void {
  const errors = new FieldErrors();
  if (given.kind !== expected.kind) errors.invalid('kind', given.kind, `must be ${expected.kind}`);
  if (apiVersion(given) !== apiVersion(expected)) {
    errors.invalid('apiVersion', apiVersion(given), `must be ${apiVersion(expected)}`);
  }
  const name = isMap(body.metadata) && typeof body.metadata.name === 'string' ? body.metadata.name : '';
  errors.refuse({ ...given, resource: '' }, name);
}

function cannotBeHandled(given: KindName, expected: KindName, why: string): string {
  return `${given.kind} in version "${given.version}" cannot be handled as a ${expected.kind}: ${why}`;
}
