import { LinuxError } from '../../linux/errno.ts';
import { findProgram } from '../../linux/process/lookup.ts';
import type { Process } from '../../linux/process/process.ts';

/** Why `name` can't be run here, and the status that says so (127 not found, 126 not executable); undefined when it can. */
export function cannotRun(
  process: Process,
  name: string,
  env: ReadonlyMap<string, string> = process.env,
): { readonly reason: string; readonly status: 126 | 127 } | undefined {
  try {
    findProgram(process.files, env, process.cwd, name);
    return undefined;
  } catch (error) {
    if (!(error instanceof LinuxError)) throw error;
    return { reason: error.message, status: error.errno === 'ENOENT' ? 127 : 126 };
  }
}
