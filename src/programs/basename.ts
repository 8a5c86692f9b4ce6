import { baseName } from '../linux/files/path.ts';
import { gnu, Misuse } from './gnu/options.ts';

export const basename = gnu(
  {
    name: 'basename',
    usage: 'NAME [SUFFIX]',
    does: 'Print NAME with any leading directory components removed.',
    options: [
      { short: 'a', long: 'multiple' },
      { short: 's', long: 'suffix', value: 'required' },
    ],
  },
  async ({ stdout }, parsed) => {
    const { operands } = parsed;
    if (operands.length === 0) throw new Misuse('missing operand');
    const many = parsed.has('multiple') || parsed.has('suffix');
    if (!many && operands.length > 2) throw new Misuse(`extra operand ‘${operands[2]}’`);
    const suffix = parsed.value('suffix') ?? (many ? '' : (operands[1] ?? ''));
    const names = many ? operands : operands.slice(0, 1);
    for (const name of names.map(baseName)) {
      const cut = suffix !== '' && name !== suffix && name.endsWith(suffix);
      await stdout.write(`${cut ? name.slice(0, -suffix.length) : name}\n`);
    }
    return 0;
  },
);
