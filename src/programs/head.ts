import { eachInput, lines, readText } from './gnu/input.ts';
import { gnu, Misuse } from './gnu/options.ts';

/** `10`, `5K`, `-3` (all but the last three). */
export function countOf(text: string, what: string): { readonly number: number; readonly sign: string } {
  const match = /^([-+]?)(\d+)([bkKM]?)$/.exec(text);
  if (match === null) throw new Misuse(`invalid number of ${what}: ‘${text}’`, { hint: false });
  const unit = { '': 1, b: 512, k: 1024, K: 1024, M: 1024 * 1024 }[match[3] ?? ''] ?? 1;
  return { number: Number(match[2]) * unit, sign: match[1] ?? '' };
}

/** `head -5` and `tail -5`. */
export function historicCount(argument: string): readonly string[] {
  return /^-\d+$/.test(argument) ? ['-n', argument.slice(1)] : [argument];
}

export const head = gnu(
  {
    name: 'head',
    usage: '[OPTION]... [FILE]...',
    does: 'Print the first 10 lines of each FILE to standard output.',
    options: [
      { short: 'n', long: 'lines', value: 'required' },
      { short: 'c', long: 'bytes', value: 'required' },
      { short: 'q', long: 'quiet' },
      { short: 'v', long: 'verbose' },
    ],
    historic: historicCount,
  },
  async (process, parsed) => {
    const bytes = parsed.value('bytes');
    const { number, sign } =
      bytes === undefined ? countOf(parsed.value('lines') ?? '10', 'lines') : countOf(bytes, 'bytes');
    const titled = parsed.has('verbose') || (parsed.operands.length > 1 && !parsed.has('quiet'));
    let first = true;
    const good = await eachInput(process, parsed.operands, async (reader, name) => {
      if (titled) await process.stdout.write(`${first ? '' : '\n'}==> ${name === '-' ? 'standard input' : name} <==\n`);
      first = false;
      if (bytes !== undefined) {
        const text = new TextEncoder().encode(await readText(process, reader));
        await process.stdout.write(text.slice(0, sign === '-' ? Math.max(0, text.length - number) : number));
        return;
      }
      if (sign === '-') {
        const all: string[] = [];
        for await (const { text, complete } of lines(process, reader)) all.push(complete ? `${text}\n` : text);
        await process.stdout.write(all.slice(0, Math.max(0, all.length - number)).join(''));
        return;
      }
      if (number === 0) return;
      let shown = 0;
      for await (const { text, complete } of lines(process, reader)) {
        await process.stdout.write(complete ? `${text}\n` : text);
        if (++shown >= number) break;
      }
    });
    return good ? 0 : 1;
  },
);
