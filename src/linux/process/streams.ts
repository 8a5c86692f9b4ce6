import { LinuxError } from '../errno.ts';
import type { Reader, Writer } from './process.ts';

/** Nothing to read, as /dev/null. */
export const emptyReader: Reader = { read: async () => undefined };

/** Takes and forgets everything, as /dev/null. */
export const nullWriter: Writer = { write: async () => {} };

/** Reads `text`, then the end. */
export function textReader(text: string | Uint8Array): Reader {
  let left: Uint8Array | undefined = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  return {
    async read() {
      const data = left;
      left = undefined;
      return data === undefined || data.length === 0 ? undefined : data;
    },
  };
}

/** Keeps what is written, up to `limit` bytes; what is beyond is dropped and `truncated` says so. */
export class Collector implements Writer {
  truncated = false;
  readonly #limit: number;
  readonly #chunks: Uint8Array[] = [];
  #size = 0;

  constructor(limit = 1024 * 1024) {
    this.#limit = limit;
  }

  async write(data: Uint8Array | string): Promise<void> {
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
    const room = this.#limit - this.#size;
    if (bytes.length > room) this.truncated = true;
    if (room <= 0) return;
    const part = bytes.slice(0, room);
    this.#chunks.push(part);
    this.#size += part.length;
  }

  bytes(): Uint8Array {
    return concatenate(this.#chunks);
  }

  text(): string {
    return new TextDecoder().decode(this.bytes());
  }
}

export function concatenate(chunks: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/** What a program may hold of its input, in bytes (ENOMEM beyond). */
const MEMORY_LIMIT = 32 * 1024 * 1024;

/** Reads to the end. */
export async function readAll(reader: Reader, signal?: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const chunk = await reader.read(signal);
    if (chunk === undefined) return concatenate(chunks);
    size += chunk.length;
    if (size > MEMORY_LIMIT) throw new LinuxError('ENOMEM');
    chunks.push(chunk);
  }
}

export async function readAllText(reader: Reader, signal?: AbortSignal): Promise<string> {
  return new TextDecoder().decode(await readAll(reader, signal));
}
