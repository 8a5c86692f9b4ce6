import { LinuxError, strerror } from '../linux/errno.ts';
import { openInput, readText } from './gnu/input.ts';
import { gnu, Misuse } from './gnu/options.ts';

interface Edit {
  readonly kind: ' ' | '-' | '+';
  readonly line: string;
}
interface Hunk {
  readonly edits: readonly Edit[];
  readonly oldStart: number;
  readonly newStart: number;
}

export const diff = gnu(
  {
    name: 'diff',
    usage: '[OPTION]... FILE1 FILE2',
    does: 'Compare two files line by line.',
    options: [
      { short: 'u', long: 'unified', value: 'optional' },
      { short: 'q', long: 'brief' },
    ],
    misuse: 2,
  },
  async (process, parsed) => {
    const [left, right, extra] = parsed.operands;
    if (left === undefined || right === undefined) throw new Misuse(`missing operand after '${left ?? 'diff'}'`);
    if (extra !== undefined) throw new Misuse(`extra operand '${extra}'`);
    const texts: string[][] = [];
    for (const name of [left, right]) {
      try {
        texts.push((await readText(process, openInput(process, name))).replace(/\n$/, '').split('\n'));
      } catch (error) {
        if (!(error instanceof LinuxError)) throw error;
        await process.stderr.write(`diff: ${name}: ${strerror[error.errno]}\n`);
        return 2;
      }
    }
    const edits = compare(texts[0] ?? [], texts[1] ?? []);
    if (edits.every(({ kind }) => kind === ' ')) return 0;
    if (parsed.has('brief')) await process.stdout.write(`Files ${left} and ${right} differ\n`);
    else if (parsed.has('unified')) {
      const stamp = (name: string) =>
        `${name}\t${new Date(process.clock.wall()).toISOString().replace('T', ' ').replace('Z', '000000 +0000')}`;
      await process.stdout.write(
        `--- ${stamp(left)}\n+++ ${stamp(right)}\n${hunks(edits, Number(parsed.value('unified') || 3))
          .map(unified)
          .join('')}`,
      );
    } else await process.stdout.write(hunks(edits, 0).map(normal).join(''));
    return 1;
  },
);

/** The longest common subsequence, by dynamic programming: files here are short. */
function compare(a: readonly string[], b: readonly string[]): readonly Edit[] {
  if (a.length * b.length > 25_000_000)
    throw new Misuse('these files are too long for the diff of this course', { hint: false });
  const width = b.length + 1;
  const best = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => best[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      best[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const edits: Edit[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      edits.push({ kind: ' ', line: a[i] as string });
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1)))
      edits.push({ kind: '-', line: a[i++] as string });
    else edits.push({ kind: '+', line: b[j++] as string });
  }
  return edits;
}

/** Runs of changes with `context` lines around them; runs whose context meets are one. */
function hunks(edits: readonly Edit[], context: number): readonly Hunk[] {
  const changed = edits.flatMap(({ kind }, i) => (kind === ' ' ? [] : [i]));
  const ranges: [number, number][] = [];
  for (const i of changed) {
    const last = ranges.at(-1);
    if (last !== undefined && i - context <= last[1] + context) last[1] = i + 1;
    else ranges.push([i, i + 1]);
  }
  return ranges.map(([from, to]) => {
    const start = Math.max(0, from - context);
    const before = edits.slice(0, start);
    return {
      edits: edits.slice(start, to + context),
      oldStart: before.filter(({ kind }) => kind !== '+').length + 1,
      newStart: before.filter(({ kind }) => kind !== '-').length + 1,
    };
  });
}

function unified({ edits, oldStart, newStart }: Hunk): string {
  const range = (start: number, count: number) =>
    count === 1 ? String(start) : `${count === 0 ? start - 1 : start},${count}`;
  const count = (other: Edit['kind']) => edits.filter(({ kind }) => kind !== other).length;
  const body = edits.map(({ kind, line }) => `${kind}${line}\n`).join('');
  return `@@ -${range(oldStart, count('+'))} +${range(newStart, count('-'))} @@\n${body}`;
}

function normal({ edits, oldStart, newStart }: Hunk): string {
  const [gone, come] = [edits.filter(({ kind }) => kind === '-'), edits.filter(({ kind }) => kind === '+')];
  const range = (start: number, count: number) =>
    count === 0 ? String(start - 1) : count === 1 ? String(start) : `${start},${start + count - 1}`;
  const letter = gone.length === 0 ? 'a' : come.length === 0 ? 'd' : 'c';
  const head = `${range(oldStart, gone.length)}${letter}${range(newStart, come.length)}\n`;
  const side = (list: readonly Edit[], mark: string) => list.map(({ line }) => `${mark} ${line}\n`).join('');
  return `${head}${side(gone, '<')}${letter === 'c' ? '---\n' : ''}${side(come, '>')}`;
}
