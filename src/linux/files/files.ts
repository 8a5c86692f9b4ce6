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
  chmod(path: string, mode: number): void;
  /** Puts files whose content is computed when they are read (`/proc`, `/sys`, a ConfigMap) below `path`. */
  mount(path: string, folder: VirtualFolder): void;
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
  readonly target?: string;
}

/** Computed files; `path` is relative to the mount (`''` is the mount itself). */
export interface VirtualFolder {
  stat(path: string): 'file' | 'directory' | undefined;
  list(path: string): readonly string[];
  read(path: string): string;
  /** Absent: read-only (EROFS). Throws `LinuxError` for what can't be set. */
  write?(path: string, text: string): void;
}
