import { LinuxError, strerror } from '../linux/errno.ts';
import { resolvePath } from '../linux/files/path.ts';
import { modeText } from './gnu/mode.ts';
import { gnu, Misuse } from './gnu/options.ts';

const KINDS = {
  file: 'regular file',
  directory: 'directory',
  symlink: 'symbolic link',
  device: 'character special file',
};

export const stat = gnu(
  {
    name: 'stat',
    usage: '[OPTION]... FILE...',
    does: 'Display file status.',
    options: [
      { short: 'c', long: 'format', value: 'required' },
      { short: 'L', long: 'dereference' },
    ],
  },
  async ({ files, cwd, stdout, stderr }, parsed) => {
    if (parsed.operands.length === 0) throw new Misuse('missing operand');
    let status = 0;
    for (const name of parsed.operands) {
      try {
        const info = files.stat(resolvePath(cwd, name), { link: !parsed.has('dereference') });
        const octal = info.mode.toString(8).padStart(4, '0');
        const kind = info.type === 'file' && info.size === 0 ? 'regular empty file' : KINDS[info.type];
        const modified = new Date(info.modified).toISOString().replace('T', ' ').replace('Z', '000000 +0000');
        const fields: Readonly<Record<string, string>> = {
          n: name,
          s: String(info.size),
          a: info.mode.toString(8),
          A: modeText(info),
          F: kind,
          U: 'root',
          G: 'root',
          u: '0',
          g: '0',
          y: modified,
          Y: String(Math.floor(info.modified / 1000)),
          '%': '%',
        };
        const usual = `  File: %n\n  Size: %s\t${kind}\nAccess: (${octal}/%A)  Uid: (    0/    root)   Gid: (    0/    root)\nModify: %y`;
        const format = parsed.value('format') ?? usual;
        await stdout.write(`${format.replace(/%(.)/g, (whole, letter: string) => fields[letter] ?? whole)}\n`);
      } catch (error) {
        if (!(error instanceof LinuxError)) throw error;
        await stderr.write(`stat: cannot statx '${name}': ${strerror[error.errno]}\n`);
        status = 1;
      }
    }
    return status;
  },
);
