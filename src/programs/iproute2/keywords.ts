/** Words in the order in which iproute2 tries them: what is typed means the first that begins with it (`matches()`). */
export type Keywords<T> = Readonly<Record<string, T>>;

/** Stands for what the real tool knows and this one doesn't: it is refused by name. */
export const UNMODELLED = 'unmodelled';

/** @returns the whole word and what stands for it */
export function meant<T>(typed: string, words: Keywords<T>): readonly [word: string, meaning: T] | undefined {
  return typed === '' ? undefined : Object.entries(words).find(([word]) => word.startsWith(typed));
}
