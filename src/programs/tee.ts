import { openWriter } from '../linux/process/open.ts';
import { gnu } from './gnu/options.ts';

export const tee = gnu(
  {
    name: 'tee',
    usage: '[OPTION]... [FILE]...',
    does: 'Copy standard input to each FILE, and also to standard output.',
    options: [
      { short: 'a', long: 'append' },
      { short: 'i', long: 'ignore-interrupts' },
    ],
  },
  async (process, parsed) => {
    const writers = [
      process.stdout,
      ...parsed.operands.map((path) => openWriter(process, path, { append: parsed.has('append') })),
    ];
    for (let chunk = await process.stdin.read(process.signals.ended); chunk !== undefined; ) {
      for (const writer of writers) await writer.write(chunk);
      chunk = await process.stdin.read(process.signals.ended);
    }
    return 0;
  },
);
