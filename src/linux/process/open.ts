import { LinuxError } from '../errno.ts';
import type { OpenFile } from '../files/files.ts';
import { resolvePath } from '../files/path.ts';
import type { DeviceName } from '../files/storage.ts';
import type { Process, Reader, Writer } from './process.ts';
import { emptyReader, nullWriter } from './streams.ts';

/** Bytes that one read of a file or device gives. */
const CHUNK = 65_536;

/** Opens `path` (seen from the process's folder) for reading; devices give what they give. */
export function openReader(process: Process, path: string): Reader {
  const full = resolvePath(process.cwd, path);
  const device: DeviceName | undefined = process.files.stat(full).device;
  switch (device) {
    case undefined:
      return new FileReader(process.files.open(full));
    case 'null':
      return emptyReader;
    case 'zero':
    case 'full':
      return { read: async () => new Uint8Array(CHUNK) };
    case 'random':
      return { read: async () => Uint8Array.from({ length: 4096 }, () => process.random.below(256)) };
    case 'tty':
      return present(process.tty?.reader);
    case 'stdin':
      return process.stdin;
    case 'stdout':
    case 'stderr':
      return present(process.tty?.reader);
  }
}

/** Opens `path` for writing, made or emptied unless `append` is set. */
export function openWriter(process: Process, path: string, options: { append?: boolean } = {}): Writer {
  const full = resolvePath(process.cwd, path);
  const device = process.files.exists(full) ? process.files.stat(full).device : undefined;
  switch (device) {
    case undefined: {
      const append = options.append ?? false;
      return new FileWriter(process.files.open(full, { write: true, append, truncate: !append }));
    }
    case 'null':
    case 'zero':
    case 'random':
      return nullWriter;
    case 'full':
      return {
        write: async () => {
          throw new LinuxError('ENOSPC');
        },
      };
    case 'tty':
    case 'stdin':
      return present(process.tty?.writer);
    case 'stdout':
      return process.stdout;
    case 'stderr':
      return process.stderr;
  }
}

function present<T>(end: T | undefined): T {
  if (end === undefined) throw new LinuxError('ENXIO');
  return end;
}

/** A file opened for reading; `file` tells who it is (`cat f > f`, `tail -f`). */
export class FileReader implements Reader {
  readonly file: OpenFile;

  constructor(file: OpenFile) {
    this.file = file;
  }

  async read(): Promise<Uint8Array | undefined> {
    const data = this.file.read(CHUNK);
    return data.length === 0 ? undefined : data;
  }
}

class FileWriter implements Writer {
  readonly #file: OpenFile;

  constructor(file: OpenFile) {
    this.#file = file;
  }

  async write(data: Uint8Array | string): Promise<void> {
    this.#file.write(typeof data === 'string' ? new TextEncoder().encode(data) : data);
  }
}
