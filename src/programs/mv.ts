import { LinuxError, strerror } from '../linux/errno.ts';
import { resolvePath } from '../linux/files/path.ts';
import { pairs } from './cp.ts';
import { gnu } from './gnu/options.ts';

export const mv = gnu(
  {
    name: 'mv',
    usage: '[OPTION]... SOURCE... DEST',
    does: 'Rename SOURCE to DEST, or move SOURCE(s) to a directory.',
    options: [
      { short: 'f', long: 'force' },
      { short: 'n', long: 'no-clobber' },
      { short: 'v', long: 'verbose' },
    ],
  },
  async (process, parsed) => {
    const { files, cwd } = process;
    let status = 0;
    for (const { from, to } of pairs(process, parsed.operands)) {
      const [source, target] = [resolvePath(cwd, from), resolvePath(cwd, to)];
      try {
        files.stat(source, { link: true });
        if (parsed.has('no-clobber') && files.exists(target)) continue;
        files.rename(source, target);
        if (parsed.has('verbose')) await process.stdout.write(`renamed '${from}' -> '${to}'\n`);
      } catch (error) {
        if (!(error instanceof LinuxError)) throw error;
        const missing = !files.exists(source);
        const what = missing ? `cannot stat '${from}'` : `cannot move '${from}' to '${to}'`;
        await process.stderr.write(`mv: ${what}: ${strerror[error.errno]}\n`);
        status = 1;
      }
    }
    return status;
  },
);
