import type { Clock } from '../../simulation/clock.ts';
import { LinuxError } from '../errno.ts';

/** The largest file, in bytes (EFBIG beyond). */
export const FILE_LIMIT = 16 * 1024 * 1024;
/** What all files of one machine may take, in bytes (ENOSPC beyond). */
export const STORAGE_LIMIT = 64 * 1024 * 1024;
/** What a name costs of the storage, so that endless empty files end too. */
const INODE_SIZE = 256;

interface Inode {
  readonly number: number;
  mode: number;
  uid: number;
  modified: number;
  links: number;
}
export interface Folder extends Inode {
  readonly kind: 'directory';
  readonly entries: Map<string, Entry>;
}
export interface RegularFile extends Inode {
  readonly kind: 'file';
  /** Holds `size` bytes and room to grow. */
  buffer: Uint8Array;
  size: number;
}
export interface SymbolicLink extends Inode {
  readonly kind: 'symlink';
  readonly target: string;
}
/** A character device; what it does when opened is in `process/open.ts`. */
export interface Device extends Inode {
  readonly kind: 'device';
  readonly device: DeviceName;
}
export type DeviceName = 'null' | 'zero' | 'full' | 'random' | 'tty' | 'stdin' | 'stdout' | 'stderr';
export type Entry = Folder | RegularFile | SymbolicLink | Device;

/** The disk of one machine: makes and fills inodes, and counts what they take. */
export class Storage {
  readonly #clock: Clock;
  readonly #limit: number;
  #used = 0;
  #next = 2;

  constructor(clock: Clock, limit = STORAGE_LIMIT) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** Bytes taken and bytes there are, for `df`. */
  get usage(): { readonly used: number; readonly limit: number } {
    return { used: this.#used, limit: this.#limit };
  }

  folder(uid: number): Folder {
    return { ...this.#inode(0o755, uid), kind: 'directory', entries: new Map(), links: 2 };
  }

  file(mode: number, uid: number): RegularFile {
    return { ...this.#inode(mode, uid), kind: 'file', buffer: new Uint8Array(0), size: 0 };
  }

  symlink(target: string, uid: number): SymbolicLink {
    return { ...this.#inode(0o777, uid), kind: 'symlink', target };
  }

  device(device: DeviceName): Device {
    return { ...this.#inode(0o666, 0), kind: 'device', device };
  }

  /** The inode has lost its last name. */
  free(entry: Entry): void {
    this.#used -= INODE_SIZE;
    if (entry.kind === 'file') this.truncate(entry);
  }

  touch(entry: Entry): void {
    entry.modified = this.#clock.wall();
  }

  /** Writes `data` at `position`; a gap before it reads as zeros. */
  write(file: RegularFile, position: number, data: Uint8Array): void {
    const end = position + data.length;
    if (end > FILE_LIMIT) throw new LinuxError('EFBIG');
    if (end > file.size) {
      this.#take(end - file.size);
      if (end > file.buffer.length) {
        const grown = new Uint8Array(Math.min(FILE_LIMIT, Math.max(end, file.buffer.length * 2, 64)));
        grown.set(file.buffer.subarray(0, file.size));
        file.buffer = grown;
      }
      file.size = end;
    }
    file.buffer.set(data, position);
    this.touch(file);
  }

  truncate(file: RegularFile): void {
    this.#used -= file.size;
    file.size = 0;
    file.buffer = new Uint8Array(0);
    this.touch(file);
  }

  #inode(mode: number, uid: number): Inode {
    this.#take(INODE_SIZE);
    return { number: this.#next++, mode, uid, modified: this.#clock.wall(), links: 1 };
  }

  #take(bytes: number): void {
    if (this.#used + bytes > this.#limit) throw new LinuxError('ENOSPC');
    this.#used += bytes;
  }
}
