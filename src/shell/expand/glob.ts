import type { Files } from '../../linux/files/files.ts';
import { resolvePath } from '../../linux/files/path.ts';
import { isPattern, patternSource, unescapePattern } from './pattern.ts';

/** The paths that a pattern matches, sorted; empty when none does. A leading dot has to be matched by a dot. */
export function glob(files: Files, cwd: string, pattern: string): readonly string[] {
  const absolute = pattern.startsWith('/');
  const parts = pattern.split(/\/+/).filter((part, i) => part !== '' || i > 0);
  let found: string[] = [absolute ? '/' : ''];
  for (const [i, part] of parts.entries()) {
    const last = i === parts.length - 1;
    if (part === '') {
      found = found
        .filter((path) => isFolder(files, cwd, path))
        .map((path) => (path.endsWith('/') ? path : `${path}/`));
    } else if (!isPattern(part)) {
      const name = unescapePattern(part);
      found = found.map((base) => join(base, name)).filter((path) => exists(files, cwd, path));
    } else {
      const regex = new RegExp(`^${patternSource(part)}$`, 'su');
      const hidden = part.startsWith('.') || part.startsWith('\\.');
      found = found.flatMap((base) => {
        if (!isFolder(files, cwd, base === '' ? '.' : base)) return [];
        const names = files.list(resolvePath(cwd, base === '' ? '.' : base));
        const all = hidden ? ['.', '..', ...names] : names.filter((name) => !name.startsWith('.'));
        return all.filter((name) => regex.test(name)).map((name) => join(base, name));
      });
    }
    if (!last) found = found.filter((path) => isFolder(files, cwd, path));
  }
  return found.sort(byLocale);
}

function join(base: string, name: string): string {
  return base === '' || base.endsWith('/') ? `${base}${name}` : `${base}/${name}`;
}

function exists(files: Files, cwd: string, path: string): boolean {
  try {
    files.stat(resolvePath(cwd, path), { link: true });
    return true;
  } catch {
    return false;
  }
}

function isFolder(files: Files, cwd: string, path: string): boolean {
  try {
    return files.stat(resolvePath(cwd, path)).type === 'directory';
  } catch {
    return false;
  }
}

/** By code point, as in the C.UTF-8 locale. */
function byLocale(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
