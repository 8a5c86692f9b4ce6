import type { Shell } from './state.ts';

/** Runs `task` as something whose failure is asked about, when `asked`: `set -e` doesn't act meanwhile. */
export async function asking<T>(shell: Shell, asked: boolean, task: () => Promise<T>): Promise<T> {
  if (asked) shell.asking++;
  try {
    return await task();
  } finally {
    if (asked) shell.asking--;
  }
}
