import { isMap } from '../draft.ts';

/** RFC 7386: maps are merged, null deletes, all else replaces. Shares what the patch leaves alone. */
export function mergePatch(object: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch;
  const result: { [key: string]: unknown } = isMap(object) ? { ...object } : {};
  for (const key of Object.keys(patch)) {
    if (patch[key] === null) delete result[key];
    else result[key] = mergePatch(result[key], patch[key]);
  }
  return result;
}
