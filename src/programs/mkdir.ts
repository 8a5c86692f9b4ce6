import { LinuxError, strerror } from '../linux/errno.ts';
import { resolvePath } from '../linux/files/path.ts';
import { gnu, Misuse } from './gnu/options.ts';

export const mkdir = gnu(
  {
    name: 'mkdir',
    usage: '[OPTION]... DIRECTORY...',
    does: 'Create the DIRECTORY(ies), if they do not already exist.',
    options: [
      { short: 'p', long: 'parents' },
      { short: 'v', long: 'verbose' },
      { short: 'm', long: 'mode', value: 'required' },
    ],
  },
  async (process, parsed) => {
    if (parsed.operands.length === 0) throw new Misuse('missing operand');
    const mode = parsed.value('mode');
    if (mode !== undefined && !/^[0-7]{3,4}$/.test(mode)) throw new Misuse(`invalid mode ‘${mode}’`, { hint: false });
    let status = 0;
    for (const name of parsed.operands) {
      const path = resolvePath(process.cwd, name);
      try {
        process.files.mkdir(path, { parents: parsed.has('parents') });
        if (mode !== undefined) process.files.chmod(path, Number.parseInt(mode, 8));
        if (parsed.has('verbose')) await process.stdout.write(`mkdir: created directory '${name}'\n`);
      } catch (error) {
        if (!(error instanceof LinuxError)) throw error;
        await process.stderr.write(`mkdir: cannot create directory ‘${name}’: ${strerror[error.errno]}\n`);
        status = 1;
      }
    }
    return status;
  },
);
