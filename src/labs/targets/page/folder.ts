import { LinuxError } from '../../../linux/errno.ts';
import type { Files } from '../../../linux/files/files.ts';
import { type Folder, TargetError } from '../../target.ts';

/** The learner's folder on the simulated machine. Hidden files (`.bash_history`) are not listed. */
export function pageFolder(files: () => Files, home: () => string): Folder {
  const absolute = (path: string): string => {
    const parts = path.split('/').filter((part) => part !== '' && part !== '.');
    if (parts.includes('..') || path.startsWith('/') || parts.length === 0) {
      throw new TargetError('forbidden', `"${path}" is not in your folder.`);
    }
    return `${home()}/${parts.join('/')}`;
  };
  const walk = (folder: string, prefix: string): { path: string; size: number }[] =>
    files()
      .list(folder)
      .filter((name) => !name.startsWith('.'))
      .flatMap((name) => {
        const stat = files().stat(`${folder}/${name}`, { link: true });
        if (stat.type === 'directory') return walk(`${folder}/${name}`, `${prefix}${name}/`);
        return stat.type === 'file' ? [{ path: prefix + name, size: stat.size }] : [];
      });
  const attempt = async <T>(path: string, act: (path: string) => T): Promise<T> => {
    try {
      return act(absolute(path));
    } catch (error) {
      if (!(error instanceof LinuxError)) throw error;
      const code = error.errno === 'ENOENT' ? 'notFound' : 'forbidden';
      throw new TargetError(code, `${path}: ${error.message}`);
    }
  };
  return {
    list: async () => walk(home(), ''),
    read: (path) => attempt(path, (at) => files().read(at)),
    write: (path, text) =>
      attempt(path, (at) => {
        files().mkdir(at.slice(0, at.lastIndexOf('/')), { parents: true });
        files().write(at, text);
      }),
  };
}
