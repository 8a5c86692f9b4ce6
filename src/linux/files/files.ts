import type { DeviceName } from './storage.ts';

/**
 * A mount namespace's view of files: paths are absolute, `/` separated; what fails throws `LinuxError`.
 * Calls don't wait: nothing here takes virtual time, as in a page cache.
 */
export interface Files {
  read(path: string): Uint8Array;
  /** `read`, decoded as UTF-8. */
  readText(path: string): string;
  /** Creates or replaces a file (or appends to it). The folder must exist. */
  write(path: string, content: Uint8Array | string, options?: { append?: boolean; mode?: number }): void;
  /** Names in a folder, sorted by byte value. */
  list(path: string): readonly string[];
  /** Follows symbolic links unless `link` is set. Throws ENOENT where nothing is. */
  stat(path: string, options?: { link?: boolean }): FileStat;
  exists(path: string): boolean;
  mkdir(path: string, options?: { parents?: boolean }): void;
  remove(path: string, options?: { recursive?: boolean }): void;
  rename(from: string, to: string): void;
  symlink(target: string, path: string): void;
  /** Another name for the same file (a hard link). */
  link(existing: string, path: string): void;
  chmod(path: string, mode: number): void;
  /** Changes the owner; what is made below a folder later belongs to the folder's owner. */
  chown(path: string, uid: number): void;
  /** Sets the time of the last change to now, or to `time` (ms since 1970). */
  touch(path: string, time?: number): void;
  /** The path without symbolic links, `.` and `..`. */
  realpath(path: string): string;
  /** Opens a regular or computed file; what was opened stays readable when its name goes. */
  open(path: string, options?: OpenOptions): OpenFile;
  /** Puts files whose content is computed when they are read (`/proc`, `/sys`, a ConfigMap) below `path`. */
  mount(path: string, folder: VirtualFolder): void;
  /** Shows the root of `source` at `path` too (an emptyDir in two containers, a hostPath). */
  bind(path: string, source: Files): void;
  unmount(path: string): void;
  /** Another root on the same storage, as for a container: `root` becomes `/`; mounts below it are its own. */
  chroot(root: string): Files;
}

export interface FileStat {
  readonly type: 'file' | 'directory' | 'symlink' | 'device';
  readonly size: number;
  /** Permission bits, as 0o644. */
  readonly mode: number;
  /** Calendar time of the last change, in milliseconds since 1970. */
  readonly modified: number;
  /** Of a symbolic link. */
  readonly target?: string;
  /** Which device: `null`, `zero`, `tty`, ... */
  readonly device?: DeviceName;
  readonly uid: number;
  readonly links: number;
  readonly inode: number;
}

export interface OpenOptions {
  /** For writing; the file is made when it is not there. */
  readonly write?: boolean;
  readonly truncate?: boolean;
  /** Each write goes to the end. */
  readonly append?: boolean;
}

/** An open file with its own position, as a file description of the kernel. */
export interface OpenFile {
  readonly size: number;
  readonly position: number;
  /** At most `length` bytes from the position on; none at the end. */
  read(length: number): Uint8Array;
  write(data: Uint8Array): void;
  seek(position: number): void;
}

/** Computed files; `path` is relative to the mount (`''` is the mount itself, which may be a single file). */
export interface VirtualFolder {
  stat(path: string): 'file' | 'directory' | undefined;
  list(path: string): readonly string[];
  read(path: string): string;
  /** Absent: read-only (EROFS). Throws `LinuxError` for what can't be set. */
  write?(path: string, text: string): void;
}
