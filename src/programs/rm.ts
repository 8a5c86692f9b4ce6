import { LinuxError, strerror } from '../linux/errno.ts';
import { normalizePath, resolvePath } from '../linux/files/path.ts';
import { gnu, Misuse } from './gnu/options.ts';

export const rm = gnu(
  {
    name: 'rm',
    usage: '[OPTION]... [FILE]...',
    does: 'Remove (unlink) the FILE(s).',
    options: [
      { short: 'r', long: 'recursive' },
      { short: 'R' },
      { short: 'f', long: 'force' },
      { short: 'v', long: 'verbose' },
      { short: 'd', long: 'dir' },
    ],
  },
  async (process, parsed) => {
    const force = parsed.has('force');
    const recursive = parsed.has('recursive') || parsed.has('R');
    if (parsed.operands.length === 0 && !force) throw new Misuse('missing operand');
    let status = 0;
    for (const name of parsed.operands) {
      const path = resolvePath(process.cwd, name);
      try {
        if (normalizePath(path) === '/') {
          await process.stderr.write(
            "rm: it is dangerous to operate recursively on '/'\nrm: use --no-preserve-root to override this failsafe\n",
          );
          return 1;
        }
        if (process.files.stat(path, { link: true }).type === 'directory' && !recursive && !parsed.has('dir')) {
          throw new LinuxError('EISDIR');
        }
        process.files.remove(path, { recursive });
        if (parsed.has('verbose')) await process.stdout.write(`removed '${name}'\n`);
      } catch (error) {
        if (!(error instanceof LinuxError)) throw error;
        if (force && error.errno === 'ENOENT') continue;
        await process.stderr.write(`rm: cannot remove '${name}': ${strerror[error.errno]}\n`);
        status = 1;
      }
    }
    return status;
  },
);
