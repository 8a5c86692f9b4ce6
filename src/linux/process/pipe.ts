import type { Clock } from '../../simulation/clock.ts';
import { LinuxError } from '../errno.ts';
import type { Reader, Writer } from './process.ts';
import { concatenate } from './streams.ts';

/** Bytes that a pipe holds before its writers wait (pipe(7)). */
export const PIPE_CAPACITY = 65_536;

/**
 * A pipe. Each end starts with one hold, the maker's: after handing an end to a process, the maker lets go of its own
 * by `close()`; readers see the end when the last writer has let go, writers EPIPE when the last reader has.
 */
export class Pipe {
  readonly reader: Reader;
  readonly writer: Writer;
  readonly #clock: Clock;
  readonly #chunks: Uint8Array[] = [];
  readonly #waiting = new Set<() => void>();
  #size = 0;
  #readers = 1;
  #writers = 1;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.reader = {
      read: (signal) => this.#read(signal),
      retain: () => {
        this.#readers++;
      },
      close: () => {
        if (--this.#readers === 0) this.#wake();
      },
    };
    this.writer = {
      write: (data, signal) => this.#write(typeof data === 'string' ? new TextEncoder().encode(data) : data, signal),
      retain: () => {
        this.#writers++;
      },
      close: () => {
        if (--this.#writers === 0) this.#wake();
      },
    };
  }

  async #read(signal?: AbortSignal): Promise<Uint8Array | undefined> {
    for (;;) {
      signal?.throwIfAborted();
      if (this.#size > 0) {
        const data = concatenate(this.#chunks.splice(0));
        this.#size = 0;
        this.#wake();
        return data;
      }
      if (this.#writers <= 0) return undefined;
      await this.#change(signal);
    }
  }

  async #write(data: Uint8Array, signal?: AbortSignal): Promise<void> {
    let at = 0;
    do {
      signal?.throwIfAborted();
      if (this.#readers <= 0) throw new LinuxError('EPIPE');
      const room = PIPE_CAPACITY - this.#size;
      if (room > 0 && at < data.length) {
        const part = data.slice(at, at + room);
        this.#chunks.push(part);
        this.#size += part.length;
        at += part.length;
        this.#wake();
      } else if (at < data.length) await this.#change(signal);
    } while (at < data.length);
  }

  /** Until something was read, written or closed. */
  #change(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const wake = () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const abort = () => {
        this.#waiting.delete(wake);
        this.#clock.woke();
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.add(wake);
    });
  }

  #wake(): void {
    if (this.#waiting.size === 0) return;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    this.#clock.woke();
    for (const wake of waiting) wake();
  }
}
