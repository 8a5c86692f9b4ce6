import type { Stack } from '../ip/stack.ts';

const last = new WeakMap<Stack, number>();

/** The next number that nf_tables gives a table, whoever makes it: tables are listed in its order. */
export function nextTableHandle(stack: Stack): number {
  const next = (last.get(stack) ?? 0) + 1;
  last.set(stack, next);
  return next;
}
