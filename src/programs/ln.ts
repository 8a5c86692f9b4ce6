import { LinuxError, strerror } from '../linux/errno.ts';
import { baseName, resolvePath } from '../linux/files/path.ts';
import { gnu, Misuse } from './gnu/options.ts';

export const ln = gnu(
  {
    name: 'ln',
    usage: '-s [OPTION]... TARGET [LINK_NAME]',
    does: 'Make a symbolic link. Hard links are not modelled.',
    options: [
      { short: 's', long: 'symbolic' },
      { short: 'f', long: 'force' },
      { short: 'n', long: 'no-dereference' },
    ],
  },
  async (process, parsed) => {
    const [target, name = '.'] = parsed.operands;
    if (target === undefined) throw new Misuse('missing file operand');
    if (!parsed.has('symbolic')) throw new Misuse('hard links are not modelled here; use -s', { hint: false });
    const { files, cwd, stderr } = process;
    const given = resolvePath(cwd, name);
    const inside = files.exists(given) && files.stat(given).type === 'directory' && !parsed.has('no-dereference');
    const path = inside ? `${given}/${baseName(target)}` : given;
    try {
      if (parsed.has('force') && files.exists(path)) files.remove(path);
      files.symlink(target, path);
      return 0;
    } catch (error) {
      if (!(error instanceof LinuxError)) throw error;
      await stderr.write(`ln: failed to create symbolic link '${name}': ${strerror[error.errno]}\n`);
      return 1;
    }
  },
);
