import { ensureOutside } from '../labs/targets/kind/outside.ts';
import type { Context } from './context.ts';
import { A_SHELL, docker, interactive, meantCluster } from './into.ts';

/** `hop outside [-- CMD]`: ends as the command does. */
export async function outside(context: Context, command: readonly string[]): Promise<number> {
  // Without a cluster there is no wire to stand on.
  await meantCluster(context, undefined);
  const container = await ensureOutside();
  return docker(['exec', ...interactive(), container, ...(command.length === 0 ? A_SHELL : command)]);
}
