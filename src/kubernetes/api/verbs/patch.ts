import type { StructType } from '../../schema/schema.ts';
import { trackUpdate } from '../apply/track.ts';
import { type Body, readBody } from '../decode/body.ts';
import { DecodeError } from '../decode/decode.ts';
import { jsonType } from '../decode/json-type.ts';
import { isMap } from '../draft.ts';
import { badRequest, noStrategicPatch, unsupportedMediaType } from '../failure.ts';
import type { Answer, ApiObject, Operation } from '../operation.ts';
import { jsonPatch } from '../patch/json-patch.ts';
import { mergePatch } from '../patch/merge-patch.ts';
import { strategicPatch } from '../patch/strategic-patch.ts';
import { patchProblems, wrongType } from '../patch/strict.ts';
import { apply } from './apply.ts';
import { replace } from './update.ts';
import { answer, existing, managerOf, type Request } from './write.ts';

export function patch(request: Request): Answer {
  const { registry, served, operation } = request;
  if (operation.patchType === undefined) throw unsupportedMediaType();
  if (operation.patchType === 'apply') return apply(request);
  if (operation.patchType === 'strategic' && served.kind.custom === true) throw noStrategicPatch();
  const old = existing(request);
  const { type } = served;
  const patched = applyPatch(old, operation, type);
  const validation = operation.options?.fieldValidation;
  const { draft, warnings } = readPatched(request, patched, validation === 'Strict' ? 'Warn' : validation);
  if (validation === 'Strict' && warnings.length > 0) throw patchProblems(operation, patched, warnings);
  if (draft.metadata.name !== operation.name) {
    throw badRequest(
      `the name of the object (${draft.metadata.name ?? ''}) does not match the name on the URL (${operation.name ?? ''})`,
    );
  }
  const changed = replace(request, draft, old, (made) =>
    trackUpdate(made, old, served, managerOf(operation), registry.clock.wall(), operation.subresource),
  );
  return answer(request, 200, changed, [...warnings, ...(served.kind.warnings?.(changed, old) ?? [])]);
}

function readPatched(
  { registry, served, operation }: Request,
  patched: unknown,
  validation: 'Warn' | 'Ignore' | undefined,
): Body {
  try {
    return readBody(patched, served.kind, served.type, registry, validation, true);
  } catch (error) {
    if (error instanceof DecodeError) throw wrongType(operation, patched, error);
    throw error;
  }
}

/** The object with the operation's JSON patch, merge patch or strategic merge patch carried out. */
export function applyPatch(object: ApiObject, { patchType, body }: Operation, type: StructType): unknown {
  if (patchType === 'json') return jsonPatch(object, body);
  if (!isMap(body)) {
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${jsonType(body)} into Go value of type map[string]interface {}`,
    );
  }
  return patchType === 'merge' ? mergePatch(object, body) : strategicPatch({ ...object }, body, type);
}
