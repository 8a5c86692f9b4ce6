import { existsSync } from 'node:fs';
import { readFile, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { run } from '../../labs/targets/kind/run.ts';
import type { Finding } from './finding.ts';
import type { Patient } from './patient.ts';

const GIB = 1024 ** 3;

/** A control plane and two workers take about 2 GiB. */
export async function memory({ engine, system }: Patient): Promise<Finding | undefined> {
  if (engine === undefined) return undefined;
  const gib = engine.memoryBytes / GIB;
  const found = `${gib.toFixed(1)} GiB for containers, ${engine.cpus} CPUs`;
  if (gib >= 3.5) return { name: 'memory', verdict: 'good', found };
  const next = {
    linux: 'Close what takes memory, or use a larger machine: a cluster of three nodes takes about 2 GiB.',
    macos: 'Give Docker at least 4 GiB: Docker Desktop, Settings, Resources (or: colima start --memory 4).',
    wsl: 'Give WSL at least 4 GiB: `memory=4GB` under [wsl2] in %UserProfile%\\.wslconfig, then: wsl --shutdown',
    windows: '',
  }[system];
  return { name: 'memory', verdict: gib >= 2 ? 'unsure' : 'bad', found, next };
}

export async function disk({ engine, dataFolder }: Patient): Promise<Finding | undefined> {
  if (engine === undefined) return undefined;
  let folder = dataFolder;
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = await statfs(folder);
  const gib = (Number(bavail) * Number(bsize)) / GIB;
  const found = `${gib.toFixed(1)} GiB free at ${folder}`;
  if (gib >= 5) return { name: 'disk', verdict: 'good', found };
  const next = 'A cluster takes about 3 GiB. See what Docker keeps with: docker system df';
  return { name: 'disk', verdict: gib >= 2 ? 'unsure' : 'bad', found, next };
}

export async function cgroups({ engine }: Patient): Promise<Finding | undefined> {
  if (engine === undefined) return undefined;
  if (engine.cgroup === 2) return { name: 'cgroups', verdict: 'good', found: 'version 2' };
  const found = 'version 1: Kubernetes is leaving it; the course tells the kubelet to start all the same';
  return {
    name: 'cgroups',
    verdict: 'unsure',
    found,
    next: 'A newer system (or systemd.unified_cgroup_hierarchy=1) has version 2.',
  };
}

/** Each node runs many watchers; with too few the kubelet or kube-proxy fails with "too many open files". */
export async function inotify({ system }: Patient): Promise<Finding | undefined> {
  if (system === 'macos') return undefined;
  const read = async (name: string) =>
    Number(await readFile(`/proc/sys/fs/inotify/${name}`, 'utf8').catch(() => 'NaN'));
  const instances = await read('max_user_instances');
  const watches = await read('max_user_watches');
  if (Number.isNaN(instances) || Number.isNaN(watches)) return undefined;
  const found = `${instances} instances, ${watches} watches`;
  if (instances >= 512 && watches >= 65_536) return { name: 'inotify', verdict: 'good', found };
  const next =
    'sudo sysctl fs.inotify.max_user_instances=512 fs.inotify.max_user_watches=524288\n(https://kind.sigs.k8s.io/docs/user/known-issues/#pod-errors-due-to-too-many-open-files)';
  return { name: 'inotify', verdict: 'unsure', found: `${found}: few for several nodes`, next };
}

/** The page's usual port. Taken is no harm: another one is chosen. */
export async function port(): Promise<Finding> {
  const free = await new Promise<boolean>((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(4321, '127.0.0.1', () => server.close(() => resolve(true)));
  });
  const name = 'port 4321';
  return { name, verdict: 'good', found: free ? 'free' : 'taken; the course will choose another one' };
}

export async function shell({ env }: Patient): Promise<Finding> {
  const name = 'shell';
  if (/\/zsh$/.test(env.SHELL ?? '')) return { name, verdict: 'good', found: 'zsh' };
  const bash = await run('bash', ['-c', 'echo "$BASH_VERSION"'], { timeoutMs: 5000 }).catch(() => undefined);
  if (bash?.code === 0) return { name, verdict: 'good', found: `bash ${bash.stdout.trim()}` };
  return { name, verdict: 'bad', found: 'neither bash nor zsh', next: "Install bash: the lab's terminal runs it." };
}

/** Opens a pseudo-terminal, as the lab's page does. */
export async function terminal(): Promise<Finding> {
  const name = 'terminal';
  try {
    const { spawn } = await import('@lydell/node-pty');
    const code = await new Promise<number>((resolve) => {
      const child = spawn('/bin/sh', ['-c', 'exit 0'], { cols: 80, rows: 24 });
      child.onExit(({ exitCode }) => resolve(exitCode));
    });
    if (code === 0) return { name, verdict: 'good', found: 'a pseudo-terminal opens' };
    return { name, verdict: 'bad', found: `a shell on a pseudo-terminal ended with ${code}` };
  } catch (error) {
    const found = `no pseudo-terminal: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`;
    return { name, verdict: 'bad', found, next: 'Install the course again for this system: npm install hop-by-hop' };
  }
}
