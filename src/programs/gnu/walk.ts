import { resolvePath } from '../../linux/files/path.ts';
import type { Process } from '../../linux/process/process.ts';

/** All files at or below `names`, folders in byte order; a name that isn't there is kept, so that its reader complains. */
export function filesBelow(process: Process, names: readonly string[]): string[] {
  return names.flatMap((name) => below(process, name));
}

function below(process: Process, name: string): string[] {
  const path = resolvePath(process.cwd, name);
  if (!process.files.exists(path) || process.files.stat(path).type !== 'directory') return [name];
  const folder = name.endsWith('/') ? name : `${name}/`;
  return process.files.list(path).flatMap((entry) => below(process, `${folder}${entry}`));
}
