import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { NetworkNamespace } from '../../src/linux/namespace.ts';
import { Bench, type Ran } from '../../src/programs/network.fixture.ts';
import { canJudge, lines, RealNamespace, words } from './real-namespace.ts';

/**
 * On Debian 12 both rule languages stand on nf_tables, so each tool sees what the other has made. The same rules are given
 * to iptables and nft in a real network namespace and in the simulated one, and what each says of the other's is compared.
 */

const real = new RealNamespace('hoptest-iptables-nft');
const possible = canJudge('iptables', 'iptables v1.8.9 (nf_tables)') && canJudge('nft', 'nftables v1.0.6');

/** Without dates, and without the handles of tables, which count over all namespaces of a machine. */
function said({ code, stdout, stderr }: Ran): string {
  const plain = stdout
    .replace(/^(# (Generated|Completed|Translated) .*?\bon ).*$/gm, '$1DATE')
    .replace(/^(table \S+ \S+( \{)?) # handle \d+$/gm, '$1');
  return `${plain}${stderr === '' ? '' : `stderr: ${stderr}`}exit status ${code}\n`;
}

const LISTS = [
  ['nft', '-a', 'list', 'ruleset'],
  ['nft', 'list', 'tables'],
  ['nft', 'list', 'chains'],
  ['nft', '-s', 'list', 'ruleset'],
  ['nft', '-nn', 'list', 'ruleset'],
  ['nft', '-S', '-p', '-y', 'list', 'table', 'ip', 'nat'],
  ['nft', 'list', 'chain', 'ip', 'filter', 'FORWARD'],
  ['nft', 'list', 'chain', 'ip', 'filter', 'INPUT'],
  ['nft', 'list', 'sets'],
  ['nft', 'list', 'ruleset', 'inet'],
];

/** Files of iptables-save, right and wrong. */
const UNTRANSLATED = [
  '*filter\n:INPUT ACCEPT [0:0]\n:OUTPUT - [0:0]\n-N FOO\n-A INPUT -j ACCEPT\nCOMMIT\n*nat\n:POSTROUTING ACCEPT\nCOMMIT\n',
  '*mangle\n:OUTPUT DROP [1:2]\nCOMMIT\n*security\n:INPUT ACCEPT [1:2]\nCOMMIT\n*raw\n:OUTPUT ACCEPT\nCOMMIT\n',
  '# hi\n*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -m recent --set -j FOO\n[5:6] -I FOO -j DNAT --to 1.1.1.1\nCOMMIT\n# bye\n',
  '*raw\n-F OUTPUT\n-X foo\n-D OUTPUT -j DROP\nCOMMIT\n',
  '*filter\n-A INPUT --foo\nCOMMIT\n',
  '*foo\n-A INPUT \nCOMMIT\n',
  'bla\n',
  '*nat\n:FOO\nCOMMIT',
  '*nat\n:FOO - \n',
  '*nat\n:OUTPUT BLA [0:0]\n',
  '',
];

describe.skipIf(!possible)('iptables and nft see one another (left out without root, iptables or nft)', () => {
  let bench: Bench;
  let netns: NetworkNamespace;

  const simulated = (argv: readonly string[], input = '') => bench.run(netns, argv, 300_000, input);
  /** @returns what differs, in words; empty: nothing. */
  const difference = async (argv: readonly string[], input = ''): Promise<string> => {
    const mine = said(await simulated(argv, input));
    const theirs = said(real.run(argv, input));
    if (mine === theirs) return '';
    const there = new Set(mine.split('\n'));
    const here = new Set(theirs.split('\n'));
    const lost = [...here].filter((line) => !there.has(line)).map((line) => `- ${line}`);
    const more = [...there].filter((line) => !here.has(line)).map((line) => `+ ${line}`);
    return [`$ ${argv.join(' ')}`, ...(lost.length + more.length === 0 ? ['the order'] : lost), ...more].join('\n');
  };
  const both = async (argv: readonly string[], input = '') => {
    real.run(argv, input);
    await simulated(argv, input);
  };
  const read = (name: string) => readFileSync(new URL(`lines/${name}`, import.meta.url), 'utf8');

  /** The sets that rules ask, made on both sides. */
  const prepare = async () => {
    const sets = read('iptables/writers/sets.txt');
    real.run(['ipset', 'destroy']);
    await both(['ipset', 'restore'], sets);
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

  test.each(['iptables/rules', 'iptables-nft/rules'])('each rule of %s, as nft lists it', async (file) => {
    await prepare();
    const failed: string[] = [];
    for (const line of lines(file)) {
      const [table = '', chain = '', ...rule] = words(line);
      await both(['iptables', '-t', table, '-A', chain, ...rule]);
      const found = await difference(['nft', 'list', 'ruleset']);
      if (found !== '') failed.push(`${line}\n${found}`);
      await both(['nft', 'flush', 'ruleset']);
    }
    expect(failed.join('\n')).toBe('');
  });

  test.each(['kube-proxy', 'flannel-kindnet-portmap', 'calico', 'meshes-docker'])(
    'the rules of %s, as nft lists them in every way',
    async (writer) => {
      await prepare();
      await both(['iptables-restore', '--noflush', '--counters'], read(`iptables/writers/${writer}.txt`));
      const failed: string[] = [];
      for (const list of LISTS) failed.push(await difference(list));
      expect(failed.filter(Boolean).join('\n')).toBe('');
    },
  );

  test.each(['chains', 'addresses', 'commands', 'ports-and-limits'])(
    'the commands of iptables/%s, with the numbers that nf_tables gives',
    async (file) => {
      const failed: string[] = [];
      let before = '';
      for (const line of lines(`iptables/${file}`)) {
        await both(words(line));
        const found = await difference(['nft', '-a', 'list', 'ruleset']);
        // What has differed already is not said again.
        if (found !== before && found !== '') failed.push(`${line}\n${found}`);
        before = found;
      }
      expect(failed.join('\n')).toBe('');
    },
  );

  test('commands of both in turn', async () => {
    const failed: string[] = [];
    for (const line of lines('iptables-nft/both')) failed.push(await difference(words(line)));
    expect(failed.filter(Boolean).join('\n')).toBe('');
  });

  test('iptables-translate', async () => {
    await prepare();
    const failed: string[] = [];
    for (const file of ['iptables/rules', 'iptables-nft/rules']) {
      for (const line of lines(file)) {
        const [table = '', chain = '', ...rule] = words(line);
        failed.push(await difference(['iptables-translate', '-t', table, '-A', chain, ...rule]));
      }
    }
    for (const line of lines('iptables-nft/translate')) failed.push(await difference(words(line)));
    expect(failed.filter(Boolean).join('\n')).toBe('');
  });

  test('iptables-restore-translate', async () => {
    await prepare();
    const failed: string[] = [];
    const file = `${mkdtempSync(`${tmpdir()}/hoptest-`)}/rules`;
    const machine = bench.machine(netns);
    machine.files.mkdir(dirname(file), { parents: true });
    const writers = ['kube-proxy', 'flannel-kindnet-portmap', 'calico', 'meshes-docker'];
    for (const text of [...writers.map((writer) => read(`iptables/writers/${writer}.txt`)), ...UNTRANSLATED]) {
      writeFileSync(file, text);
      machine.files.write(file, text);
      const found = await difference(['iptables-restore-translate', '-f', file]);
      if (found !== '') failed.push(`${text.slice(0, 200)}\n${found}`);
    }
    rmSync(dirname(file), { recursive: true });
    for (const words of [['-h'], ['-V'], [], ['-f', '/none'], ['-x']]) {
      failed.push(await difference(['iptables-restore-translate', ...words]));
    }
    expect(failed.filter(Boolean).join('\n')).toBe('');
  });
});
