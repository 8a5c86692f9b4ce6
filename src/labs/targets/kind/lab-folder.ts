import { lstat, mkdir, readdir, readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { Folder } from '../../target.ts';
import { TargetError } from '../../target.ts';

/** More than anybody writes by hand; the editor is no place for more. */
const SIZE_LIMIT = 1024 * 1024;
/** A capture that is offered as a download may well be larger. */
const READ_LIMIT = 16 * SIZE_LIMIT;
const COUNT_LIMIT = 500;

/** The learner's folder of one lab on this machine. Nothing outside is read or written, links included. */
export function labFolder(root: string): Folder {
  const resolve = async (path: string): Promise<string> => {
    const full = join(root, path);
    if (isAbsolute(path) || path.includes('\0') || leaves(relative(root, full)) || full === root) throw outside(path);
    const base = await realpath(root);
    // What exists of the way there must really be inside.
    for (let part = full; part.length > root.length; part = dirname(part)) {
      const real = await realpath(part).catch(() => undefined);
      if (real === undefined) {
        // A link to what isn't there yet: writing would make it, wherever that is.
        if ((await lstat(part).catch(() => undefined))?.isSymbolicLink()) throw outside(path);
        continue;
      }
      if (leaves(relative(base, real))) throw outside(path);
      break;
    }
    return full;
  };
  return {
    async list() {
      const entries = await readdir(root, { recursive: true, withFileTypes: true });
      // Hidden ones (an editor's, a tool's) stay hidden, as in the page.
      const shown = entries.filter(
        (entry) => entry.isFile() && !/(^|\/)\./.test(relative(root, join(entry.parentPath, entry.name))),
      );
      const files = shown.slice(0, COUNT_LIMIT);
      const listed = files.map(async (entry) => {
        const full = join(entry.parentPath, entry.name);
        return { path: relative(root, full).split(sep).join('/'), size: (await stat(full)).size };
      });
      return (await Promise.all(listed)).sort((a, b) => (a.path < b.path ? -1 : 1));
    },
    async read(path) {
      const full = await resolve(path);
      const found = await stat(full).catch(() => undefined);
      if (!found?.isFile()) throw new TargetError('notFound', `There is no file ${path} in the lab's folder.`);
      if (found.size > READ_LIMIT) throw new TargetError('unsupported', `${path} is larger than 16 MiB.`);
      return readFile(full);
    },
    async write(path, text) {
      if (text.length > SIZE_LIMIT) throw new TargetError('unsupported', `${path} would be larger than 1 MiB.`);
      const full = await resolve(path);
      await mkdir(dirname(full), { recursive: true });
      await writeFile(full, text);
    },
  };
}

function leaves(path: string): boolean {
  return path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path);
}

function outside(path: string): TargetError {
  return new TargetError('forbidden', `${path} is not inside the lab's folder.`);
}
