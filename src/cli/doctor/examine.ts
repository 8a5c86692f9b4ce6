import { release } from 'node:os';
import { dockerEngine } from '../../labs/targets/kind/docker.ts';
import { courseFolder } from '../../labs/targets/kind/folder.ts';
import { type Finding, systemOf } from './finding.ts';
import { kernel } from './kernel.ts';
import { cgroups, disk, inotify, memory, port, shell, terminal } from './machine.ts';
import type { Patient } from './patient.ts';
import { docker, kind, kubectl, nodeImageThere } from './programs.ts';

/** Tries one thing after the other, and calls back with each finding as it is there. */
export async function examine(env: NodeJS.ProcessEnv, found: (finding: Finding) => void): Promise<readonly Finding[]> {
  const system = systemOf(process.platform, release());
  const findings: Finding[] = [];
  const tell = (finding: Finding | undefined): void => {
    if (finding === undefined) return;
    findings.push(finding);
    found(finding);
  };
  if (system === 'windows') {
    tell({
      name: 'system',
      verdict: 'bad',
      found: 'Windows itself, not WSL2',
      next: 'Labs on kind run in WSL2: in PowerShell, `wsl --install`; then install Node and the course inside Ubuntu.\nhttps://learn.microsoft.com/windows/wsl/install',
    });
    return findings;
  }
  const engine = await dockerEngine().catch((error: Error) => error);
  tell(docker(engine, system));
  const patient: Patient = {
    env,
    system,
    dataFolder: courseFolder(env).root,
    ...(engine instanceof Error ? {} : { engine }),
  };
  for (const check of [kind, kubectl, nodeImageThere, memory, disk, cgroups, inotify, kernel, port, shell, terminal]) {
    tell(await check(patient));
  }
  return findings;
}
