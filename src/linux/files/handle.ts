import { LinuxError } from '../errno.ts';
import type { OpenFile, OpenOptions } from './files.ts';
import type { RegularFile, Storage } from './storage.ts';
import type { VirtualNode } from './walk.ts';

/** An open regular file. */
export class FileHandle implements OpenFile {
  readonly #storage: Storage;
  readonly #file: RegularFile;
  readonly #options: OpenOptions;
  #position = 0;

  constructor(storage: Storage, file: RegularFile, options: OpenOptions) {
    this.#storage = storage;
    this.#file = file;
    this.#options = options;
    if (options.truncate) storage.truncate(file);
  }

  get size(): number {
    return this.#file.size;
  }

  get position(): number {
    return this.#position;
  }

  read(length: number): Uint8Array {
    const end = Math.min(this.#file.size, this.#position + length);
    const data = this.#file.buffer.slice(this.#position, Math.max(end, this.#position));
    this.#position += data.length;
    return data;
  }

  write(data: Uint8Array): void {
    if (!this.#options.write) throw new LinuxError('EBADF');
    if (this.#options.append) this.#position = this.#file.size;
    this.#storage.write(this.#file, this.#position, data);
    this.#position += data.length;
  }

  seek(position: number): void {
    this.#position = position;
  }
}

/** An open computed file: read once when it is opened; each write is one setting, as in /proc/sys. */
export class VirtualHandle implements OpenFile {
  readonly #node: VirtualNode;
  readonly #options: OpenOptions;
  #content: Uint8Array | undefined;
  #position = 0;

  constructor(node: VirtualNode, options: OpenOptions) {
    if (options.write && node.folder.write === undefined) throw new LinuxError('EROFS');
    this.#node = node;
    this.#options = options;
  }

  get size(): number {
    return this.#bytes().length;
  }

  get position(): number {
    return this.#position;
  }

  read(length: number): Uint8Array {
    const data = this.#bytes().slice(this.#position, this.#position + length);
    this.#position += data.length;
    return data;
  }

  write(data: Uint8Array): void {
    if (!this.#options.write) throw new LinuxError('EBADF');
    this.#node.folder.write?.(this.#node.path, new TextDecoder().decode(data));
    this.#position += data.length;
  }

  seek(position: number): void {
    this.#position = position;
  }

  #bytes(): Uint8Array {
    this.#content ??= new TextEncoder().encode(this.#node.folder.read(this.#node.path));
    return this.#content;
  }
}
