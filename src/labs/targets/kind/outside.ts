import { TargetError } from '../../target.ts';
import { toolboxImage } from './image.ts';
import { mustRun, run } from './run.ts';

/** The container that stands outside of all clusters: one for all of them, on kind's own Docker network. */
export const OUTSIDE = 'hop-outside';
const LABEL = 'hop-by-hop=outside';

/** Starts it unless it runs. A container of this name that isn't the course's is left alone. */
export async function ensureOutside(signal?: AbortSignal): Promise<string> {
  const abortable = signal === undefined ? {} : { signal };
  const format = '{{.State.Running}} {{index .Config.Labels "hop-by-hop"}} {{.Config.Image}}';
  const found = await run('docker', ['inspect', '--type', 'container', '--format', format, OUTSIDE], abortable);
  if (found.code === 0) {
    const [running, label, image] = found.stdout.trim().split(' ');
    if (label !== 'outside') {
      throw new TargetError(
        'forbidden',
        `There is a container "${OUTSIDE}" that the course did not make. Rename it: docker rename ${OUTSIDE} NAME`,
      );
    }
    if (running === 'true' && image === toolboxImage()) return OUTSIDE;
    await mustRun('remove the old toolbox', 'docker', ['rm', '--force', OUTSIDE], abortable);
  }
  await mustRun(
    'start the machine outside the cluster',
    'docker',
    [
      'run',
      '--detach',
      '--init',
      '--name',
      OUTSIDE,
      '--hostname',
      'outside',
      '--label',
      LABEL,
      '--network',
      'kind',
    ].concat(['--cap-add', 'NET_ADMIN', '--cap-add', 'NET_RAW', '--entrypoint', 'sleep', toolboxImage(), '86400']),
    abortable,
  );
  return OUTSIDE;
}

/** Removes it, when no cluster of the course is left. */
export async function removeOutside(): Promise<void> {
  const found = await run('docker', ['ps', '--all', '--quiet', '--filter', `label=${LABEL}`]);
  const ids = found.stdout.split('\n').filter((id) => id !== '');
  if (ids.length > 0) await run('docker', ['rm', '--force', ...ids]);
}

/** The command of a toolbox in a node's network namespace: the node's network, other tools. */
export function toolsIn(node: string, argv: readonly string[], interactive: boolean): readonly string[] {
  const [program = 'sh', ...rest] = argv;
  return ['run', '--rm', '--init', ...(interactive ? ['--interactive', '--tty'] : ['--interactive'])].concat(
    ['--network', `container:${node}`, '--cap-add', 'NET_ADMIN', '--cap-add', 'NET_RAW'],
    ['--entrypoint', program, toolboxImage(), ...rest],
  );
}
