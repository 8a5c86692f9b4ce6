import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { NetworkNamespace } from '../../src/linux/namespace.ts';
import { Bench, type Ran } from '../../src/programs/network.fixture.ts';
import { restores } from './lines/restores.ts';
import { canJudge, lines, RealNamespace, words } from './real-namespace.ts';

/**
 * The same command lines, valid and wrong, given to iptables 1.8.9 in a real network namespace and to the simulated one:
 * what they print, their exit statuses and the tables afterwards are compared byte for byte.
 */

const real = new RealNamespace('hoptest-iptables');
const reader = new RealNamespace('hoptest-iptables-reader');
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
    let sets = '';

    const simulated = (argv: readonly string[], input = '') => bench.run(netns, argv, 300_000, input);
    /** @returns what differs, in words; empty: nothing. */
    const difference = async (argv: readonly string[], input = ''): Promise<string> => {
      const mine = said(await simulated(argv, input));
      const theirs = said(real.run(argv, input));
      return mine === theirs ? '' : `$ ${argv.join(' ')}\n${input}--- iptables says\n${theirs}--- simulated\n${mine}`;
    };

    /** Our `iptables-save -c`, loaded into a fresh namespace. @returns what iptables says or saves otherwise. */
    const misread = async (): Promise<string> => {
      const ours = (await simulated(['iptables-save', '-c'])).stdout;
      reader.create();
      if (sets !== '') reader.run(['ipset', 'restore'], sets);
      const loaded = reader.run(['iptables-restore', '-c'], ours);
      const theirs = said(reader.run(['iptables-save', '-c']));
      const wanted = said({ code: 0, stdout: ours, stderr: '' });
      if (loaded.code === 0 && loaded.stderr === '' && theirs === wanted) return '';
      return `--- iptables-restore -c reads\n${wanted}--- and says\n${said(loaded)}--- and iptables-save -c says\n${theirs}`;
    };

    /** The sets that rules ask, made on both sides. */
    const prepare = async () => {
      sets = readFileSync(new URL('lines/iptables/writers/sets.txt', import.meta.url), 'utf8');
      real.run(['ipset', 'destroy']);
      expect(real.run(['ipset', 'restore'], sets)).toMatchObject({ code: 0 });
      expect(await simulated(['ipset', 'restore'], sets)).toMatchObject({ code: 0 });
    };

    beforeAll(() => {
      real.create();
    });
    beforeEach(() => {
      real.run(['nft', 'flush', 'ruleset']);
      sets = '';
      bench = new Bench();
      netns = bench.lab.namespace('host');
    });
    afterAll(() => {
      real.delete();
      reader.delete();
    });

    test.each(['chains', 'addresses', 'commands', 'wrong-options', 'ports-and-limits'])('%s', async (name) => {
      const failed: string[] = [];
      for (const line of lines(`iptables/${name}`)) failed.push(await difference(words(line)), await misread());
      expect(failed.filter(Boolean).join('\n')).toBe('');
    });

    test('rules of every match and target, as -S, -L -n, -L and -v -A print them', async () => {
      await prepare();
      const failed: string[] = [];
      const kept: string[][] = [];
      for (const line of lines('iptables/rules')) {
        const [table = '', chain = '', ...rule] = words(line);
        const start = ['iptables', '-t', table];
        failed.push(await difference([...start, '-v', '-A', chain, ...rule]));
        for (const asked of [['-S'], ['-L', '-n'], ['-L', '-v'], ['-F']])
          failed.push(await difference([...start, ...asked]));
        kept.push([...start, '-A', chain, ...rule]);
      }
      // All that are rules, with counts.
      let packets = 0;
      for (const rule of kept) await simulated([...rule, '-c', String(++packets), String(packets * 100)]);
      failed.push(await misread());
      expect(failed.filter(Boolean).join('\n')).toBe('');
    });

    test('iptables-restore', async () => {
      const failed: string[] = [];
      for (const [options, text] of restores) {
        failed.push(await difference(['iptables-restore', ...words(options)], text));
        failed.push(await difference(['iptables-save', '-c']), await misread());
      }
      expect(failed.filter(Boolean).join('\n')).toBe('');
    });

    test.each(['kube-proxy', 'flannel-kindnet-portmap', 'calico', 'meshes-docker'])(
      'the rules of %s, read back, and our text read by iptables-restore',
      async (writer) => {
        await prepare();
        const text = readFileSync(new URL(`lines/iptables/writers/${writer}.txt`, import.meta.url), 'utf8');
        const asked = [
          ['iptables-save', '-c'],
          ...['filter', 'nat', 'mangle', 'raw'].map((t) => ['iptables', '-t', t, '-nvL']),
        ];
        const failed = [await difference(['iptables-restore', '--noflush'], text)];
        for (const one of asked) failed.push(await difference(one));
        expect(failed.filter(Boolean).join('\n')).toBe('');
        expect(await misread()).toBe('');
      },
    );
  },
);
