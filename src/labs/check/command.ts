import type { CommandCheck } from '../spec/lab.ts';
import { fillIn, fillInAll } from '../spec/text.ts';
import { type ExecResult, TargetError } from '../target.ts';
import type { CheckKindModule } from './outcome.ts';
import { commandAt, placeInWords, placeOf } from './place.ts';

type Wanted = Pick<CommandCheck['command'], 'contains' | 'lacks' | 'matches'>;

/** A shell's status for what it can't execute, and for what isn't there. */
const NOT_RUN: readonly number[] = [126, 127];

/** A command in a container or on a node prints what is expected. */
export const command: CheckKindModule<CommandCheck> = {
  acts: true,

  describe({ command: { in: place, run, ...wanted } }) {
    return `\`${run.trim()}\` on ${placeInWords(place)} prints ${expectation(wanted)}`;
  },

  async evaluate({ command: written }, context) {
    const { variables, target, signal } = context;
    const run = fillIn(written.run, variables);
    const wanted: Wanted = fillInAll(written, variables);
    const expected = expectation(wanted);
    const lookAt = commandAt(fillIn(written.in, variables), run.trim());
    let result: ExecResult;
    try {
      const place = placeOf(written.in, context);
      const options = { timeoutMs: written.timeout * 1000, ...(signal === undefined ? {} : { signal }) };
      result = await target.exec(place, ['sh', '-c', run], options);
    } catch (error) {
      if (!(error instanceof TargetError && (error.code === 'notFound' || error.code === 'timeout'))) throw error;
      return { state: 'failing', expected, found: error.message };
    }
    // What never ran has printed nothing: `lacks` alone would take that for good.
    const holds = !NOT_RUN.includes(result.code) && prints(result.stdout, wanted);
    return { state: holds ? 'passing' : 'failing', expected, found: outputInWords(result), lookAt };
  },

  watches: () => [],
};

/** Whether an output is what is wanted. */
export function prints(output: string, { contains, lacks, matches }: Wanted): boolean {
  return (
    list(contains).every((text) => output.includes(text)) &&
    !list(lacks).some((text) => output.includes(text)) &&
    (matches === undefined || new RegExp(matches, 'm').test(output))
  );
}

function list(words: string | readonly string[] | undefined): readonly string[] {
  return words === undefined ? [] : typeof words === 'string' ? [words] : words;
}

function expectation({ contains, lacks, matches }: Wanted): string {
  return [
    ...list(contains).map((text) => `"${text}"`),
    ...list(lacks).map((text) => `no "${text}"`),
    ...(matches === undefined ? [] : [`what matches /${matches}/`]),
  ].join(' and ');
}

function outputInWords({ code, stdout, stderr }: ExecResult): string {
  const text = (stdout.trim() === '' ? stderr : stdout).trim();
  if (text === '') return `no output (exit status ${code})`;
  return text.length > 400 ? `${text.slice(0, 400)}...` : text;
}
