import { folderName } from '../linux/files/path.ts';
import { gnu, Misuse } from './gnu/options.ts';

export const dirname = gnu(
  { name: 'dirname', usage: 'NAME...', does: 'Print each NAME with its last component removed.', options: [] },
  async ({ stdout }, { operands }) => {
    if (operands.length === 0) throw new Misuse('missing operand');
    await stdout.write(operands.map((name) => `${folderName(name)}\n`).join(''));
    return 0;
  },
);
