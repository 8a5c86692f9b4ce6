import type { ApiObject } from './operation.ts';

/** The writable form of an object, while the server prepares it; what is stored is frozen. */
export type Draft<T> = T extends readonly (infer Item)[]
  ? Draft<Item>[]
  : T extends object
    ? { -readonly [Field in keyof T]: Draft<T[Field]> }
    : T;

/** Any object before its kind is known. */
export type AnyDraft = Draft<ApiObject>;

export type JsonMap = { [field: string]: unknown };

/** An object with fields, not a list and not null. */
export function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Equality as JSON has it: the order of fields doesn't count, an undefined field is absent. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => equal(item, b[index]));
  }
  if (!isMap(a) || !isMap(b)) return false;
  for (const field of Object.keys(a)) if (!equal(a[field], b[field])) return false;
  for (const field of Object.keys(b)) if (b[field] !== undefined && a[field] === undefined) return false;
  return true;
}

/** As `equal`, but absent, empty and zero are one, as they are in the server's own structs. */
export function semanticallyEqual(a: unknown, b: unknown): boolean {
  if (a === b || (isEmpty(a) && isEmpty(b))) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => semanticallyEqual(item, b[index]));
  }
  if (!isMap(a) || !isMap(b)) return false;
  for (const field of Object.keys(a)) if (!semanticallyEqual(a[field], b[field])) return false;
  for (const field of Object.keys(b)) if (!(field in a) && !isEmpty(b[field])) return false;
  return true;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
