import { LinuxError, strerror } from '../../linux/errno.ts';
import { openReader } from '../../linux/process/open.ts';
import type { Process, Reader } from '../../linux/process/process.ts';
import { readAll } from '../../linux/process/streams.ts';

/** A named input: a file, or `-` for the standard input. Throws what opening it throws. */
export function openInput(process: Process, name: string): Reader {
  return name === '-' ? process.stdin : openReader(process, name);
}

/**
 * Runs `use` on each named input (the standard input where none is named). One that can't be read is told as
 * GNU tools do (`cat: x: No such file or directory`), and the others go on.
 * @returns whether all could be read
 */
export async function eachInput(
  process: Process,
  names: readonly string[],
  use: (reader: Reader, name: string) => Promise<void>,
): Promise<boolean> {
  let good = true;
  for (const name of names.length === 0 ? ['-'] : names) {
    try {
      const reader = openInput(process, name);
      await use(reader, name);
    } catch (error) {
      if (!(error instanceof LinuxError) || error.errno === 'EPIPE') throw error;
      good = false;
      await process.stderr.write(`${process.argv[0]?.split('/').at(-1)}: ${name}: ${strerror[error.errno]}\n`);
    }
  }
  return good;
}

/** The text of an input, decoded as UTF-8. */
export async function readText(process: Process, reader: Reader): Promise<string> {
  return new TextDecoder().decode(await readAll(reader, process.signals.ended));
}

/** The lines as they come, without their newline; `complete` is false for a last line that has none. */
export async function* lines(
  process: Process,
  reader: Reader,
): AsyncGenerator<{ readonly text: string; readonly complete: boolean }, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const chunk = await reader.read(process.signals.ended);
    rest += chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    let from = 0;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', from)) {
      yield { text: rest.slice(from, end), complete: true };
      from = end + 1;
    }
    rest = rest.slice(from);
    if (chunk === undefined) break;
  }
  if (rest !== '') yield { text: rest, complete: false };
}

/** Every line of every named input, as `eachInput` takes them. */
export async function allLines(
  process: Process,
  names: readonly string[],
): Promise<{ texts: string[]; good: boolean }> {
  const texts: string[] = [];
  const good = await eachInput(process, names, async (reader) => {
    for await (const { text } of lines(process, reader)) texts.push(text);
  });
  return { texts, good };
}
