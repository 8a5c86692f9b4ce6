import { LinuxError } from '../errno.ts';
import type { VirtualFolder } from './files.ts';
import type { Entry, Folder } from './storage.ts';

/** A computed file or folder inside a mounted `VirtualFolder`. */
export interface VirtualNode {
  readonly kind: 'virtual';
  readonly folder: VirtualFolder;
  readonly path: string;
  readonly type: 'file' | 'directory';
}
/** A `VirtualNode` that is a folder. */
export type VirtualDirectory = VirtualNode & { readonly type: 'directory' };
export type Node = Entry | VirtualNode;

/** What one view of the files looks like: its root, and what is mounted over which inode. */
export interface View {
  readonly root: Node;
  readonly mounts: ReadonlyMap<Entry, Node>;
}

/** Where a path leads. `node` is absent where only the last name is missing. */
export interface Place {
  readonly parent: Node;
  readonly name: string;
  readonly node: Node | undefined;
  /** Without links, `.` and `..`. */
  readonly path: string;
  /** The entry below what is mounted here, if something is. */
  readonly covered: Entry | undefined;
}

/** The kernel's bound on links followed in one walk (path_resolution(7)). */
const LINK_LIMIT = 40;
const NAME_LIMIT = 255;
const PATH_LIMIT = 4096;

interface Step {
  readonly name: string;
  readonly node: Node;
  readonly covered: Entry | undefined;
}

/** Follows `path` as path_resolution(7) says. Throws ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG. */
export function walk(view: View, path: string, follow: boolean): Place {
  if (path === '') throw new LinuxError('ENOENT');
  if (path.length > PATH_LIMIT) throw new LinuxError('ENAMETOOLONG');
  const root: Step = { name: '/', node: mounted(view, view.root), covered: undefined };
  let steps: Step[] = [];
  let pending = path.split('/').reverse();
  let links = 0;
  while (pending.length > 0) {
    const part = pending.pop() as string;
    const here = (steps.at(-1) ?? root).node;
    if (!isFolder(here)) throw new LinuxError('ENOTDIR');
    if (part === '' || part === '.') continue;
    if (part === '..') {
      steps.pop();
      continue;
    }
    if (part.length > NAME_LIMIT) throw new LinuxError('ENAMETOOLONG');
    const last = pending.every((rest) => rest === '' || rest === '.');
    const entry = child(here, part);
    if (entry === undefined) {
      if (!last) throw new LinuxError('ENOENT');
      return { parent: here, name: part, node: undefined, path: spell(steps, part), covered: undefined };
    }
    if (entry.kind === 'symlink' && (follow || pending.length > 0)) {
      if (++links > LINK_LIMIT) throw new LinuxError('ELOOP');
      if (entry.target.startsWith('/')) steps = [];
      pending = [...pending, ...entry.target.split('/').reverse()];
      continue;
    }
    const node = mounted(view, entry);
    steps.push({ name: part, node, covered: node === entry || entry.kind === 'virtual' ? undefined : entry });
  }
  const end = steps.at(-1) ?? root;
  const parent = steps.at(-2) ?? root;
  return { parent: parent.node, name: end.name, node: end.node, path: spell(steps), covered: end.covered };
}

export function isFolder(node: Node): node is Folder | VirtualDirectory {
  return node.kind === 'directory' || (node.kind === 'virtual' && node.type === 'directory');
}

function mounted(view: View, node: Node): Node {
  return node.kind === 'virtual' ? node : (view.mounts.get(node) ?? node);
}

function child(folder: Folder | VirtualDirectory, name: string): Node | undefined {
  if (folder.kind === 'directory') return folder.entries.get(name);
  const path = folder.path === '' ? name : `${folder.path}/${name}`;
  const type = folder.folder.stat(path);
  return type === undefined ? undefined : { kind: 'virtual', folder: folder.folder, path, type };
}

function spell(steps: readonly Step[], last?: string): string {
  const names = steps.map((step) => step.name);
  if (last !== undefined) names.push(last);
  return `/${names.join('/')}`;
}
