import { readFile } from 'node:fs/promises';

/**
 * Outputs in lessons are never typed in. A lesson names commands (`<Output lab="pods" run="kubectl get pods" />`);
 * the tests run them in the lesson's order on one cluster of that lab and record what they printed; the build reads
 * the record and fails where it does not fit the lesson.
 */
export interface LessonOutputs {
  /** The lesson's own name: its file without folder and ending. Names the record. */
  readonly lesson: string;
  readonly lab: string;
  readonly commands: readonly string[];
}

/** `tests/recorded/lessons/LESSON.json`. */
export interface LessonRecord {
  readonly lab: string;
  readonly commands: readonly { readonly run: string; readonly output: string }[];
}

export const lessonName = (file: string): string => file.replace(/^.*\//, '').replace(/\.mdx?$/, '');

export const recordPath = (lesson: string): string => `tests/recorded/lessons/${lesson}.json`;

/** All commands that a lesson shows. Throws where its `<Output>` elements can't be run as they stand. */
export function outputsIn(file: string, source: string): LessonOutputs | undefined {
  const found: { lab: string; run: string; line: number }[] = [];
  for (const match of source.matchAll(/<Output\b([^>]*?)\/?>/g)) {
    const line = source.slice(0, match.index).split('\n').length;
    const attribute = (name: string): string => {
      const value = new RegExp(`\\b${name}="([^"]*)"|\\b${name}='([^']*)'`).exec(match[1] ?? '');
      const text = value?.[1] ?? value?.[2];
      if (text === undefined || text === '') {
        throw new Error(`${file}:${line}: <Output> needs ${name}="..." written as plain text`);
      }
      return text;
    };
    found.push({ lab: attribute('lab'), run: attribute('run'), line });
  }
  const [first] = found;
  if (first === undefined) return undefined;
  for (const [index, { lab, run, line }] of found.entries()) {
    if (lab !== first.lab) {
      throw new Error(
        `${file}:${line}: <Output lab="${lab}">, but the lesson began with lab="${first.lab}"; one is all`,
      );
    }
    if (found.findIndex((other) => other.run === run) !== index) {
      throw new Error(`${file}:${line}: <Output run="${run}"> is in this lesson twice; its record is kept by command`);
    }
  }
  return { lesson: lessonName(file), lab: first.lab, commands: found.map(({ run }) => run) };
}

/** What is wrong with a record for its lesson; undefined where it fits. */
export function misfit(outputs: LessonOutputs, record: LessonRecord): string | undefined {
  if (record.lab !== outputs.lab) return `it was recorded on lab "${record.lab}", the lesson says "${outputs.lab}"`;
  const recorded = record.commands.map(({ run }) => run);
  const missing = outputs.commands.find((run) => !recorded.includes(run));
  if (missing !== undefined) return `it has no output of "${missing}"`;
  const extra = recorded.find((run) => !outputs.commands.includes(run));
  if (extra !== undefined) return `it has "${extra}", which the lesson no longer shows`;
  const moved = outputs.commands.findIndex((run, index) => recorded[index] !== run);
  return moved === -1 ? undefined : `its commands ran in another order, from "${outputs.commands[moved]}" on`;
}

/** What a command of a lesson printed. `file` is the lesson's, relative to the project's root. */
export async function outputOf(file: string, run: string): Promise<string> {
  const outputs = outputsIn(file, await readFile(file, 'utf8'));
  const path = recordPath(lessonName(file));
  const text = await readFile(path, 'utf8').catch(() => undefined);
  const mend = 'Record it again: npm run record';
  if (text === undefined) throw new Error(`${file}: ${path} is missing, so its outputs are unknown. ${mend}`);
  const record = JSON.parse(text) as LessonRecord;
  const fault = outputs === undefined ? undefined : misfit(outputs, record);
  if (fault !== undefined) throw new Error(`${path} does not fit ${file}: ${fault}. ${mend}`);
  const found = record.commands.find((command) => command.run === run);
  if (found === undefined) throw new Error(`${path} has no output of "${run}". ${mend}`);
  return found.output.replace(/\n$/, '');
}
