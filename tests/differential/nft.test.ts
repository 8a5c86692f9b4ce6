import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { NetworkNamespace } from '../../src/linux/namespace.ts';
import { Bench, type Ran } from '../../src/programs/network.fixture.ts';
import { RealNamespace } from './real-namespace.ts';

/**
 * The same rules, files and commands, right and wrong, given to nft 1.0.6 in a real network namespace and to the
 * simulated one: what they print, their exit statuses and the rule sets afterwards, with handles, are compared byte for
 * byte. And nft is our reader: a rule set as we print it is loaded into a fresh real namespace, which prints it the same.
 */

const namespace = new RealNamespace('hoptest-nft');
const reader = new RealNamespace('hoptest-nft-reader');
const real = (words: readonly string[], input = ''): Ran => namespace.run(['nft', ...words], input);

const possible = (() => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  if (!spawnSync('nft', ['-v'], { encoding: 'utf8' }).stdout?.startsWith('nftables v1.0.6')) return false;
  const usable = namespace.create() && real(['list', 'ruleset']).code === 0;
  namespace.delete();
  return usable;
})();

const read = (name: string) => readFileSync(new URL(`lines/nft/${name}`, import.meta.url), 'utf8');
const lines = (name: string) =>
  read(name)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

interface Step {
  readonly words: readonly string[];
  readonly input: string;
}

/** `$` and nft's words, and behind `>` what it reads; quotes hold words together. */
function steps(name: string): Step[] {
  const all: { words: readonly string[]; input: string }[] = [];
  for (const line of lines(name)) {
    if (line.startsWith('$')) {
      const words = [...line.slice(1).matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
      all.push({ words, input: '' });
    } else {
      const last = all.at(-1);
      if (last !== undefined) last.input += `${line.slice(2)}\n`;
    }
  }
  return all;
}

const TABLE = (family: string, hook: string) => `table ${family} t {
	set s { type ipv4_addr; }
	set d { type ipv4_addr; flags dynamic,timeout; }
	set c { type ipv4_addr . inet_service; }
	set p { type inet_service; }
	map m { type inet_service : ipv4_addr; }
	map vm { type ipv4_addr . inet_proto . inet_service : verdict; }
	chain foo { }
	chain c { ${hook} }
}
`;

/** Of what it prints itself, nft does not read this: a `th dport` behind the ports of another protocol. */
const UNREADABLE = 'tcp dport { 22, 80 } ip protocol udp ip daddr . meta l4proto . th dport vmap @vm';

/** Nor does it print these again as they were: sets that turn out to have one element, matches that say too much. */
const UNSTABLE: ReadonlySet<string> = new Set([
  'ip saddr { 10.0.0.1-10.0.0.6 } accept',
  'tcp dport { 80-100 }',
  'tcp dport { 80 }',
  'ip saddr { 10.0.0.0/8 }',
  'iif { "lo" }',
  'ct state established | related',
  'meta nfproto ipv4 reject',
]);

/** The lines of a text that another has not. */
function missing(text: string, other: string): string[] {
  const there = new Set(other.split('\n'));
  return text.split('\n').filter((line) => !there.has(line));
}

describe.skipIf(!possible)('nft says what nft 1.0.6 says (left out where there is no root or no nft)', () => {
  let bench: Bench;
  let netns: NetworkNamespace;
  const simulated = (words: readonly string[], input = '') => bench.run(netns, ['nft', ...words], 300_000, input);

  /** @returns what differs, in words; empty: nothing. */
  async function difference(words: readonly string[], input = ''): Promise<string> {
    const theirs = said(real(words, input));
    const ours = said(await simulated(words, input));
    if (theirs === ours) return '';
    const only = (text: string, other: string, sign: string) => missing(text, other).map((line) => `${sign} ${line}\n`);
    const lines = [...only(theirs, ours, '-'), ...only(ours, theirs, '+')];
    return `nft ${words.join(' ')} ${input.slice(0, 200)}\n${lines.length === 0 ? 'the order differs\n' : lines.join('')}`;
  }

  /** The handles of tables count over all namespaces of the machine in one, here in each. */
  function said({ code, stdout, stderr }: Ran): string {
    const plain = stdout.replace(/^(table \S+ \S+( \{)?) # handle \d+$/gm, '$1');
    return `${plain}${stderr === '' ? '' : `stderr: ${stderr}`}status ${code}\n`;
  }

  /** The simulated rule set, loaded into fresh namespaces by nft and by ours. @returns what is read back otherwise. */
  async function misread(): Promise<string> {
    const printed = (await simulated(['list', 'ruleset'])).stdout;
    reader.create();
    const loaded = reader.run(['nft', '-f', '-'], printed);
    const theirs = reader.run(['nft', 'list', 'ruleset']).stdout;
    const fresh = bench.lab.namespace('reader');
    const taken = await bench.run(fresh, ['nft', '-f', '-'], 300_000, printed);
    const ours = (await bench.run(fresh, ['nft', 'list', 'ruleset'])).stdout;
    const lost = missing(printed, theirs).filter((line) => !UNSTABLE.has(line.trim()));
    // A set that rules add to has `flags dynamic` from the second time on: so both ends are compared, too.
    if (loaded.code === 0 && said(loaded) === said(taken) && lost.length === 0 && theirs === ours) return '';
    const differing = [...lost, 'nft alone:', ...missing(theirs, ours), 'we alone:', ...missing(ours, theirs)];
    return `read back: nft says\n${said(loaded)}we say\n${said(taken)}lost:\n${differing.join('\n')}`;
  }

  beforeAll(() => {
    namespace.create();
  });
  afterAll(() => {
    namespace.delete();
    reader.delete();
  });
  beforeEach(() => {
    real(['flush', 'ruleset']);
    bench = new Bench();
    netns = bench.lab.namespace('box');
  });

  test.each([
    ['ip', 'rules', 'type filter hook input priority 0;'],
    ['inet', 'rules', 'type filter hook input priority 0;'],
    ['ip', 'prerouting', 'type nat hook prerouting priority dstnat;'],
    ['inet', 'prerouting', 'type nat hook prerouting priority dstnat;'],
    ['ip', 'postrouting', 'type nat hook postrouting priority srcnat;'],
    ['inet', 'postrouting', 'type nat hook postrouting priority srcnat;'],
  ])('rules of a table of family %s: %s', async (family, name, hook) => {
    const found: string[] = [];
    const rules: string[] = [];
    for (const line of lines(`${name}.txt`)) {
      const table = `flush ruleset\n${TABLE(family, hook)}`;
      found.push(await difference(['-f', '-'], table));
      found.push(await difference(['-f', '-'], `add rule ${family} t c ${line}\n`));
      found.push(await difference(['-a', 'list', 'chain', family, 't', 'c']));
      if (line !== UNREADABLE) rules.push(`add rule ${family} t c ${line}\n`);
    }
    // All that are rules, in one chain.
    await simulated(['-f', '-'], `flush ruleset\n${TABLE(family, hook)}`);
    for (const rule of rules) await simulated(['-f', '-'], rule);
    found.push(await misread());
    expect(found.filter((one) => one !== '').join('\n')).toBe('');
  });

  test.each(['kube-proxy.nft', 'sets.nft', 'kindnet.nft', 'workstation.nft'])('the rule set %s', async (name) => {
    const text = read(name);
    const found = [await difference(['-f', '-'], text)];
    for (const list of [
      ['-a', 'list', 'ruleset'],
      ['list', 'ruleset'],
      ['-n', 'list', 'ruleset'],
      ['-s', '-t', '-y', 'list', 'ruleset'],
      ['list', 'chains'],
      ['list', 'sets'],
      ['list', 'maps'],
    ]) {
      found.push(await difference(list));
    }
    found.push(await misread());
    // What is printed is read back as the same by both.
    const printed = (await simulated(['list', 'ruleset'])).stdout;
    for (const end of [real, simulated]) await end(['flush', 'ruleset']);
    found.push(await difference(['-f', '-'], printed), await difference(['-a', 'list', 'ruleset']));
    expect(found.filter((one) => one !== '').join('\n')).toBe('');
  });

  test.each(['commands.txt', 'errors.txt'])('the commands of %s', async (name) => {
    const found: string[] = [];
    for (const { words, input } of steps(name)) found.push(await difference(words, input), await misread());
    expect(found.filter((one) => one !== '').join('\n')).toBe('');
  });
});
