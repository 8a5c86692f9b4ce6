import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Lab } from '../../network.fixture.ts';
import { iptablesOf } from './iptables.ts';
import { parseCommand } from './parse.ts';
import { Problem, Refusal } from './problem.ts';
import { matches, targets } from './registry.ts';
import { Restore } from './restore.ts';
import { saveTable } from './save.ts';
import { Transaction } from './transaction.ts';

const { stack } = new Lab({ traced: false }).namespace('n');
const place = { stack };

function restore(text: string) {
  const tables = iptablesOf(new Lab({ traced: false }).namespace('n').stack);
  const done = new Restore(tables, { keep: true, counters: true, test: false, verbose: 1 }).run(text);
  return { ...done, saved: tables.list().map(([, table]) => saveTable(table, { counters: true, date: '' })) };
}

/** Words that rules are made of, and some that they are not. */
const word = fc.oneof(
  fc.constantFrom(
    ...'-A -I -D -R -C -N -X -F -Z -P -E -L -S -s -d -p -i -o -j -g -m -f -t -c -n -v -x -w ! -- - INPUT FORWARD'.split(
      ' ',
    ),
    ...'filter nat tcp udp icmp 0 1 -1 80 80:90 10.0.0.0/8 1.2.3.4,5.6.7.8 eth+ ACCEPT DROP RETURN 0x1/0xff NEW'.split(
      ' ',
    ),
    ...[...matches, ...targets].flatMap(({ name, options }) => [
      name,
      ...Object.keys(options).map((one) => `--${one}`),
    ]),
  ),
  fc.string({ maxLength: 8 }),
);

describe('any words', () => {
  test('as a command line are carried out, or refused in words', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        try {
          const command = parseCommand(words, place, 'iptables', () => {});
          if ('answer' in command) return;
          const transaction = new Transaction(iptablesOf(stack));
          expect(transaction.run(command)).toBeTypeOf('string');
          for (const { text } of transaction.commit()) expect(text).toContain('failed');
        } catch (error) {
          expect(error instanceof Problem || error instanceof Refusal, String(error)).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('as a file are restored, or refused with the line', () => {
    const line = fc.oneof(
      fc.constantFrom(
        '*filter',
        '*nat',
        'COMMIT',
        ':INPUT ACCEPT [0:0]',
        ':x - [0:0]',
        '# x',
        '',
        '[1:2] -A INPUT -j x',
      ),
      fc.array(word, { maxLength: 8 }).map((words) => `-A INPUT ${words.join(' ')}`),
      fc.string({ unit: 'binary', maxLength: 20 }),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), (some) => {
        const { status, stderr } = restore(some.join('\n'));
        if (status !== 0) expect(stderr).toMatch(/line:? \d+|-h/);
      }),
      { numRuns: 1000 },
    );
  });
});

test('what is printed reads as it was', () => {
  const rule = fc.array(word, { maxLength: 8 });
  let taken = 0;
  fc.assert(
    fc.property(rule, (words) => {
      const text = words.filter((one) => !/["\\\n]/.test(one) && one !== '').join(' ');
      const first = restore(`*filter\n:x - [0:0]\n[1:2] -A FORWARD ${text} -j x\nCOMMIT\n`);
      if (first.status !== 0) return;
      taken++;
      const again = restore(first.saved.join(''));
      expect({ ...again, stdout: '' }).toMatchObject({ status: 0, stderr: '' });
      expect(again.saved).toEqual(first.saved);
    }),
    { numRuns: 2000 },
  );
  expect(taken).toBeGreaterThan(100);
});

test('every match and target has its line in the reference', () => {
  for (const { name, summary } of [...matches, ...targets]) {
    expect([name, summary.length > 10, /[.]$/.test(summary)]).toEqual([name, true, false]);
  }
});
