import { access, chmod, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { TargetError } from '../../target.ts';
import type { ClusterFolder } from './folder.ts';
import { run } from './run.ts';

/**
 * The kubectl of the cluster's own version. Node images carry one, so on Linux it is copied out of the control
 * plane; elsewhere, where that binary doesn't run, it is the one on PATH (Kubernetes allows a minor of skew).
 */
export async function courseKubectl(
  folder: ClusterFolder,
  controlPlane: string,
  host: { readonly platform: NodeJS.Platform; readonly path: string },
): Promise<string> {
  if (host.platform === 'linux') {
    if (await isProgram(folder.kubectl)) return folder.kubectl;
    const copied = await run('docker', ['cp', `${controlPlane}:/usr/bin/kubectl`, folder.kubectl], {
      timeoutMs: 60_000,
    });
    if (copied.code === 0) {
      await chmod(folder.kubectl, 0o755);
      const runs = await run(folder.kubectl, ['version', '--client'], { timeoutMs: 10_000 }).catch(() => undefined);
      if (runs?.code === 0) return folder.kubectl;
    }
  }
  for (const place of host.path.split(delimiter)) {
    // The wrapper that this one is wrapped in must not find itself.
    if (place.startsWith(folder.root) || place === '') continue;
    const program = join(place, 'kubectl');
    if (await isProgram(program)) return program;
  }
  throw new TargetError(
    'unavailable',
    'kubectl is missing. Get it from https://kubernetes.io/docs/tasks/tools/, then try again.',
  );
}

async function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
