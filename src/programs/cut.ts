import { eachInput, lines } from './gnu/input.ts';
import { gnu, Misuse } from './gnu/options.ts';

type Range = readonly [from: number, to: number];

export const cut = gnu(
  {
    name: 'cut',
    usage: 'OPTION... [FILE]...',
    does: 'Print selected parts of lines from each FILE to standard output.',
    options: [
      { short: 'f', long: 'fields', value: 'required' },
      { short: 'd', long: 'delimiter', value: 'required' },
      { short: 'c', long: 'characters', value: 'required' },
      { short: 'b', long: 'bytes', value: 'required' },
      { short: 's', long: 'only-delimited' },
      { long: 'complement' },
      { long: 'output-delimiter', value: 'required' },
    ],
  },
  async (process, parsed) => {
    const fields = parsed.value('fields');
    const characters = parsed.value('characters') ?? parsed.value('bytes');
    if (fields === undefined && characters === undefined)
      throw new Misuse('you must specify a list of bytes, characters, or fields');
    if (fields !== undefined && characters !== undefined) throw new Misuse('only one type of list may be specified');
    const delimiter = parsed.value('delimiter') ?? '\t';
    if ([...delimiter].length > 1) throw new Misuse('the delimiter must be a single character');
    const ranges = parseRanges(fields ?? characters ?? '', fields === undefined ? 'byte/character' : 'field');
    const chosen = (position: number) =>
      ranges.some(([from, to]) => position >= from && position <= to) !== parsed.has('complement');
    const good = await eachInput(process, parsed.operands, async (reader) => {
      for await (const { text } of lines(process, reader)) {
        if (fields === undefined) {
          await process.stdout.write(`${[...text].filter((_, i) => chosen(i + 1)).join('')}\n`);
          continue;
        }
        if (!text.includes(delimiter)) {
          if (!parsed.has('only-delimited')) await process.stdout.write(`${text}\n`);
          continue;
        }
        const kept = text.split(delimiter).filter((_, i) => chosen(i + 1));
        await process.stdout.write(`${kept.join(parsed.value('output-delimiter') ?? delimiter)}\n`);
      }
    });
    return good ? 0 : 1;
  },
);

function parseRanges(list: string, what: string): readonly Range[] {
  return list.split(/[ ,]/).map((part): Range => {
    const match = /^(\d*)(-?)(\d*)$/.exec(part);
    if (match === null || part === '' || part === '-') {
      throw new Misuse(part === '-' ? 'invalid range with no endpoint: -' : `invalid ${what} value ‘${part}’`);
    }
    const from = match[1] === '' ? 1 : Number(match[1]);
    const to = match[2] === '' ? from : match[3] === '' ? Number.POSITIVE_INFINITY : Number(match[3]);
    if (from === 0) throw new Misuse(`${what === 'field' ? 'fields' : 'byte/character positions'} are numbered from 1`);
    if (to < from) throw new Misuse('invalid decreasing range');
    return [from, to];
  });
}
