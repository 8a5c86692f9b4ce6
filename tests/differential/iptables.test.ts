import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { NetworkNamespace } from '../../src/linux/namespace.ts';
import { Bench, type Ran } from '../../src/programs/network.fixture.ts';

/**
 * The same command lines, valid and wrong, given to iptables 1.8.9 in a real network namespace and to the simulated one:
 * what they print, their exit statuses and the tables afterwards are compared byte for byte.
 */

const NETNS = 'hoptest-iptables';

function real(words: readonly string[], input = ''): Ran {
  const all = ['netns', 'exec', NETNS, ...words];
  const env = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' };
  const { status, stdout, stderr } = spawnSync('ip', all, { encoding: 'utf8', input, env });
  return { code: status ?? -1, stdout, stderr };
}

const possible = (() => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  if (!spawnSync('iptables', ['-V'], { encoding: 'utf8' }).stdout?.startsWith('iptables v1.8.9 (nf_tables)'))
    return false;
  spawnSync('ip', ['netns', 'del', NETNS]);
  const made = spawnSync('ip', ['netns', 'add', NETNS]).status === 0;
  spawnSync('ip', ['netns', 'del', NETNS]);
  return made;
})();

/** A line's words: blanks part them, quotes hold them together. */
function words(line: string): string[] {
  return [...line.matchAll(/(?:[^\s"']|"(?:\\.|[^"\\])*"|'[^']*')+/g)].map(([word]) =>
    word.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'/g, (_, double: string | undefined, single: string | undefined) =>
      double === undefined ? (single ?? '') : double.replace(/\\(["\\])/g, '$1'),
    ),
  );
}

/** Each list of `lines/iptables/NAME.txt`, one command a line; `#` begins a remark. */
function lines(name: string): string[] {
  const text = readFileSync(new URL(`lines/iptables/${name}.txt`, import.meta.url), 'utf8');
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

/** In one text, without dates. */
function said({ code, stdout, stderr }: Ran): string {
  const undated = stdout.replace(/^(# (Generated|Completed) .*? on ).*$/gm, '$1DATE');
  return `${undated}${stderr === '' ? '' : `stderr: ${stderr}`}exit status ${code}\n`;
}

describe.skipIf(!possible)(
  'iptables says what iptables 1.8.9 says (left out where there is no root or no iptables)',
  () => {
    let bench: Bench;
    let netns: NetworkNamespace;

    const simulated = (argv: readonly string[], input = '') => bench.run(netns, argv, 300_000, input);
    /** @returns what differs, in words; empty: nothing. */
    const difference = async (argv: readonly string[], input = ''): Promise<string> => {
      const mine = said(await simulated(argv, input));
      const theirs = said(real(argv, input));
      return mine === theirs ? '' : `$ ${argv.join(' ')}\n${input}--- iptables says\n${theirs}--- simulated\n${mine}`;
    };

    beforeAll(() => {
      spawnSync('ip', ['netns', 'add', NETNS]);
    });
    beforeEach(() => {
      real(['nft', 'flush', 'ruleset']);
      bench = new Bench();
      netns = bench.lab.namespace('host');
    });
    afterAll(() => {
      spawnSync('ip', ['netns', 'del', NETNS]);
    });

    test.each(['chains', 'addresses', 'commands', 'wrong-options', 'ports-and-limits'])('%s', async (name) => {
      const failed: string[] = [];
      for (const line of lines(name)) failed.push(await difference(words(line)));
      expect(failed.filter(Boolean).join('\n')).toBe('');
    });
  },
);
