import type { Process } from '../linux/process/process.ts';
import { eachInput, lines, openInput, readText } from './gnu/input.ts';
import { gnu, Misuse, type Parsed } from './gnu/options.ts';
import { filesBelow } from './gnu/walk.ts';
import { posixRegex } from './regex/posix.ts';

export const grep = gnu(
  {
    name: 'grep',
    usage: '[OPTION]... PATTERNS [FILE]...',
    does: 'Search for PATTERNS in each FILE. Exit status is 0 if any line is selected, 1 otherwise, 2 on error.',
    options: [
      { short: 'i', long: 'ignore-case' },
      { short: 'v', long: 'invert-match' },
      { short: 'n', long: 'line-number' },
      { short: 'c', long: 'count' },
      { short: 'o', long: 'only-matching' },
      { short: 'E', long: 'extended-regexp' },
      { short: 'F', long: 'fixed-strings' },
      { short: 'G', long: 'basic-regexp' },
      { short: 'w', long: 'word-regexp' },
      { short: 'x', long: 'line-regexp' },
      { short: 'q', long: 'quiet' },
      { short: 's', long: 'no-messages' },
      { short: 'r', long: 'recursive' },
      { short: 'R' },
      { short: 'l', long: 'files-with-matches' },
      { short: 'L', long: 'files-without-match' },
      { short: 'h', long: 'no-filename' },
      { short: 'H', long: 'with-filename' },
      { short: 'A', long: 'after-context', value: 'required' },
      { short: 'B', long: 'before-context', value: 'required' },
      { short: 'C', long: 'context', value: 'required' },
      { short: 'm', long: 'max-count', value: 'required' },
      { short: 'e', long: 'regexp', value: 'required' },
      { short: 'f', long: 'file', value: 'required' },
      { long: 'color', value: 'optional' },
      { long: 'line-buffered' },
    ],
    misuse: 2,
    historic: (argument) => (/^-\d+$/.test(argument) ? ['-C', argument.slice(1)] : [argument]),
  },
  async (process, parsed) => {
    const { test, files } = await patternsOf(process, parsed);
    const recursive = parsed.has('recursive') || parsed.has('R');
    const names = recursive ? filesBelow(process, files.length === 0 ? ['.'] : files) : files;
    const named = !parsed.has('no-filename') && (parsed.has('with-filename') || recursive || names.length > 1);
    let selected = false;
    let good = true;
    const search = async (name: string) => {
      const file = name === '-' ? '(standard input)' : name;
      const ok = await eachInput(process, [name], async (reader) => {
        const found = await searchIn(process, parsed, test, lines(process, reader), file, named);
        selected ||= parsed.has('files-without-match') ? !found : found;
      });
      good &&= ok;
    };
    for (const name of names.length === 0 ? ['-'] : names) {
      await search(name);
      if (selected && parsed.has('quiet')) return 0;
    }
    return good ? (selected ? 0 : 1) : 2;
  },
);

interface Patterns {
  readonly test: RegExp;
  readonly files: readonly string[];
}

async function patternsOf(process: Process, parsed: Parsed): Promise<Patterns> {
  const given = parsed.values('regexp').flatMap((text) => text.split('\n'));
  for (const file of parsed.values('file')) {
    given.push(...(await readText(process, openInput(process, file))).replace(/\n$/, '').split('\n'));
  }
  const files = [...parsed.operands];
  if (!parsed.has('regexp') && !parsed.has('file')) {
    const first = files.shift();
    if (first === undefined) throw new Misuse('Usage: grep [OPTION]... PATTERNS [FILE]...');
    given.push(...first.split('\n'));
  }
  const options = { extended: parsed.has('extended-regexp'), fixed: parsed.has('fixed-strings') };
  const wrap = (source: string) => {
    if (parsed.has('line-regexp')) return `^(?:${source})$`;
    return parsed.has('word-regexp') ? `(?<!\\w)(?:${source})(?!\\w)` : source;
  };
  const source = given.map((text) => wrap(posixRegex(text, options).source)).join('|');
  return { test: new RegExp(given.length === 0 ? '(?!)' : source, parsed.has('ignore-case') ? 'gi' : 'g'), files };
}

async function searchIn(
  process: Process,
  parsed: Parsed,
  test: RegExp,
  input: AsyncIterable<{ readonly text: string }>,
  file: string,
  named: boolean,
): Promise<boolean> {
  const number = (key: string) => {
    const text =
      parsed.value(key) ??
      parsed.value(key === 'max-count' ? key : 'context') ??
      (key === 'max-count' ? 'Infinity' : '0');
    if (!/^(\d+|Infinity)$/.test(text)) throw new Misuse(`${text}: invalid context length argument`, { hint: false });
    return Number(text);
  };
  const [after, before, most] = [number('after-context'), number('before-context'), number('max-count')];
  const silent =
    parsed.has('quiet') || parsed.has('count') || parsed.has('files-with-matches') || parsed.has('files-without-match');
  const prefix = (at: number, mark: string) =>
    `${named ? `${file}${mark}` : ''}${parsed.has('line-number') ? `${at}${mark}` : ''}`;
  const kept: { readonly at: number; readonly text: string }[] = [];
  let [at, count, left, shown] = [0, 0, 0, 0];
  for await (const { text } of input) {
    at++;
    const matches = [...text.matchAll(test)];
    if (matches.length > 0 !== parsed.has('invert-match')) {
      count++;
      if (!silent) {
        const context = kept.splice(0);
        if (after + before > 0 && shown > 0 && at - context.length > shown + 1) await process.stdout.write('--\n');
        for (const line of context) await process.stdout.write(`${prefix(line.at, '-')}${line.text}\n`);
        if (!parsed.has('only-matching')) await process.stdout.write(`${prefix(at, ':')}${text}\n`);
        else
          for (const [match] of matches) if (match !== '') await process.stdout.write(`${prefix(at, ':')}${match}\n`);
        shown = at;
        left = after;
      }
      if (count >= most || (silent && !parsed.has('count'))) break;
    } else if (left > 0) {
      left--;
      shown = at;
      await process.stdout.write(`${prefix(at, '-')}${text}\n`);
    } else if (before > 0) {
      kept.push({ at, text });
      if (kept.length > before) kept.shift();
    }
  }
  if (parsed.has('count') && !parsed.has('quiet')) await process.stdout.write(`${named ? `${file}:` : ''}${count}\n`);
  const listed = parsed.has('files-with-matches') ? count > 0 : parsed.has('files-without-match') && count === 0;
  if (listed) await process.stdout.write(`${file}\n`);
  return count > 0;
}
