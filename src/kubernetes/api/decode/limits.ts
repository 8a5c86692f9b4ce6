import { badRequest, failure } from '../failure.ts';
import { checkedAs } from './checked.ts';

/** The API server's limit of a request's body, in bytes. */
const maximumSize = 3 * 1024 * 1024;
/** Deeper than any real object, and far from the end of the stack. */
const maximumDepth = 500;

export function checkSize(size: number): void {
  if (size <= maximumSize) return;
  throw failure(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${maximumSize}`, {});
}

/**
 * Refuses bodies that are too large as JSON or nested too deep, before anything walks them. Aliases in
 * YAML make both out of few bytes; parts that came out of the store are small already.
 */
export function checkBody(body: unknown): void {
  let size = 0;
  const waiting: { readonly value: unknown; readonly depth: number }[] = [{ value: body, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, depth } = next;
    if (typeof value === 'string') {
      size += value.length;
    } else if (typeof value === 'object' && value !== null && checkedAs(value) === undefined) {
      if (depth > maximumDepth) throw badRequest('json: exceeded max depth');
      for (const key of Object.keys(value)) {
        size += Array.isArray(value) ? 1 : key.length + 4;
        waiting.push({ value: (value as Record<string, unknown>)[key], depth: depth + 1 });
      }
    } else {
      size += 4;
    }
    checkSize(size);
  }
}
