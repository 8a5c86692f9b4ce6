import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Outcome, Plan } from './plan.ts';

/** Carries out plans by the kernel of this machine: namespaces.py does it, in namespaces of its own. */
export class RealNetworks {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  constructor() {
    this.#child = spawn(python(), [fileURLToPath(new URL('namespaces.py', import.meta.url))], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** `quiet`: milliseconds without a packet after which a probe has had all its effects. */
  async carryOut(plan: Plan, quiet = 2): Promise<Outcome> {
    this.#child.stdin.write(`${JSON.stringify({ ...plan, quiet })}\n`);
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error('namespaces.py has ended');
    const outcome = JSON.parse(value) as Outcome & { readonly failed?: string };
    if (outcome.failed !== undefined) throw new Error(`namespaces.py: ${outcome.failed} (plan ${plan.seed})`);
    return outcome;
  }

  close(): void {
    this.#child.stdin.end();
  }
}

/** Debian's own where it is there: a version manager's shim takes long to start. */
function python(): string {
  return existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
}

const TOOLS: readonly (readonly [program: string, ...version: string[]])[] = [
  ['uname', '-r'],
  ['ip', '-V'],
  ['iptables', '--version'],
  ['nft', '--version'],
  ['ipset', '--version'],
  ['conntrack', '--version'],
];

/** Why this machine can't judge; undefined: it can. */
export async function kernelLeftOut(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'it needs Linux';
  if (process.getuid?.() !== 0) return 'making network namespaces needs root';
  if (spawnSync(python(), ['--version']).error !== undefined) return 'python3 is not on PATH';
  const missing = TOOLS.filter(([program, ...version]) => spawnSync(program, version).error !== undefined);
  if (missing.length > 0) return `not on PATH: ${missing.map(([program]) => program).join(', ')}`;
  const networks = new RealNetworks();
  try {
    await networks.carryOut({ seed: '', namespaces: ['hopk-a'], steps: [], listeners: [], probes: [], questions: [] });
    return undefined;
  } catch (error) {
    return `namespaces can't be made here: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    networks.close();
  }
}

/** The judges' names: kernel and tools. */
export function judges(): string {
  return TOOLS.map(([program, ...version]) => {
    const { stdout } = spawnSync(program, version, { encoding: 'utf8' });
    const text = stdout.split('\n')[0] ?? '';
    return program === 'uname' ? `Linux ${text}` : text;
  }).join(', ');
}
