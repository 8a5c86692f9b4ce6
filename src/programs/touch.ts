import { resolvePath } from '../linux/files/path.ts';
import { gnu, Misuse } from './gnu/options.ts';

export const touch = gnu(
  {
    name: 'touch',
    usage: '[OPTION]... FILE...',
    does: 'Update the modification time of each FILE to now; one that is not there is made empty.',
    options: [{ short: 'c', long: 'no-create' }],
  },
  async ({ cwd, files }, parsed) => {
    if (parsed.operands.length === 0) throw new Misuse('missing file operand');
    for (const name of parsed.operands) {
      const path = resolvePath(cwd, name);
      if (files.exists(path) || !parsed.has('no-create')) files.write(path, '', { append: true });
    }
    return 0;
  },
);
