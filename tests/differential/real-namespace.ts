import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Ran } from '../../src/programs/network.fixture.ts';

/** A real network namespace for comparing a tool with the simulated one. Its name begins with `hoptest-`. */
export class RealNamespace {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  create(): boolean {
    this.delete();
    return spawnSync('ip', ['netns', 'add', this.#name]).status === 0;
  }

  delete(): void {
    spawnSync('ip', ['netns', 'del', this.#name]);
  }

  run(words: readonly string[], input = ''): Ran {
    const env = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', TZ: 'UTC' };
    const all = ['netns', 'exec', this.#name, ...words];
    const { status, stdout, stderr } = spawnSync('ip', all, { encoding: 'utf8', input, env });
    return { code: status ?? -1, stdout, stderr };
  }
}

/** Can this machine judge: root, the tool in this very version, leave to make namespaces? */
export function canJudge(tool: string, version: string): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  if (spawnSync(tool, ['-V'], { encoding: 'utf8' }).stdout?.startsWith(version) !== true) return false;
  const probe = new RealNamespace(`hoptest-${tool}-probe`);
  const made = probe.create();
  probe.delete();
  return made;
}

/** A line's words: blanks part them, quotes hold them together. */
export function words(line: string): string[] {
  return [...line.matchAll(/(?:[^\s"']|"(?:\\.|[^"\\])*"|'[^']*')+/g)].map(([word]) =>
    word.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'/g, (_, double: string | undefined, single: string | undefined) =>
      double === undefined ? (single ?? '') : double.replace(/\\(["\\])/g, '$1'),
    ),
  );
}

/** `lines/NAME.txt`: a command a line; `#` begins a remark. */
export function lines(name: string): string[] {
  const text = readFileSync(new URL(`lines/${name}.txt`, import.meta.url), 'utf8');
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}
