import { openWriter } from '../linux/process/open.ts';
import { allLines } from './gnu/input.ts';
import { gnu } from './gnu/options.ts';

export const uniq = gnu(
  {
    name: 'uniq',
    usage: '[OPTION]... [INPUT [OUTPUT]]',
    does: 'Filter adjacent matching lines from INPUT.',
    options: [
      { short: 'c', long: 'count' },
      { short: 'd', long: 'repeated' },
      { short: 'u', long: 'unique' },
      { short: 'i', long: 'ignore-case' },
    ],
  },
  async (process, parsed) => {
    const [input = '-', output] = parsed.operands;
    const { texts, good } = await allLines(process, [input]);
    const same = (text: string) => (parsed.has('ignore-case') ? text.toLowerCase() : text);
    const groups: { readonly text: string; count: number }[] = [];
    for (const text of texts) {
      const group = groups.at(-1);
      if (group !== undefined && same(group.text) === same(text)) group.count++;
      else groups.push({ text, count: 1 });
    }
    const shown = groups.filter(
      ({ count }) => !(parsed.has('repeated') && count < 2) && !(parsed.has('unique') && count > 1),
    );
    const lines = shown.map(
      ({ text, count }) => `${parsed.has('count') ? `${String(count).padStart(7)} ` : ''}${text}\n`,
    );
    const writer = output === undefined ? process.stdout : openWriter(process, output);
    await writer.write(lines.join(''));
    return good ? 0 : 1;
  },
);
