import { LinuxError } from '../errno.ts';
import type { VirtualFolder } from './files.ts';

/** A computed file: its text now. */
export type Computed = () => string;

/** One `VirtualFolder` out of computed files and other `VirtualFolder`s, by path (`sys/net`, `version`). */
export function virtualFolder(parts: Readonly<Record<string, Computed | VirtualFolder>>): VirtualFolder {
  const paths = Object.keys(parts);
  const split = (path: string): { part: Computed | VirtualFolder; rest: string } | undefined => {
    for (const name of paths) {
      const part = parts[name];
      if (part === undefined) continue;
      if (path === name) return { part, rest: '' };
      if (name === '') return { part, rest: path };
      if (path.startsWith(`${name}/`)) return { part, rest: path.slice(name.length + 1) };
    }
    return undefined;
  };
  const below = (path: string): string[] => {
    const prefix = path === '' ? '' : `${path}/`;
    return paths.filter((name) => name !== path && name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  };
  return {
    stat(path) {
      if (path === '' || below(path).length > 0) return 'directory';
      const found = split(path);
      if (found === undefined) return undefined;
      if (typeof found.part === 'function') return found.rest === '' ? 'file' : undefined;
      return found.part.stat(found.rest);
    },
    list(path) {
      const names = new Set(below(path).map((name) => name.split('/')[0] as string));
      const found = split(path);
      if (found !== undefined && typeof found.part !== 'function') {
        for (const name of found.part.list(found.rest)) names.add(name);
      }
      names.delete('');
      return [...names].sort();
    },
    read(path) {
      const found = split(path);
      if (found === undefined) throw new LinuxError('ENOENT');
      return typeof found.part === 'function' ? found.part() : found.part.read(found.rest);
    },
    write(path, text) {
      const found = split(path);
      if (found === undefined) throw new LinuxError('ENOENT');
      if (typeof found.part === 'function' || found.part.write === undefined) throw new LinuxError('EACCES');
      found.part.write(found.rest, text);
    },
  };
}
