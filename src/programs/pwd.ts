import { gnu } from './gnu/options.ts';

export const pwd = gnu(
  {
    name: 'pwd',
    usage: '[OPTION]...',
    does: 'Print the full filename of the current working directory.',
    options: [
      { short: 'L', long: 'logical' },
      { short: 'P', long: 'physical' },
    ],
  },
  async (process, parsed) => {
    await process.stdout.write(`${parsed.has('logical') ? process.cwd : process.files.realpath(process.cwd)}\n`);
    return 0;
  },
);
