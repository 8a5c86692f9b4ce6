import { TargetError } from '../../target.ts';
import { MARK_PATH } from './config.ts';
import { mustRun, run } from './run.ts';

/** kind's own label on each node container (pkg/cluster/internal/providers/docker/constants.go of kind). */
const CLUSTER_LABEL = 'io.x-k8s.kind.cluster';
/** The course's clusters start with this; the mark tells them from others of such a name. */
export const CLUSTER_PREFIX = 'hop-';

export interface NodeContainer {
  readonly name: string;
  readonly cluster: string;
  readonly running: boolean;
  readonly image: string;
  /** Whether the course's mark is mounted. */
  readonly marked: boolean;
}

export interface Engine {
  readonly cgroup: 1 | 2;
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly version: string;
  readonly system: string;
}

/** The Docker engine behind `docker`; `unavailable` says whether the program is missing or the engine is down. */
export async function dockerEngine(signal?: AbortSignal): Promise<Engine> {
  const { code, stdout, stderr } = await run('docker', ['info', '--format', '{{json .}}'], {
    timeoutMs: 20_000,
    ...(signal === undefined ? {} : { signal }),
  });
  const info = parse<Record<string, unknown>>(stdout);
  const errors = Array.isArray(info?.ServerErrors) ? info.ServerErrors.join(' ') : '';
  if (code !== 0 || info === undefined || errors !== '' || !info.ServerVersion) {
    const words = (errors || stderr.trim() || 'no answer').split('\n')[0];
    throw new TargetError('unavailable', `docker is installed, but its engine does not answer: ${words}`);
  }
  return {
    cgroup: info.CgroupVersion === '1' ? 1 : 2,
    memoryBytes: Number(info.MemTotal ?? 0),
    cpus: Number(info.NCPU ?? 0),
    version: String(info.ServerVersion),
    system: String(info.OperatingSystem ?? ''),
  };
}

/** The node containers of all kind clusters, or of one, ours or not. */
export async function nodeContainers(cluster?: string): Promise<readonly NodeContainer[]> {
  const filter = `label=${CLUSTER_LABEL}${cluster === undefined ? '' : `=${cluster}`}`;
  const ids = (await mustRun('list kind nodes', 'docker', ['ps', '--all', '--quiet', '--no-trunc', '--filter', filter]))
    .split('\n')
    .filter((id) => id !== '');
  if (ids.length === 0) return [];
  // One that vanished since makes `docker inspect` fail, but it still prints the others.
  const { stdout } = await run('docker', ['inspect', '--type', 'container', ...ids]);
  return (parse<readonly InspectedContainer[]>(stdout) ?? []).map((container) => ({
    name: container.Name.replace(/^\//, ''),
    cluster: container.Config.Labels?.[CLUSTER_LABEL] ?? '',
    running: container.State.Running,
    image: container.Config.Image,
    marked: (container.Mounts ?? []).some((mount) => mount.Destination === MARK_PATH),
  }));
}

/** The nodes of one of the course's clusters (none when it doesn't exist); `forbidden` for anybody else's. */
export async function ownNodes(cluster: string): Promise<readonly NodeContainer[]> {
  if (!/^hop-[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(cluster)) {
    throw new TargetError(
      'forbidden',
      `The course only touches clusters that it made itself (hop-...), not "${cluster}".`,
    );
  }
  const nodes = await nodeContainers(cluster);
  if (nodes.some((node) => !node.marked)) {
    throw new TargetError(
      'forbidden',
      `There is a kind cluster "${cluster}" that the course did not make, so it is left alone. ` +
        `If it is not needed any more: kind delete cluster --name ${cluster}`,
    );
  }
  return nodes;
}

interface InspectedContainer {
  readonly Name: string;
  readonly Config: { readonly Image: string; readonly Labels?: Readonly<Record<string, string>> };
  readonly State: { readonly Running: boolean };
  readonly Mounts?: readonly { readonly Destination: string }[];
}

function parse<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}
