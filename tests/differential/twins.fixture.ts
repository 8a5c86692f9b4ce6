import { spawnSync } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'vitest';
import type { NetworkNamespace } from '../../src/linux/namespace.ts';
import { Bench } from '../../src/programs/network.fixture.ts';

/** The kernel notes a carrier that came or went within a second (net/core/link_watch.c): tries, of 100 ms. */
const PATIENCE = 20;

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function real(line: string): Said {
  const [program = '', ...words] = line.split(' ');
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8' });
  return { code: status ?? -1, stdout, stderr };
}

/** Root, the programs, and leave to make namespaces with a device of a type. */
export function possible(programs: readonly string[], type: string): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  if (programs.some((program) => spawnSync(program, ['-V']).error !== undefined)) return false;
  const name = 'hoptest-try';
  const made = real(`ip netns add ${name}`).code === 0 && real(`ip -n ${name} link add ${type}`).code === 0;
  real(`ip netns del ${name}`);
  return made;
}

/** The same namespaces twice, real and simulated; the real ones are deleted at the end. */
export class Twins {
  readonly bench = new Bench();
  readonly #names: readonly string[];
  readonly #settled: (text: string) => string;
  #host: NetworkNamespace | undefined;

  /** `settled` takes out of an output what can't be compared. Commands without a place run in the first namespace. */
  constructor(names: readonly string[], settled: (text: string) => string) {
    this.#names = names;
    this.#settled = settled;
  }

  async make(): Promise<void> {
    this.clean();
    this.#host = this.bench.lab.namespace('host');
    for (const name of this.#names) {
      real(`ip netns add ${name}`);
      await this.bench.run(this.#host, `ip netns add ${name}`);
      // The machine's own setting, which a namespace begins with, is not the kernel's where Docker runs.
      real(`ip netns exec ${name} sysctl -qw net.ipv4.ip_forward=0`);
      // IPv6 is not modelled: the real namespaces have it switched off.
      for (const scope of ['all', 'default']) {
        real(`ip netns exec ${name} sysctl -qw net.ipv6.conf.${scope}.disable_ipv6=1`);
      }
    }
  }

  clean(): void {
    for (const name of this.#names) real(`ip netns del ${name}`);
  }

  /** `in NAMESPACE ip ...`, or `ip ...` in the first one. */
  async compare(line: string): Promise<void> {
    const [, place, program, rest] = /^(?:in (\S+) )?(\S+) ?(.*)$/.exec(line) ?? [];
    const words = `${program} -n ${place ?? this.#names[0]} ${rest}`.trimEnd();
    const mine = this.#read(await this.bench.run(this.host, words));
    let theirs = this.#read(real(words));
    for (let i = 0; i < PATIENCE && theirs.code === 0 && theirs.stdout !== mine.stdout; i++) {
      await setTimeout(100);
      theirs = this.#read(real(words));
    }
    expect(mine, words).toEqual(theirs);
  }

  /** A command that has no `-n`, run inside the first namespace. */
  async compareRun(line: string): Promise<void> {
    const words = `ip netns exec ${this.#names[0]} ${line}`;
    expect(this.#read(await this.bench.run(this.host, words)), words).toEqual(this.#read(real(words)));
  }

  /** Both ping, and both have to agree whether an answer comes. @returns whether it does */
  async ping(from: string, words: string): Promise<boolean> {
    const line = `ip netns exec ${from} ping -c 1 -W 1 ${words}`;
    const theirs = real(line).code;
    const mine = (await this.bench.run(this.host, line)).code;
    expect(mine, line).toBe(theirs);
    return mine === 0;
  }

  get host(): NetworkNamespace {
    if (this.#host === undefined) throw new Error('not made');
    return this.#host;
  }

  #read({ code, stdout, stderr }: Said): Said {
    return { code, stdout: this.#settled(stdout), stderr };
  }
}
