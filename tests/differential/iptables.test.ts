import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { NetworkNamespace } from '../../src/linux/namespace.ts';
import { Bench, type Ran } from '../../src/programs/network.fixture.ts';
import { canJudge, lines, RealNamespace, words } from './real-namespace.ts';

/**
 * The same command lines, valid and wrong, given to iptables 1.8.9 in a real network namespace and to the simulated one:
 * what they print, their exit statuses and the tables afterwards are compared byte for byte.
 */

const real = new RealNamespace('hoptest-iptables');
const possible = canJudge('iptables', 'iptables v1.8.9 (nf_tables)');

/** In one text, without dates. */
function said({ code, stdout, stderr }: Ran): string {
  const undated = stdout.replace(/^(# (Generated|Completed) .*?\bon ).*$/gm, '$1DATE');
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
      const theirs = said(real.run(argv, input));
      return mine === theirs ? '' : `$ ${argv.join(' ')}\n${input}--- iptables says\n${theirs}--- simulated\n${mine}`;
    };

    beforeAll(() => {
      real.create();
    });
    beforeEach(() => {
      real.run(['nft', 'flush', 'ruleset']);
      bench = new Bench();
      netns = bench.lab.namespace('host');
    });
    afterAll(() => {
      real.delete();
    });

    test.each(['chains', 'addresses', 'commands', 'wrong-options', 'ports-and-limits'])('%s', async (name) => {
      const failed: string[] = [];
      for (const line of lines(`iptables/${name}`)) failed.push(await difference(words(line)));
      expect(failed.filter(Boolean).join('\n')).toBe('');
    });
  },
);
