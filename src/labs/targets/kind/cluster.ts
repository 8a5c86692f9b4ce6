import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterSpec } from '../../target.ts';
import { TargetError } from '../../target.ts';
import { kindConfigFile } from './config.ts';
import { CLUSTER_PREFIX, dockerEngine, nodeContainers, ownNodes } from './docker.ts';
import type { CourseFolder } from './folder.ts';
import { privateFolder } from './folder.ts';
import { nodeImage } from './image.ts';
import type { Access } from './kubeconfig.ts';
import { readAccess } from './kubeconfig.ts';
import { withLock } from './lock.ts';
import { apiFetch } from './request.ts';
import { mustRun } from './run.ts';

/** kind writes to the course's kubeconfig alone, and asks Docker, whatever the learner's environment says. */
function kindEnvironment(kubeconfig: string): NodeJS.ProcessEnv {
  return { ...process.env, KUBECONFIG: kubeconfig, KIND_EXPERIMENTAL_PROVIDER: 'docker' };
}

/** Makes the cluster, or takes the one that is there: starts what was stopped, remakes what is half made. */
export async function ensureCluster(
  folder: CourseFolder,
  spec: ClusterSpec,
  progress: (message: string) => void,
  signal?: AbortSignal,
): Promise<Access> {
  const at = folder.cluster(spec.name);
  const engine = await dockerEngine(signal);
  await privateFolder(folder.root);
  await privateFolder(at.root);
  await privateFolder(at.mark);
  const work = async (): Promise<Access> => {
    const nodes = await ownNodes(spec.name);
    const made = await readFile(join(at.root, 'made.json'), 'utf8').catch(() => '');
    if (made === recipe(spec) && nodes.length === spec.workers + 1) {
      const asleep = nodes.filter(({ running }) => !running).map(({ name }) => name);
      if (asleep.length > 0) {
        progress(`Starting the nodes of ${spec.name}`);
        await mustRun(`start the nodes of ${spec.name}`, 'docker', ['start', ...asleep], abortable(signal));
      }
      const access = await usable(at.kubeconfig, spec, asleep.length > 0 ? 90_000 : 20_000, signal);
      if (access !== undefined) return access;
      progress(`${spec.name} does not answer: making it again`);
    } else if (nodes.length > 0) {
      progress(`${spec.name} is half made, or made for other settings: making it again`);
    }
    if (nodes.length > 0) await remove(folder, spec.name, signal);
    await privateFolder(at.mark);
    await writeFile(join(at.root, 'kind.yaml'), kindConfigFile(spec, { mark: at.mark, cgroup: engine.cgroup }), {
      mode: 0o600,
    });
    progress(`Making the kind cluster ${spec.name} (the first time, its image of about 400 MB is fetched)`);
    await mustRun(
      `make the kind cluster ${spec.name}`,
      'kind',
      ['create', 'cluster', '--name', spec.name, '--image', nodeImage()].concat([
        '--config',
        join(at.root, 'kind.yaml'),
        '--kubeconfig',
        at.kubeconfig,
      ]),
      { ...abortable(signal), env: kindEnvironment(at.kubeconfig), onStderrLine: (line) => tell(line, progress) },
    );
    progress('Waiting for the nodes to be Ready');
    const access = await usable(at.kubeconfig, spec, 180_000, signal);
    if (access === undefined) {
      throw new TargetError(
        'unavailable',
        `${spec.name} was made, but its nodes did not become Ready within three minutes. ` +
          `Look with: hop doctor. Then start the lab again; it mends or remakes the cluster.`,
      );
    }
    await writeFile(join(at.root, 'made.json'), recipe(spec), { mode: 0o600 });
    return access;
  };
  return withLock(
    join(folder.root, 'clusters', `${spec.name}.lock`),
    work,
    (pid) => progress(`Another hop (process ${pid}) is working on ${spec.name}: waiting for it`),
    signal,
  );
}

/** Deletes one of the course's clusters and what the course kept of it. */
export async function deleteCluster(folder: CourseFolder, name: string, signal?: AbortSignal): Promise<void> {
  await ownNodes(name);
  await remove(folder, name, signal);
  await rm(folder.cluster(name).root, { recursive: true, force: true });
}

async function remove(folder: CourseFolder, name: string, signal?: AbortSignal): Promise<void> {
  const { kubeconfig, root, kubectl } = folder.cluster(name);
  await rm(join(root, 'made.json'), { force: true });
  await rm(kubectl, { force: true });
  await mustRun(
    `delete the cluster ${name}`,
    'kind',
    ['delete', 'cluster', '--name', name, '--kubeconfig', kubeconfig],
    { ...abortable(signal), env: kindEnvironment(kubeconfig) },
  );
}

/** Stops the nodes of the course's other clusters: two at a time are much for a laptop. They start again when needed. */
export async function restOthers(name: string, progress: (message: string) => void): Promise<void> {
  const others = (await nodeContainers()).filter(
    (node) => node.marked && node.running && node.cluster.startsWith(CLUSTER_PREFIX) && node.cluster !== name,
  );
  if (others.length === 0) return;
  progress(`Stopping ${[...new Set(others.map(({ cluster }) => cluster))].join(', ')} meanwhile (--keep lets it run)`);
  await mustRun('stop other clusters', 'docker', ['stop', '--time', '5', ...others.map((node) => node.name)]);
}

export interface CourseCluster {
  readonly name: string;
  readonly nodes: number;
  readonly state: 'running' | 'stopped' | 'half made';
}

/** The course's clusters on this machine; others', whatever their name, are not listed. */
export async function courseClusters(folder: CourseFolder): Promise<readonly CourseCluster[]> {
  const nodes = (await nodeContainers()).filter(({ cluster, marked }) => marked && cluster.startsWith(CLUSTER_PREFIX));
  const folders: readonly string[] = await readdir(join(folder.root, 'clusters')).catch(() => []);
  return Promise.all(
    [...new Set(nodes.map(({ cluster }) => cluster))].sort().map(async (name) => {
      const own = nodes.filter(({ cluster }) => cluster === name);
      const made =
        folders.includes(name) &&
        (await readFile(join(folder.cluster(name).root, 'made.json'), 'utf8').catch(() => '')) !== '';
      const state = !made ? 'half made' : own.every(({ running }) => running) ? 'running' : 'stopped';
      return { name, nodes: own.length, state } as const;
    }),
  );
}

/** What the cluster was made from. Another recipe is another cluster. */
function recipe(spec: ClusterSpec): string {
  return JSON.stringify({ workers: spec.workers, cni: spec.cni, proxy: spec.proxy, image: nodeImage() });
}

/** The access to a cluster whose API answers and whose nodes are all Ready; undefined when that doesn't come in time. */
async function usable(
  kubeconfig: string,
  spec: ClusterSpec,
  patienceMs: number,
  signal?: AbortSignal,
): Promise<Access | undefined> {
  const access = await readAccess(kubeconfig, spec.name).catch(() => undefined);
  if (access === undefined) return undefined;
  const request = apiFetch(access);
  for (const until = Date.now() + patienceMs; Date.now() < until; ) {
    signal?.throwIfAborted();
    const answer = await request(`${access.server}/api/v1/nodes`, {
      signal: AbortSignal.any([AbortSignal.timeout(5000), ...(signal === undefined ? [] : [signal])]),
    }).catch(() => undefined);
    if (answer?.status === 200) {
      const { items } = (await answer.json()) as { items: readonly NodeObject[] };
      const ready = items.filter((node) =>
        node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
      );
      if (ready.length === spec.workers + 1) return access;
    }
    await sleep(500);
  }
  return undefined;
}

interface NodeObject {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** kind's progress lines, without its pictures: ` • Preparing nodes 📦 📦  ...` and ` ✓ Preparing nodes`. */
function tell(line: string, progress: (message: string) => void): void {
  const words = /^\s*•\s*(.*?)\s*\.\.\.\s*$/
    .exec(line)?.[1]
    ?.replaceAll(/[^\x20-\x7e]/g, '')
    .trim();
  if (words) progress(words);
}

function abortable(signal?: AbortSignal): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
