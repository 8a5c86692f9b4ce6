import type { Clock } from '../../simulation/clock.ts';
import { LinuxError } from '../errno.ts';
import type { FileStat, Files, OpenFile, OpenOptions, VirtualFolder } from './files.ts';
import { FileHandle, VirtualHandle } from './handle.ts';
import { type DeviceName, type Entry, type Folder, Storage } from './storage.ts';
import { isFolder, type Node, type Place, type View, walk } from './walk.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Files in memory: one view (a mount namespace) of a machine's storage. */
export class MemoryFiles implements Files {
  readonly #storage: Storage;
  readonly #root: Node;
  readonly #mounts = new Map<Entry, Node>();

  /** A new machine's empty disk, or (with `root`) another view of the same one. */
  constructor(
    from: { readonly clock: Clock; readonly limit?: number } | { readonly storage: Storage; readonly root: Node },
  ) {
    this.#storage = 'clock' in from ? new Storage(from.clock, from.limit) : from.storage;
    this.#root = 'clock' in from ? this.#storage.folder(0) : from.root;
  }

  /** What the whole storage takes, shared by all views of it. */
  get usage(): { readonly used: number; readonly limit: number } {
    return this.#storage.usage;
  }

  read(path: string): Uint8Array {
    const file = this.open(path);
    return file.read(file.size);
  }

  readText(path: string): string {
    return decoder.decode(this.read(path));
  }

  write(path: string, content: Uint8Array | string, options: { append?: boolean; mode?: number } = {}): void {
    const data = typeof content === 'string' ? encoder.encode(content) : content;
    this.open(path, { write: true, truncate: !options.append, append: options.append ?? false }).write(data);
    if (options.mode !== undefined) this.chmod(path, options.mode);
  }

  open(path: string, options: OpenOptions = {}): OpenFile {
    const place = this.#walk(path);
    let node = place.node;
    if (node === undefined) {
      if (!options.write) throw new LinuxError('ENOENT');
      if (path.endsWith('/')) throw new LinuxError('EISDIR');
      node = this.#add(place, (uid) => this.#storage.file(0o644, uid));
    }
    if (isFolder(node)) throw new LinuxError('EISDIR');
    if (node.kind === 'virtual') return new VirtualHandle(node, options);
    if (node.kind === 'file') return new FileHandle(this.#storage, node, options);
    if (node.kind === 'device') return { size: 0, position: 0, read: () => new Uint8Array(0), write() {}, seek() {} };
    throw new LinuxError('ELOOP');
  }

  list(path: string): readonly string[] {
    const node = this.#node(path);
    if (!isFolder(node)) throw new LinuxError('ENOTDIR');
    if (node.kind === 'virtual') return node.folder.list(node.path);
    return [...node.entries.keys()].sort();
  }

  stat(path: string, options: { link?: boolean } = {}): FileStat {
    const node = this.#node(path, !options.link);
    if (node.kind === 'virtual') {
      const mode = node.type === 'directory' ? 0o555 : node.folder.write === undefined ? 0o444 : 0o644;
      return { type: node.type, size: 0, mode, modified: 0, uid: 0, links: 1, inode: 1 };
    }
    const size = node.kind === 'file' ? node.size : node.kind === 'symlink' ? node.target.length : 0;
    return {
      type: node.kind,
      size: node.kind === 'directory' ? 4096 : size,
      mode: node.mode,
      modified: node.modified,
      uid: node.uid,
      links: node.links,
      inode: node.number,
      ...(node.kind === 'symlink' ? { target: node.target } : {}),
      ...(node.kind === 'device' ? { device: node.device } : {}),
    };
  }

  exists(path: string): boolean {
    try {
      return this.#walk(path).node !== undefined;
    } catch (error) {
      if (error instanceof LinuxError) return false;
      throw error;
    }
  }

  realpath(path: string): string {
    const place = this.#walk(path);
    if (place.node === undefined) throw new LinuxError('ENOENT');
    return place.path;
  }

  mkdir(path: string, options: { parents?: boolean } = {}): void {
    if (options.parents) {
      let at = path.startsWith('/') ? '' : '.';
      for (const part of path.split('/').filter((name) => name !== '')) {
        at = `${at}/${part}`;
        const node = this.#walk(at).node;
        if (node === undefined) this.mkdir(at);
        else if (!isFolder(node)) throw new LinuxError('ENOTDIR');
      }
      return;
    }
    const place = this.#walk(path, false);
    if (place.node !== undefined) throw new LinuxError('EEXIST');
    this.#add(place, (uid) => this.#storage.folder(uid));
  }

  symlink(target: string, path: string): void {
    if (target === '') throw new LinuxError('ENOENT');
    const place = this.#walk(path, false);
    if (place.node !== undefined) throw new LinuxError('EEXIST');
    this.#add(place, (uid) => this.#storage.symlink(target, uid));
  }

  link(existing: string, path: string): void {
    const node = this.#node(existing, false);
    if (node.kind === 'virtual') throw new LinuxError('EXDEV');
    if (node.kind === 'directory') throw new LinuxError('EPERM');
    const place = this.#walk(path, false);
    if (place.node !== undefined) throw new LinuxError('EEXIST');
    this.#add(place, () => node);
    node.links++;
  }

  /** Makes a character device. */
  makeDevice(path: string, name: DeviceName): void {
    this.#add(this.#walk(path, false), () => this.#storage.device(name));
  }

  chmod(path: string, mode: number): void {
    this.#inode(path).mode = mode & 0o7777;
  }

  chown(path: string, uid: number): void {
    this.#inode(path).uid = uid;
  }

  touch(path: string, time?: number): void {
    const node = this.#inode(path);
    this.#storage.touch(node);
    if (time !== undefined) node.modified = time;
  }

  /** Removes a file, an empty folder, or (recursive) a folder with all in it. */
  remove(path: string, options: { recursive?: boolean } = {}): void {
    const place = this.#walk(path, false);
    const { node, parent } = place;
    if (node === undefined) throw new LinuxError('ENOENT');
    if (place.covered !== undefined || node === this.#root) throw new LinuxError('EBUSY');
    if (node.kind === 'virtual' || parent.kind === 'virtual') throw new LinuxError('EROFS');
    if (node.kind === 'directory' && node.entries.size > 0) {
      if (!options.recursive) throw new LinuxError('ENOTEMPTY');
      if (this.#coversBelow(node)) throw new LinuxError('EBUSY');
    }
    this.#drop(parent as Folder, place.name, node);
  }

  rename(from: string, to: string): void {
    const source = this.#walk(from, false);
    const target = this.#walk(to, false);
    const { node } = source;
    if (node === undefined) throw new LinuxError('ENOENT');
    if (source.covered !== undefined || target.covered !== undefined) throw new LinuxError('EBUSY');
    if (node.kind === 'virtual' || source.parent.kind === 'virtual') throw new LinuxError('EROFS');
    if (target.parent.kind === 'virtual') throw new LinuxError('EXDEV');
    if (node === target.node) return;
    if (node.kind === 'directory' && (target.path === source.path || target.path.startsWith(`${source.path}/`))) {
      throw new LinuxError('EINVAL');
    }
    if (target.node?.kind === 'directory') {
      if (node.kind !== 'directory') throw new LinuxError('EISDIR');
      if (target.node.entries.size > 0) throw new LinuxError('ENOTEMPTY');
    } else if (target.node !== undefined && node.kind === 'directory') throw new LinuxError('ENOTDIR');
    const folder = target.parent as Folder;
    if (target.node !== undefined) this.#drop(folder, target.name, target.node as Entry);
    (source.parent as Folder).entries.delete(source.name);
    folder.entries.set(target.name, node);
    this.#storage.touch(folder);
  }

  mount(path: string, folder: VirtualFolder): void {
    const type = folder.stat('') ?? 'directory';
    this.#cover(path, { kind: 'virtual', folder, path: '', type });
  }

  bind(path: string, source: Files): void {
    if (!(source instanceof MemoryFiles)) throw new LinuxError('EINVAL');
    this.#cover(path, source.#root);
  }

  unmount(path: string): void {
    const { covered } = this.#walk(path);
    if (covered === undefined) throw new LinuxError('EINVAL');
    this.#mounts.delete(covered);
  }

  chroot(root: string): MemoryFiles {
    const node = this.#node(root);
    if (!isFolder(node)) throw new LinuxError('ENOTDIR');
    return new MemoryFiles({ storage: this.#storage, root: node });
  }

  /** Puts `node` over what is at `path`, which is made when missing. */
  #cover(path: string, node: Node): void {
    const place = this.#walk(path);
    let below = place.covered ?? place.node;
    if (below === undefined) {
      if (isFolder(node)) this.mkdir(path, { parents: true });
      else this.write(path, '');
      below = this.#node(path);
    }
    if (below.kind === 'virtual') throw new LinuxError('ENOENT');
    if (isFolder(below) !== isFolder(node)) throw new LinuxError('ENOTDIR');
    this.#mounts.set(below, node);
  }

  #walk(path: string, follow = true): Place {
    const view: View = { root: this.#root, mounts: this.#mounts };
    return walk(view, path, follow);
  }

  #node(path: string, follow = true): Node {
    const { node } = this.#walk(path, follow);
    if (node === undefined) throw new LinuxError('ENOENT');
    return node;
  }

  #inode(path: string): Entry {
    const node = this.#node(path);
    if (node.kind === 'virtual') throw new LinuxError('EROFS');
    return node;
  }

  #add<T extends Entry>(place: Place, make: (uid: number) => T): T {
    const { parent } = place;
    if (parent.kind !== 'directory') throw new LinuxError('EROFS');
    if (parent.links === 0) throw new LinuxError('ENOENT');
    const entry = make(parent.uid);
    parent.entries.set(place.name, entry);
    if (entry.kind === 'directory') parent.links++;
    this.#storage.touch(parent);
    return entry;
  }

  #drop(parent: Folder, name: string, entry: Entry): void {
    if (entry.kind === 'directory') {
      for (const [below, inner] of entry.entries) this.#drop(entry, below, inner);
      parent.links--;
      entry.links = 1;
    }
    parent.entries.delete(name);
    this.#storage.touch(parent);
    if (--entry.links === 0) this.#storage.free(entry);
  }

  #coversBelow(folder: Folder): boolean {
    for (const entry of folder.entries.values()) {
      if (this.#mounts.has(entry) || (entry.kind === 'directory' && this.#coversBelow(entry))) return true;
    }
    return false;
  }
}
