import type { Writer } from '../../../linux/process/process.ts';

/** The most that is kept of an output, in bytes. */
const LIMIT = 1024 * 1024;

/** Keeps what a process prints, up to a limit; what comes after is dropped, so that the process still ends. */
export class Output implements Writer {
  readonly #chunks: Uint8Array[] = [];
  #size = 0;
  readonly #seen: ((bytes: Uint8Array) => void) | undefined;

  /** `seen` gets everything as it comes, beyond the limit too; the bytes are its own. */
  constructor(seen?: (bytes: Uint8Array) => void) {
    this.#seen = seen;
  }

  async write(data: Uint8Array | string): Promise<void> {
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
    this.#seen?.(bytes.slice());
    const room = LIMIT - this.#size;
    if (room <= 0) return;
    const kept = bytes.slice(0, room);
    this.#chunks.push(kept);
    this.#size += kept.length;
  }

  get text(): string {
    const all = new Uint8Array(this.#size);
    let at = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return new TextDecoder().decode(all);
  }
}
