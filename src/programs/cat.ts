import { eachInput, lines } from './gnu/input.ts';
import { gnu } from './gnu/options.ts';

export const cat = gnu(
  {
    name: 'cat',
    usage: '[OPTION]... [FILE]...',
    does: 'Concatenate FILE(s) to standard output.',
    options: [
      { short: 'n', long: 'number' },
      { short: 'b', long: 'number-nonblank' },
      { short: 's', long: 'squeeze-blank' },
      { short: 'E', long: 'show-ends' },
      { short: 'T', long: 'show-tabs' },
      { short: 'A', long: 'show-all' },
      { short: 'u' },
    ],
  },
  async (process, parsed) => {
    const ends = parsed.has('show-ends') || parsed.has('show-all');
    const tabs = parsed.has('show-tabs') || parsed.has('show-all');
    const nonblank = parsed.has('number-nonblank');
    const numbers = parsed.has('number') || nonblank;
    const squeeze = parsed.has('squeeze-blank');
    const plain = !ends && !tabs && !numbers && !squeeze;
    let count = 0;
    let blanks = 0;
    const good = await eachInput(process, parsed.operands, async (reader) => {
      if (plain) {
        for (let chunk = await reader.read(process.signals.ended); chunk !== undefined; ) {
          await process.stdout.write(chunk, process.signals.ended);
          chunk = await reader.read(process.signals.ended);
        }
        return;
      }
      for await (const { text, complete } of lines(process, reader)) {
        blanks = text === '' ? blanks + 1 : 0;
        if (squeeze && blanks > 1) continue;
        const number = numbers && !(nonblank && text === '') ? `${String(++count).padStart(6)}\t` : '';
        const shown = tabs ? text.replaceAll('\t', '^I') : text;
        await process.stdout.write(`${number}${shown}${complete ? `${ends ? '$' : ''}\n` : ''}`);
      }
    });
    return good ? 0 : 1;
  },
);
