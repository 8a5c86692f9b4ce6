import { LinuxError, strerror } from '../linux/errno.ts';
import { baseName, resolvePath } from '../linux/files/path.ts';
import type { Process } from '../linux/process/process.ts';
import { gnu, Misuse } from './gnu/options.ts';

export const cp = gnu(
  {
    name: 'cp',
    usage: '[OPTION]... SOURCE... DEST',
    does: 'Copy SOURCE to DEST, or several SOURCE(s) to a directory.',
    options: [
      { short: 'r', long: 'recursive' },
      { short: 'R' },
      { short: 'a', long: 'archive' },
      { short: 'p' },
      { short: 'f', long: 'force' },
      { short: 'v', long: 'verbose' },
      { short: 'n', long: 'no-clobber' },
    ],
  },
  async (process, parsed) => {
    const recursive = parsed.has('recursive') || parsed.has('R') || parsed.has('archive');
    let status = 0;
    for (const { from, to } of pairs(process, parsed.operands)) {
      const said = copy(process, from, to, recursive, parsed.has('no-clobber'));
      if (said !== undefined) {
        await process.stderr.write(`cp: ${said}\n`);
        status = 1;
      } else if (parsed.has('verbose')) await process.stdout.write(`'${from}' -> '${to}'\n`);
    }
    return status;
  },
);

/** Each source with where it goes; used by `mv` too. Throws `Misuse` in GNU's words. */
export function pairs(
  process: Process,
  operands: readonly string[],
): readonly { readonly from: string; readonly to: string }[] {
  const sources = operands.slice(0, -1);
  const target = operands.at(-1);
  const [first] = sources;
  if (target === undefined) throw new Misuse('missing file operand');
  if (first === undefined) throw new Misuse(`missing destination file operand after '${target}'`);
  const path = resolvePath(process.cwd, target);
  const folder = process.files.exists(path) && process.files.stat(path).type === 'directory';
  if (sources.length > 1 && !folder) throw new Misuse(`target '${target}' is not a directory`, { hint: false });
  return sources.map((from) => ({ from, to: folder ? `${target.replace(/\/$/, '')}/${baseName(from)}` : target }));
}

/** @returns what went wrong */
function copy(process: Process, from: string, to: string, recursive: boolean, keep: boolean): string | undefined {
  const { files, cwd } = process;
  const [source, target] = [resolvePath(cwd, from), resolvePath(cwd, to)];
  try {
    const { type, mode } = files.stat(source);
    if (type === 'directory') {
      if (!recursive) return `-r not specified; omitting directory '${from}'`;
      if (`${target}/`.startsWith(`${source}/`)) return `cannot copy a directory, '${from}', into itself, '${to}'`;
      files.mkdir(target, { parents: true });
      for (const name of files.list(source)) {
        const said = copy(process, `${from}/${name}`, `${to}/${name}`, true, keep);
        if (said !== undefined) return said;
      }
      return undefined;
    }
    if (source === target) return `'${from}' and '${to}' are the same file`;
    if (keep && files.exists(target)) return undefined;
    files.write(target, files.read(source), { mode });
    return undefined;
  } catch (error) {
    if (!(error instanceof LinuxError)) throw error;
    const what = files.exists(source) ? `cannot create regular file '${to}'` : `cannot stat '${from}'`;
    return `${what}: ${strerror[error.errno]}`;
  }
}
