import { FileReader } from '../linux/process/open.ts';
import { eachInput, lines, readText } from './gnu/input.ts';
import { gnu } from './gnu/options.ts';
import { countOf, historicCount } from './head.ts';

/** Milliseconds between two looks at a followed file, as tail's --sleep-interval. */
const LOOK = 1000;

export const tail = gnu(
  {
    name: 'tail',
    usage: '[OPTION]... [FILE]...',
    does: 'Print the last 10 lines of each FILE to standard output.',
    options: [
      { short: 'n', long: 'lines', value: 'required' },
      { short: 'c', long: 'bytes', value: 'required' },
      { short: 'f', long: 'follow', value: 'optional' },
      { short: 'F' },
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
    const followed: FileReader[] = [];
    let first = true;
    const good = await eachInput(process, parsed.operands, async (reader, name) => {
      if (titled) await process.stdout.write(`${first ? '' : '\n'}==> ${name === '-' ? 'standard input' : name} <==\n`);
      first = false;
      if (bytes !== undefined) {
        const all = new TextEncoder().encode(await readText(process, reader));
        await process.stdout.write(
          sign === '+' ? all.slice(Math.max(0, number - 1)) : number === 0 ? '' : all.slice(-number),
        );
      } else {
        const kept: string[] = [];
        let seen = 0;
        for await (const { text, complete } of lines(process, reader)) {
          seen++;
          if (sign === '+' && seen < number) continue;
          kept.push(complete ? `${text}\n` : text);
          if (sign !== '+' && kept.length > number) kept.shift();
        }
        await process.stdout.write(kept.join(''));
      }
      if (reader instanceof FileReader) followed.push(reader);
    });
    if (parsed.has('follow') || parsed.has('F')) {
      while (followed.length > 0) {
        await process.clock.sleep(LOOK, process.signals.ended);
        for (const reader of followed) {
          for (let chunk = await reader.read(); chunk !== undefined; chunk = await reader.read()) {
            await process.stdout.write(chunk);
          }
        }
      }
    }
    return good ? 0 : 1;
  },
);
