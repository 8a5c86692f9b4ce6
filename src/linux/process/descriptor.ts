import type { Clock } from '../../simulation/clock.ts';
import { LinuxError } from '../errno.ts';
import type { Reader, Tty, Writer } from './process.ts';

/** Virtual milliseconds that a read or write takes, and that each byte takes (1 GB/s). */
const CALL_COST = 0.002;
const BYTE_COST = 0.000_001;
/** Costs are slept off in portions of at least this, so that small writes stay cheap for the host. */
const PORTION = 0.02;

/** What system calls cost a process in virtual time: an endless loop of them lets time, and Ctrl-C, go on. */
export class Toll {
  readonly #clock: Clock;
  readonly #ended: AbortSignal;
  #owed = 0;

  constructor(clock: Clock, ended: AbortSignal) {
    this.#clock = clock;
    this.#ended = ended;
  }

  async pay(bytes: number): Promise<void> {
    this.#ended.throwIfAborted();
    this.#owed += CALL_COST + bytes * BYTE_COST;
    if (this.#owed < PORTION) return;
    const owed = this.#owed;
    this.#owed = 0;
    await this.#clock.sleep(owed, this.#ended);
  }
}

/** A process's hold on a reading end. */
export class ReaderDescriptor implements Reader {
  readonly end: Reader;
  readonly #ended: AbortSignal;
  readonly #toll: Toll;
  #held: boolean;

  constructor(end: Reader, ended: AbortSignal, toll: Toll) {
    this.end = end instanceof ReaderDescriptor ? end.end : end;
    this.#ended = ended;
    this.#toll = toll;
    this.#held = this.end.retain !== undefined;
    this.end.retain?.();
  }

  get tty(): Tty | undefined {
    return this.end.tty;
  }

  async read(signal?: AbortSignal): Promise<Uint8Array | undefined> {
    this.#ended.throwIfAborted();
    const data = await (signal === undefined || signal === this.#ended
      ? this.end.read(this.#ended)
      : either(signal, this.#ended, (both) => this.end.read(both)));
    await this.#toll.pay(data?.length ?? 0);
    return data;
  }

  retain(): void {
    this.end.retain?.();
  }

  close(): void {
    if (!this.#held) return;
    this.#held = false;
    this.end.close?.();
  }
}

/** A process's hold on a writing end. `broken` is told of EPIPE, where the kernel sends SIGPIPE. */
export class WriterDescriptor implements Writer {
  readonly end: Writer;
  readonly #ended: AbortSignal;
  readonly #toll: Toll;
  readonly #broken: () => void;
  #held: boolean;

  constructor(end: Writer, ended: AbortSignal, toll: Toll, broken: () => void) {
    this.end = end instanceof WriterDescriptor ? end.end : end;
    this.#ended = ended;
    this.#toll = toll;
    this.#broken = broken;
    this.#held = this.end.retain !== undefined;
    this.end.retain?.();
  }

  get tty(): Tty | undefined {
    return this.end.tty;
  }

  async write(data: Uint8Array | string): Promise<void> {
    this.#ended.throwIfAborted();
    try {
      await this.end.write(data, this.#ended);
    } catch (error) {
      if (error instanceof LinuxError && error.errno === 'EPIPE') {
        this.#broken();
        this.#ended.throwIfAborted();
      }
      throw error;
    }
    await this.#toll.pay(data.length);
  }

  retain(): void {
    this.end.retain?.();
  }

  close(): void {
    if (!this.#held) return;
    this.#held = false;
    this.end.close?.();
  }
}

/** Runs `task` under a signal that aborts when either does. */
async function either<T>(a: AbortSignal, b: AbortSignal, task: (both: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const abortA = () => controller.abort(a.reason);
  const abortB = () => controller.abort(b.reason);
  if (a.aborted) abortA();
  a.addEventListener('abort', abortA, { once: true });
  b.addEventListener('abort', abortB, { once: true });
  try {
    return await task(controller.signal);
  } finally {
    a.removeEventListener('abort', abortA);
    b.removeEventListener('abort', abortB);
  }
}
