// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are scripts, not templates.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Machine } from '../linux/machine.ts';
import type { Namespace } from '../linux/namespace.ts';
import { Collector, textReader } from '../linux/process/streams.ts';
import { eventLoopHost } from '../simulation/host.ts';
import { Simulation } from '../simulation/simulation.ts';
import { programs } from './index.ts';

const SED =
  's/a/b/|s/[/x/|s|p|d|1|$|,|/a/|/[/|{|}|!|;|\n|y/ab/ba/|a x|i\\|c|q 3|n|N|G|h|x|D|b l|:l|t l|=|g|\\(|\\1|&|*|~2|+1|w f|r f|0,/a/'.split(
    '|',
  );
const AWK =
  '{|}|(|)|print|printf|"%d"|"%*s"|$1|$NF|$|NR|NF=2|x|x=1|x[1]|x[y]|in|for|(k in x)|(;;)|while|do|if|else|++|--|+|-|/|/a/|/[/|~|!~|!|==|<|>|>>|"f"||&&|,|;|\n|"s"|1|1e9|getline|getline y|<|substr($0,2)|split($0,x)|gsub(/a/,"b")|length|f(1)|function f(a) {|return|next|exit|delete x|BEGIN|END|?|:|^|%|sprintf("%c",$1)|close("f")'
    .split('|')
    .concat('|', '||', ' | "cat"');
const GREP = 'a|*|[|]|[a-|[[:alpha:]]|(|)|\\(|\\)|{|}|{1,2}|\\{|+|?|^|$|.|\\|\\b|\\<|-'.split('|').concat('|', '\\|');

async function run(argv: readonly string[]) {
  const simulation = new Simulation({ seed: 'fuzz', host: eventLoopHost() });
  const netns = { name: 'box' } as Namespace;
  const machine = new Machine({ name: 'box', clock: simulation, random: simulation.random, programs, netns });
  const stderr = new Collector();
  const stdin = textReader('banana 3\napple 10\n\ncherry 2');
  const child = machine.spawn({ argv, cwd: '/tmp', stdin, stderr, stdout: new Collector() });
  let status: number | undefined;
  void child.exit.then((code) => {
    status = code;
  });
  await simulation.runUntil(() => status !== undefined, 100);
  if (status === undefined) {
    // An endless loop: it has to live with being ended.
    child.kill('INT');
    await simulation.runUntil(() => status !== undefined, 1000);
  }
  machine.shutdown();
  return { status, stderr: stderr.text() };
}

test.each([
  ['sed', SED],
  ['awk', AWK],
  ['grep', GREP],
])('%s: any script ends with a status and no internal error', async (name, pieces) => {
  const script = fc.oneof(
    fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((some) => some.join(' ')),
    fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((some) => some.join('')),
    fc.string({ unit: 'binary', maxLength: 30 }),
  );
  await fc.assert(
    fc.asyncProperty(script, fc.boolean(), async (text, extended) => {
      const { status, stderr } = await run([name, ...(extended && name !== 'awk' ? ['-E'] : []), '--', text]);
      expect(status).toBeTypeOf('number');
      expect(stderr).not.toContain('internal error');
    }),
    { numRuns: 400 },
  );
});
