import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { NetworkNamespace } from '../../../src/linux/namespace.ts';
import { prefix } from '../../../src/linux/network.fixture.ts';
import { Bench } from '../../../src/programs/network.fixture.ts';

/**
 * Two real network namespaces on a cable and the same two simulated: 10.0.0.1 and 10.0.0.2. The real ones are called
 * `hopsockets-NAME-a` and `-b`.
 */

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const RESOLV = 'search default.svc.example.com svc.example.com example.com\nnameserver 10.0.0.2\noptions ndots:5\n';

const run = (program: string, ...words: string[]) => spawnSync(program, words, { encoding: 'utf8' });

/** Why a comparison with these tools is left out; undefined: it is not. */
export function missing(...tools: readonly string[]): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'no root';
  for (const tool of ['ip', 'sysctl', ...tools]) if (run('which', tool).status !== 0) return `no ${tool}`;
  const name = 'hopsockets-probe';
  const made = run('ip', 'netns', 'add', name).status === 0;
  run('ip', 'netns', 'del', name);
  return made ? undefined : 'no network namespaces';
}

/** The real side. */
export class RealPair {
  readonly a: string;
  readonly b: string;
  readonly #children: ChildProcess[] = [];

  constructor(name: string) {
    this.a = `hopsockets-${name}-a`;
    this.b = `hopsockets-${name}-b`;
    this.#clean();
    for (const netns of [this.a, this.b]) {
      run('ip', 'netns', 'add', netns);
      for (const scope of ['all', 'default']) this.run(netns, `sysctl -qw net.ipv6.conf.${scope}.disable_ipv6=1`);
      this.run(netns, 'ip link set lo up');
      mkdirSync(`/etc/netns/${netns}`, { recursive: true });
      writeFileSync(`/etc/netns/${netns}/resolv.conf`, RESOLV);
      writeFileSync(`/etc/netns/${netns}/hosts`, '127.0.0.1\tlocalhost\n10.0.0.77\tbox box.local\n');
    }
    this.run(this.a, `ip link add eth0 type veth peer name eth0 netns ${this.b}`);
    for (const [i, netns] of [this.a, this.b].entries()) {
      this.run(netns, `ip addr add 10.0.0.${i + 1}/24 dev eth0`);
      this.run(netns, 'ip link set eth0 up');
    }
  }

  run(netns: string, line: string | readonly string[], input = ''): Ran {
    const words = typeof line === 'string' ? line.split(' ') : line;
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    const options = { encoding: 'utf8', input, env, timeout: 60_000 } as const;
    const { status, stdout, stderr } = spawnSync('ip', ['netns', 'exec', netns, ...words], options);
    // `ip netns exec` may complain of a cgroup that isn't mounted before it runs anything.
    return { code: status ?? -1, stdout, stderr: stderr.replace(/^Failed to find cgroup2 mount\n/gm, '') };
  }

  /** Starts something that stays; resolves at its first word, or after `wait` says so. */
  async start(netns: string, words: readonly string[], silent = false): Promise<ChildProcess> {
    const child = spawn('ip', ['netns', 'exec', netns, ...words], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#children.push(child);
    if (silent) return child;
    await new Promise<void>((resolve, reject) => {
      child.stdout.once('data', () => resolve());
      child.stderr.once('data', () => resolve());
      child.once('exit', () => reject(new Error(`${words.join(' ')} ended`)));
    });
    return child;
  }

  end(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    this.#clean();
  }

  #clean(): void {
    for (const netns of [this.a, this.b]) {
      run('ip', 'netns', 'del', netns);
      rmSync(`/etc/netns/${netns}`, { recursive: true, force: true });
    }
  }
}

/** The simulated side. */
export class SimulatedPair {
  readonly bench = new Bench();
  readonly a: NetworkNamespace;
  readonly b: NetworkNamespace;

  constructor() {
    const { lab } = this.bench;
    this.a = lab.namespace('a');
    this.b = lab.namespace('b');
    this.a.addVeth({ name: 'eth0' }, { name: 'eth0', namespace: this.b });
    for (const [i, netns] of [this.a, this.b].entries()) {
      netns.setLink('eth0', { up: true });
      netns.addAddress('eth0', prefix(`10.0.0.${i + 1}/24`));
      const { files } = this.bench.machine(netns);
      files.write('/etc/resolv.conf', RESOLV);
      files.write('/etc/hosts', '127.0.0.1\tlocalhost\n10.0.0.77\tbox box.local\n');
    }
  }
}
