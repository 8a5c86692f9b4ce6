import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NetworkNamespace } from '../../src/linux/namespace.ts';
import { Bench, type Ran } from '../../src/programs/network.fixture.ts';
import { canJudge, lines, RealNamespace, words } from './real-namespace.ts';

/** The same command lines given to ipset 7.17 and to the simulated one. */

const real = new RealNamespace('hoptest-ipset');

/**
 * In one text; members of a hash come in the order of their hashes, whose seed (initval) is drawn, and seconds that are
 * left depend on when they are looked at.
 */
function said({ code, stdout, stderr }: Ran): string {
  const text = stdout
    .replace(/initval 0x[0-9a-f]+/g, 'initval N')
    .replace(/(Header.*|create.*)?\btimeout \d+/g, (all, head) => (head === undefined ? 'timeout N' : all));
  const sets = text.split(/(?=^Name: |^create )/m).map((set) => {
    if (!/hash:|bitmap:/.test(set)) return set;
    const all = set.split('\n');
    const first = Math.max(all.indexOf('Members:'), 0) + 1;
    const empty = all.length - all.findLastIndex((line) => line !== '') - 1;
    const members = all.slice(first, all.length - empty).sort();
    return [...all.slice(0, first), ...members, ...all.slice(all.length - empty)].join('\n');
  });
  return `${sets.join('')}${stderr === '' ? '' : `stderr: ${stderr}`}exit status ${code}\n`;
}

const possible = canJudge('ipset', 'ipset v7.17') && real.create() && real.run(['ipset', 'list']).code === 0;
real.delete();

describe.skipIf(!possible)('ipset says what ipset 7.17 says (left out where there is no root, ipset or ip_set)', () => {
  let bench: Bench;
  let netns: NetworkNamespace;

  beforeAll(() => {
    real.create();
    bench = new Bench();
    netns = bench.lab.namespace('host');
  });
  afterAll(() => real.delete());

  const difference = async (argv: readonly string[], input = ''): Promise<string> => {
    const mine = said(await bench.run(netns, argv, 300_000, input));
    const theirs = said(real.run(argv, input));
    return mine === theirs ? '' : `$ ${argv.join(' ')}\n${input}--- ipset says\n${theirs}--- simulated\n${mine}`;
  };

  test('commands', async () => {
    const failed: string[] = [];
    for (const line of lines('ipset/commands')) failed.push(await difference(words(line)));
    expect(failed.filter(Boolean).join('\n')).toBe('');
  });

  test.each([
    ['', 'create x hash:ip\nadd x 1.2.3.4\nadd x 1.2.3.5\n'],
    ['', 'create x hash:ip\n'],
    ['-exist', 'create x hash:ip\nadd x 1.2.3.4\n# c\n\nCOMMIT\n'],
    ['', 'add x 1.2.3.4\n'],
    ['', 'foo\n'],
    ['', 'create y hash:net comment\nadd y 1.0.0.0/8 comment "a b"\n'],
    ['', 'list x\n'],
    ['', 'add x\n'],
    ['-!', 'add x 1.2.3.4\ndel x 9.9.9.9\ncreate y hash:net comment\ndestroy nosuch\n'],
    ['', 'destroy y\nflush x\n'],
    ['', '-A x 7.7.7.7\n'],
    ['', 'add x 8.8.8.8 foo\n'],
    ['x', ''],
    ['-f /nosuch', ''],
    ['', 'create t hash:ip\ndestroy x\nrename t x\n'],
    ['', 'add x 1.1.1.1\nadd x 1.1.1.1\n'],
    ['', 'swap x y\n'],
    ['', 'create w hash:foo\n'],
    ['', ' add x 3.3.3.3\n'],
  ])('restore %s %j', async (options, input) => {
    expect(await difference(['ipset', 'restore', ...words(options)], input)).toBe('');
    expect(await difference(['ipset', 'save'])).toBe('');
  });
});
