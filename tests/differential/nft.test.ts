import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { NetworkNamespace } from '../../src/linux/namespace.ts';
import { Bench, type Ran } from '../../src/programs/network.fixture.ts';

/**
 * The same rules, files and commands, right and wrong, given to nft 1.0.6 in a real network namespace and to the
 * simulated one: what they print, their exit statuses and the rule sets afterwards, with handles, are compared byte for
 * byte.
 */

const NETNS = 'hoptest-nft';

function real(words: readonly string[], input = ''): Ran {
  const all = ['netns', 'exec', NETNS, 'nft', ...words];
  const env = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', TZ: 'UTC' };
  const { status, stdout, stderr } = spawnSync('ip', all, { encoding: 'utf8', input, env });
  return { code: status ?? -1, stdout, stderr };
}

const possible = (() => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  if (!spawnSync('nft', ['-v'], { encoding: 'utf8' }).stdout?.startsWith('nftables v1.0.6')) return false;
  spawnSync('ip', ['netns', 'del', NETNS]);
  const made = spawnSync('ip', ['netns', 'add', NETNS]).status === 0;
  const usable = made && real(['list', 'ruleset']).code === 0;
  spawnSync('ip', ['netns', 'del', NETNS]);
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

describe.skipIf(!possible)('nft says what nft 1.0.6 says (left out where there is no root or no nft)', () => {
  let bench: Bench;
  let netns: NetworkNamespace;
  const simulated = (words: readonly string[], input = '') => bench.run(netns, ['nft', ...words], 300_000, input);

  /** @returns what differs, in words; empty: nothing. */
  async function difference(words: readonly string[], input = ''): Promise<string> {
    const theirs = said(real(words, input));
    const ours = said(await simulated(words, input));
    if (theirs === ours) return '';
    const only = (text: string, other: string, sign: string) => {
      const lines = new Set(other.split('\n'));
      return text
        .split('\n')
        .filter((line) => !lines.has(line))
        .map((line) => `${sign} ${line}\n`);
    };
    const lines = [...only(theirs, ours, '-'), ...only(ours, theirs, '+')];
    return `nft ${words.join(' ')} ${input.slice(0, 200)}\n${lines.length === 0 ? 'the order differs\n' : lines.join('')}`;
  }

  /** The handles of tables count over all namespaces of the machine in one, here in each. */
  function said({ code, stdout, stderr }: Ran): string {
    const plain = stdout.replace(/^(table \S+ \S+( \{)?) # handle \d+$/gm, '$1');
    return `${plain}${stderr === '' ? '' : `stderr: ${stderr}`}status ${code}\n`;
  }

  beforeAll(() => {
    spawnSync('ip', ['netns', 'del', NETNS]);
    spawnSync('ip', ['netns', 'add', NETNS]);
  });
  afterAll(() => {
    spawnSync('ip', ['netns', 'del', NETNS]);
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
    for (const line of lines(`${name}.txt`)) {
      const table = `flush ruleset\n${TABLE(family, hook)}`;
      found.push(await difference(['-f', '-'], table));
      found.push(await difference(['-f', '-'], `add rule ${family} t c ${line}\n`));
      found.push(await difference(['-a', 'list', 'chain', family, 't', 'c']));
    }
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
    // What is printed is read back as the same.
    const printed = (await simulated(['list', 'ruleset'])).stdout;
    for (const end of [real, simulated]) await end(['flush', 'ruleset']);
    found.push(await difference(['-f', '-'], printed), await difference(['-a', 'list', 'ruleset']));
    expect(found.filter((one) => one !== '').join('\n')).toBe('');
  });

  test.each(['commands.txt', 'errors.txt'])('the commands of %s', async (name) => {
    const found: string[] = [];
    for (const { words, input } of steps(name)) found.push(await difference(words, input));
    expect(found.filter((one) => one !== '').join('\n')).toBe('');
  });
});
