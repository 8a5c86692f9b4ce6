import type { Reader } from '../../linux/process/process.ts';
import { assign } from '../run/assign.ts';
import { type Builtin, badOption, fail, NAME } from './builtin.ts';

/** `read`: one line into variables. */
export const read: Builtin = async (call) => {
  const { shell, argv, io } = call;
  const words = argv.slice(1);
  let raw = false;
  let prompt = '';
  let timeout: number | undefined;
  let count = Number.POSITIVE_INFINITY;
  let delimiter = '\n';
  while (words[0]?.startsWith('-') && words[0] !== '-') {
    const option = words.shift() as string;
    if (option === '--') break;
    const letters = option.slice(1);
    for (let i = 0; i < letters.length; i++) {
      const letter = letters[i] as string;
      if (letter === 'r') raw = true;
      else if (letter === 's') continue;
      else if ('ptnd'.includes(letter)) {
        const value = letters.slice(i + 1) || (words.shift() ?? '');
        if (letter === 'p') prompt = value;
        else if (letter === 't') timeout = Number(value);
        else if (letter === 'd') delimiter = value.slice(0, 1) || '\0';
        else count = Number(value);
        break;
      } else if (letter === 'a') return fail(call, 'arrays are not supported by this shell', 2);
      else
        return badOption(call, `-${letter}`, 'read [-rs] [-d delim] [-n nchars] [-p prompt] [-t timeout] [name ...]');
    }
  }
  if (Number.isNaN(timeout) || Number.isNaN(count)) return fail(call, 'invalid number', 1);
  const bad = words.find((name) => !NAME.test(name));
  if (bad !== undefined) return fail(call, `\`${bad}': not a valid identifier`);
  if (prompt !== '' && io.stdin.tty !== undefined) await io.stderr.write(prompt);
  const line = await readLine(shell.lines, io.stdin, {
    raw,
    count,
    delimiter,
    timeout,
    clock: shell.process.clock,
    signal: shell.signal,
  });
  const names = words.length === 0 ? ['REPLY'] : words;
  const ifs = shell.get('IFS') ?? ' \t\n';
  const values =
    words.length === 0 ? [line.characters.map((c) => c.text).join('')] : splitLine(line.characters, ifs, names.length);
  for (const [i, name] of names.entries()) assign(shell, name, values[i] ?? '');
  if (line.timedOut) return 142;
  return line.ended ? 0 : 1;
};

interface Character {
  readonly text: string;
  /** After a backslash: never a separator. */
  readonly quoted: boolean;
}

/** What a shell has read from an end beyond the line that it wanted; kept for the next `read`. */
export type Leftovers = WeakMap<object, { bytes: Uint8Array }>;

async function readLine(
  leftovers: Leftovers,
  reader: Reader,
  options: {
    raw: boolean;
    count: number;
    delimiter: string;
    timeout: number | undefined;
    clock: { now(): number; after(delay: number, task: () => void): { cancel(): void } };
    signal: AbortSignal;
  },
): Promise<{ readonly characters: readonly Character[]; readonly ended: boolean; readonly timedOut: boolean }> {
  const controller = new AbortController();
  const abort = () => controller.abort(options.signal.reason);
  options.signal.addEventListener('abort', abort, { once: true });
  let timedOut = false;
  const timer =
    options.timeout === undefined
      ? undefined
      : options.clock.after(options.timeout * 1000, () => {
          timedOut = true;
          controller.abort(new Error('timeout'));
        });
  const key = 'end' in reader && typeof reader.end === 'object' && reader.end !== null ? reader.end : reader;
  const rest = leftovers.get(key) ?? { bytes: new Uint8Array(0) };
  leftovers.set(key, rest);
  const decoder = new TextDecoder();
  const characters: Character[] = [];
  let escaped = false;
  try {
    for (;;) {
      if (rest.bytes.length === 0) {
        const chunk = await reader.read(controller.signal);
        if (chunk === undefined) return { characters, ended: false, timedOut };
        rest.bytes = chunk;
      }
      const byte = rest.bytes.subarray(0, 1);
      rest.bytes = rest.bytes.subarray(1);
      for (const c of decoder.decode(byte, { stream: true })) {
        if (escaped) {
          escaped = false;
          if (c !== '\n') characters.push({ text: c, quoted: true });
        } else if (c === '\\' && !options.raw) escaped = true;
        else if (c === options.delimiter) return { characters, ended: true, timedOut };
        else characters.push({ text: c, quoted: false });
        if (characters.length >= options.count) return { characters, ended: true, timedOut };
      }
    }
  } catch (error) {
    if (timedOut) return { characters, ended: false, timedOut };
    throw error;
  } finally {
    timer?.cancel();
    options.signal.removeEventListener('abort', abort);
  }
}

/** Splits a line at IFS into so many values; the last takes the rest as it stands. */
function splitLine(characters: readonly Character[], ifs: string, count: number): string[] {
  const separates = (c: Character | undefined) => c !== undefined && !c.quoted && ifs.includes(c.text);
  const blank = (c: Character | undefined) => separates(c) && ' \t\n'.includes(c?.text ?? '');
  let at = 0;
  let end = characters.length;
  while (blank(characters[at])) at++;
  while (end > at && blank(characters[end - 1])) end--;
  const values: string[] = [];
  while (values.length < count - 1 && at < end) {
    let value = '';
    while (at < end && !separates(characters[at])) value += characters[at++]?.text;
    values.push(value);
    while (at < end && blank(characters[at])) at++;
    if (at < end && separates(characters[at]) && !blank(characters[at])) at++;
    while (at < end && blank(characters[at])) at++;
  }
  let last = characters.slice(at, end);
  // A single separator at the very end belongs to the last value's end.
  const only = last.findIndex((c) => separates(c));
  if (only >= 0 && only === last.length - 1 && !blank(last[only])) last = last.slice(0, only);
  values.push(last.map((c) => c.text).join(''));
  return values;
}
