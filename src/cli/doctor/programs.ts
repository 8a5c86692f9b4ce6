import type { Engine } from '../../labs/targets/kind/docker.ts';
import { nodeImage } from '../../labs/targets/kind/image.ts';
import { run } from '../../labs/targets/kind/run.ts';
import type { Finding, System } from './finding.ts';
import type { Patient } from './patient.ts';

const GET_DOCKER: Readonly<Record<System, string>> = {
  linux:
    'Install Docker Engine: https://docs.docker.com/engine/install/ (then: sudo usermod -aG docker $USER, and log in again)',
  macos: 'Install Docker Desktop, OrbStack or Colima: https://docs.docker.com/desktop/setup/install/mac-install/',
  wsl: 'Install Docker Desktop on Windows and switch on its WSL integration (Settings, Resources, WSL integration), or Docker Engine inside WSL: https://docs.docker.com/desktop/features/wsl/',
  windows: '',
};

const START_DOCKER: Readonly<Record<System, string>> = {
  linux: 'Start it: sudo systemctl start docker',
  macos: 'Start Docker Desktop (or: colima start), and wait until it says that it runs.',
  wsl: 'Start Docker Desktop on Windows, or inside WSL: sudo service docker start',
  windows: '',
};

/** Is there an engine, and may this user use it? */
export function docker(engine: Engine | Error, system: System): Finding {
  if (!(engine instanceof Error)) {
    return { name: 'docker', verdict: 'good', found: `${engine.version} on ${engine.system}, it answers` };
  }
  const found = engine.message;
  if (/not installed/.test(found)) return { name: 'docker', verdict: 'bad', found, next: GET_DOCKER[system] };
  const next = /permission denied/i.test(found)
    ? 'Let your user use it: sudo usermod -aG docker $USER, and log in again.'
    : START_DOCKER[system];
  return { name: 'docker', verdict: 'bad', found, next };
}

/** The release whose node images and configuration the course was tested with. */
const KIND_VERSION = [0, 33] as const;

export async function kind({ system }: Patient): Promise<Finding> {
  const name = 'kind';
  const get = `Install kind ${KIND_VERSION.join('.')} or later: ${system === 'macos' ? 'brew install kind' : 'https://kind.sigs.k8s.io/docs/user/quick-start/#installation'}`;
  const answer = await run('kind', ['version'], { timeoutMs: 10_000 }).catch((error: Error) => error);
  if (answer instanceof Error) return { name, verdict: 'bad', found: answer.message, next: get };
  const [, version = '', major = '0', minor = '0'] = /v?((\d+)\.(\d+)\S*)/.exec(answer.stdout) ?? [];
  if (answer.code !== 0 || version === '')
    return { name, verdict: 'bad', found: 'kind does not say its version', next: get };
  const old = Number(major) === KIND_VERSION[0] && Number(minor) < KIND_VERSION[1];
  if (!old) return { name, verdict: 'good', found: version };
  return { name, verdict: 'unsure', found: `${version}, older than the course was tested with`, next: get };
}

export async function kubectl({ system }: Patient): Promise<Finding> {
  const name = 'kubectl';
  if (system !== 'macos') {
    return { name, verdict: 'good', found: "each cluster's own comes out of its node image" };
  }
  const answer = await run('kubectl', ['version', '--client'], { timeoutMs: 10_000 }).catch((error: Error) => error);
  if (!(answer instanceof Error) && answer.code === 0) {
    return { name, verdict: 'good', found: /v\d[\w.+-]*/.exec(answer.stdout)?.[0] ?? 'it runs' };
  }
  const found = answer instanceof Error ? answer.message : answer.stderr.trim();
  return {
    name,
    verdict: 'bad',
    found,
    next: 'brew install kubectl (https://kubernetes.io/docs/tasks/tools/install-kubectl-macos/)',
  };
}

/** Whether the first start will have to fetch something. */
export async function nodeImageThere({ engine }: Patient): Promise<Finding | undefined> {
  if (engine === undefined) return undefined;
  const image = nodeImage();
  const { code } = await run('docker', ['image', 'inspect', '--format', '{{.Id}}', image], { timeoutMs: 10_000 });
  const name = 'node image';
  const short = image.replace(/@sha256:.*/, '');
  if (code === 0) return { name, verdict: 'good', found: `${short} is here` };
  const next = `The first lab fetches it; before a workshop: docker pull ${image}\nIn a room without a registry: docker load it, and name it in HOP_KIND_NODE_IMAGE.`;
  return { name, verdict: 'unsure', found: `${short} is not here yet (about 400 MB)`, next };
}
