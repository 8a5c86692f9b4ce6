import { LinuxError, strerror } from '../linux/errno.ts';
import { resolvePath } from '../linux/files/path.ts';
import { gnu, Misuse } from './gnu/options.ts';

export const rmdir = gnu(
  { name: 'rmdir', usage: 'DIRECTORY...', does: 'Remove the DIRECTORY(ies), if they are empty.', options: [] },
  async ({ cwd, files, stderr }, { operands }) => {
    if (operands.length === 0) throw new Misuse('missing operand');
    let status = 0;
    for (const name of operands) {
      const path = resolvePath(cwd, name);
      try {
        if (files.stat(path, { link: true }).type !== 'directory') throw new LinuxError('ENOTDIR');
        if (files.list(path).length > 0) throw new LinuxError('ENOTEMPTY');
        files.remove(path, { recursive: true });
      } catch (error) {
        if (!(error instanceof LinuxError)) throw error;
        await stderr.write(`rmdir: failed to remove '${name}': ${strerror[error.errno]}\n`);
        status = 1;
      }
    }
    return status;
  },
);
