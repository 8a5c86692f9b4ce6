import { spawn } from 'node:child_process';
import { clusterSpec } from '../labs/spec/cluster.ts';
import { courseClusters } from '../labs/targets/kind/cluster.ts';
import { courseFolder } from '../labs/targets/kind/folder.ts';
import type { Context } from './context.ts';
import { EXIT, Failure } from './failure.ts';
import { findLab } from './labs.ts';

/** bash where there is one. */
export const A_SHELL = ['sh', '-c', 'if command -v bash >/dev/null; then exec bash; else exec sh; fi'] as const;

/** Which of the course's clusters is meant: the lab's, this terminal's, or the only one that runs. */
export async function meantCluster({ env, install, cwd }: Context, lab: string | undefined): Promise<string> {
  if (lab !== undefined) return clusterSpec(findLab(install.labs, lab, cwd)).name;
  if (env.HOP_CLUSTER) return env.HOP_CLUSTER;
  const running = (await courseClusters(courseFolder(env))).filter(({ state }) => state === 'running');
  const [only, second] = running;
  if (only === undefined) {
    throw new Failure('No cluster of the course runs.', 'Start a lab: npx hop-by-hop lab start pods', EXIT.missing);
  }
  if (second !== undefined) {
    const names = running.map(({ name }) => name).join(', ');
    throw new Failure(`Several clusters run: ${names}.`, 'Say which lab is meant: --lab ID', EXIT.usage);
  }
  return only.name;
}

/** Hands this terminal to docker until the command ends; its exit status is ours. */
export async function docker(argv: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    // Ctrl-C reaches the command inside through its own terminal.
    const ignore = (): void => {};
    process.on('SIGINT', ignore);
    const child = spawn('docker', [...argv], { stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (code) => {
      process.off('SIGINT', ignore);
      resolve(code ?? EXIT.interrupted);
    });
  });
}

/** docker's flags: a terminal inside only where there is one outside. */
export function interactive(): readonly string[] {
  return process.stdin.isTTY && process.stdout.isTTY ? ['--interactive', '--tty'] : ['--interactive'];
}
