import { LinuxError } from '../errno.ts';
import type { Files } from '../files/files.ts';
import { resolvePath } from '../files/path.ts';

/** How the files of programs begin, so that `cp /bin/ls mine` makes another `ls`, and a text file is none. */
const MAGIC = '\u007fELF';

export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Puts a file for each program into `folder` (made when missing), so that a search on PATH finds it. */
export function installPrograms(files: Files, names: Iterable<string>, folder = '/usr/bin'): void {
  files.mkdir(folder, { parents: true });
  // From inside the folder: a starting cluster writes hundreds of these, and each walk costs by its length.
  const there = files.chroot(folder);
  for (const name of names) there.write(`/${name}`, `${MAGIC} ${name}\n`, { mode: 0o755 });
}

/** What executing a file means: a program of the table, or an interpreter with the script as its argument. */
export type Executable =
  | { readonly kind: 'program'; readonly name: string }
  | { readonly kind: 'script'; readonly interpreter: readonly string[] };

/**
 * The file that `name` means, searched as execvp(3) does: with a `/` it is a path, otherwise each folder of PATH.
 * Throws ENOENT when there is none, EACCES when it may not be executed.
 */
export function findProgram(files: Files, env: ReadonlyMap<string, string>, cwd: string, name: string): string {
  if (name === '') throw new LinuxError('ENOENT');
  if (name.includes('/')) {
    assertExecutable(files, resolvePath(cwd, name));
    return resolvePath(cwd, name);
  }
  let denied = false;
  for (const folder of (env.get('PATH') ?? DEFAULT_PATH).split(':')) {
    const path = resolvePath(cwd, `${folder === '' ? '.' : folder}/${name}`);
    try {
      assertExecutable(files, path);
      return path;
    } catch (error) {
      if (!(error instanceof LinuxError)) throw error;
      if (error.errno === 'EACCES') denied = true;
    }
  }
  throw new LinuxError(denied ? 'EACCES' : 'ENOENT');
}

function assertExecutable(files: Files, path: string): void {
  const stat = files.stat(path);
  if (stat.type !== 'file' || (stat.mode & 0o111) === 0) throw new LinuxError('EACCES');
}

/** Reads the head of an executable file. Throws ENOEXEC for what is neither a program nor a `#!` script. */
export function executable(files: Files, path: string): Executable {
  const head = new TextDecoder().decode(files.open(path).read(256));
  const line = head.split('\n')[0] as string;
  if (line.startsWith(`${MAGIC} `)) return { kind: 'program', name: line.slice(MAGIC.length + 1) };
  const script = /^#!\s*(\S+)(?:\s+(.*?))?\s*$/.exec(line);
  if (script === null) throw new LinuxError('ENOEXEC');
  const argument = script[2];
  const interpreter = script[1] as string;
  return { kind: 'script', interpreter: argument ? [interpreter, argument] : [interpreter] };
}
