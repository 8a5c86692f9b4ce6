// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are shell lines, not templates.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Machine } from '../linux/machine.ts';
import type { Namespace } from '../linux/namespace.ts';
import { Collector } from '../linux/process/streams.ts';
import { eventLoopHost } from '../simulation/host.ts';
import { Simulation } from '../simulation/simulation.ts';
import { sh } from './shell.ts';

const PIECES = [
  ...'echo|cat|x=1|$x|${x:-a}|${x#|}|$(|)|`|"|\'|\\|;|&&|\n|;;|(|{|for|in|do|done|if|then|fi|while|case|esac|$((|))|1|+|*|[a|]|<<E|E|<|>|2>&1|/dev/null|!|[[|-f|=~|~|{a,b}|{1..3}|f()|return|exit 3|break|set -e|$@|$?|read y|eval|source|trap|local|shift|[ -n|]|-|[!|[[:alpha:]|${x//|${x%%|#|*|?|/|é|日|\0'.split(
    '|',
  ),
  '|',
  '||',
  '&',
  ' ',
  ' ',
  ' ',
];

async function run(text: string) {
  const simulation = new Simulation({ seed: 'fuzz', host: eventLoopHost() });
  const machine = new Machine({
    name: 'box',
    clock: simulation,
    random: simulation.random,
    programs: { bash: async () => sh },
    netns: { name: 'box' } as Namespace,
  });
  const stderr = new Collector();
  const child = machine.spawn({ argv: ['bash', '-c', text], cwd: '/tmp', stderr, stdout: new Collector() });
  let status: number | undefined;
  void child.exit.then((code) => {
    status = code;
  });
  await simulation.runUntil(() => status !== undefined, 200);
  if (status === undefined) {
    // An endless loop: it has to live with being ended.
    child.kill('INT');
    await simulation.runUntil(() => status !== undefined, 1000);
  }
  machine.shutdown();
  return { status, stderr: stderr.text() };
}

test('any text as a command line ends with a status and no internal error', async () => {
  const texts = fc.oneof(
    fc.array(fc.constantFrom(...PIECES), { maxLength: 25 }).map((pieces) => pieces.join('')),
    fc.array(fc.constantFrom(...PIECES), { maxLength: 25 }).map((pieces) => pieces.join(' ')),
    fc.string({ unit: 'binary', maxLength: 60 }),
  );
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      const { status, stderr } = await run(text);
      expect(status).toBeTypeOf('number');
      expect(stderr).not.toContain('internal error');
    }),
    { numRuns: 300 },
  );
});

test.each([
  ['recursion', 'f() { f; }; f', 'maximum function nesting level exceeded'],
  ['eval in eval', 'x=\'eval "$x"\'; eval "$x"', 'maximum function nesting level exceeded'],
  ['nested parentheses', '( '.repeat(2000) + ') '.repeat(2000), 'nested too deeply'],
  ['nested substitutions', '$('.repeat(2000) + ')'.repeat(2000), 'nested too deeply'],
  ['nested arithmetic', `echo $((${'('.repeat(5000)}1${')'.repeat(5000)}))`, 'recursion level exceeded'],
  ['a self-reference', 'x=x; echo $((x))', 'recursion level exceeded'],
  ['a doubling value', 'x=aaaaaaaa; while :; do x=$x$x; done', 'Cannot allocate memory'],
  ['brace bombs', 'echo {1..1000}{1..1000}{1..1000}', 'Cannot allocate memory'],
  ['a fork bomb', 'b() { b | b; }; b', 'Resource temporarily unavailable'],
  ['endless output', 'x=$(while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done)', ''],
])('%s is bounded', async (_name, text, message) => {
  const { status, stderr } = await run(text);
  expect(status).not.toBe(0);
  expect(stderr).toContain(message);
  expect(stderr).not.toContain('internal error');
});
