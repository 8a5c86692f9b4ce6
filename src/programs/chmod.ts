import { resolvePath } from '../linux/files/path.ts';
import { gnu, Misuse } from './gnu/options.ts';
import { filesBelow } from './gnu/walk.ts';

export const chmod = gnu(
  {
    name: 'chmod',
    usage: '[OPTION]... MODE FILE...',
    does: 'Change the mode of each FILE to MODE (octal, or as u+x,go-w).',
    options: [{ short: 'R', long: 'recursive' }],
    historic: (argument) => (/^-[rwxX]/.test(argument) ? [`a${argument}`] : [argument]),
  },
  async (process, parsed) => {
    const [mode, ...names] = parsed.operands;
    if (mode === undefined) throw new Misuse('missing operand');
    if (names.length === 0) throw new Misuse(`missing operand after ‘${mode}’`);
    for (const name of parsed.has('recursive') ? filesBelow(process, names) : names) {
      const path = resolvePath(process.cwd, name);
      const stat = process.files.stat(path);
      process.files.chmod(path, changed(mode, stat.mode, stat.type === 'directory'));
    }
    return 0;
  },
);

function changed(text: string, mode: number, folder: boolean): number {
  if (/^[0-7]{1,4}$/.test(text)) return Number.parseInt(text, 8);
  let result = mode;
  for (const clause of text.split(',')) {
    const match = /^([ugoa]*)([-+=])([rwxX]*)$/.exec(clause);
    if (match === null) throw new Misuse(`invalid mode: ‘${text}’`);
    const [, who = '', operator, letters = ''] = match;
    const shifts =
      who === '' || who.includes('a') ? [6, 3, 0] : [...who].map((letter) => ({ u: 6, g: 3, o: 0 })[letter] ?? 0);
    const executable = folder || (mode & 0o111) !== 0;
    const bits = [...letters].reduce(
      (sum, letter) => sum | ({ r: 4, w: 2, x: 1, X: executable ? 1 : 0 }[letter] ?? 0),
      0,
    );
    for (const shift of shifts) {
      if (operator === '=') result &= ~(7 << shift);
      result = operator === '-' ? result & ~(bits << shift) : result | (bits << shift);
    }
  }
  return result;
}
