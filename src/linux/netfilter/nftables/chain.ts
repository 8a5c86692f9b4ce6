import type { Hook } from '../passage.ts';
import type { Target } from './verdict.ts';

/** What makes a chain a base chain: where packets enter it. */
export interface Base {
  readonly type: 'filter' | 'nat' | 'route';
  readonly hook: Hook;
  readonly priority: number;
  policy: 'accept' | 'drop';
}

/** A chain as rules see it. */
export interface Chainlike extends Target {
  uses: number;
  readonly base: Base | undefined;
}

/** Names for priorities (src/rule.c): those that a hook doesn't list have them not there. */
const PRIORITIES: readonly { name: string; value: number; hook?: Hook }[] = [
  { name: 'raw', value: -300 },
  { name: 'mangle', value: -150 },
  { name: 'dstnat', value: -100, hook: 'prerouting' },
  { name: 'filter', value: 0 },
  { name: 'security', value: 50 },
  { name: 'srcnat', value: 100, hook: 'postrouting' },
];

/** @returns undefined: there is no such name at this hook. */
export function priorityNamed(name: string, hook: Hook): number | undefined {
  return PRIORITIES.find((one) => one.name === name && (one.hook ?? hook) === hook)?.value;
}

/** How far from a name a priority may be to be told by it. */
const REACH = 10;

export function formatPriority(priority: number, hook: Hook, numeric: boolean): string {
  if (numeric) return String(priority);
  const near = PRIORITIES.find(
    ({ value, hook: only }) => (only ?? hook) === hook && Math.abs(value - priority) <= REACH,
  );
  if (near === undefined) return String(priority);
  const offset = priority - near.value;
  return offset === 0 ? near.name : `${near.name} ${offset < 0 ? '-' : '+'} ${Math.abs(offset)}`;
}
