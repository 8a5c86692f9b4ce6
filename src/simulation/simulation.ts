import type { Clock, Milliseconds, Timer } from './clock.ts';
import { Random } from './random.ts';

/** What the simulation needs of its host (Worker, Node, test). It never changes a result. */
export interface Host {
  /** Resolves in a new turn of the host's event loop, when all promise continuations have run. */
  turn(): Promise<void>;
  /** Real milliseconds, for nothing but to give way to the host now and then. */
  elapsed(): number;
}

export interface SimulationOptions {
  readonly seed: string;
  readonly host: Host;
  /** The calendar time at virtual zero, in milliseconds since 1970. */
  readonly epoch?: number;
}

interface Entry extends Timer {
  readonly time: Milliseconds;
  readonly order: number;
  task: (() => void) | undefined;
}

/** Real milliseconds of work after which the host's message queue gets its turn. */
const SLICE = 8;
/** 2026-11-02 09:00 UTC: a fixed day, so that recorded output repeats itself. */
const EPOCH = Date.UTC(2026, 10, 2, 9);

/**
 * Runs scheduled tasks in order of virtual time (ties: in order of scheduling). It is driven from
 * outside by `runTo` and `runUntil`; between two calls nothing moves.
 */
export class Simulation implements Clock {
  readonly random: Random;
  readonly seed: string;
  readonly #host: Host;
  readonly #epoch: number;
  readonly #heap: Entry[] = [];
  #now: Milliseconds = 0;
  #order = 0;
  #dirty = true;
  #holds = 0;
  #sliceStart = 0;
  #running = false;

  constructor(options: SimulationOptions) {
    this.#host = options.host;
    this.#epoch = options.epoch ?? EPOCH;
    this.seed = options.seed;
    this.random = new Random(options.seed);
  }

  now(): Milliseconds {
    return this.#now;
  }

  wall(): number {
    return this.#epoch + this.#now;
  }

  woke(): void {
    this.#dirty = true;
  }

  after(delay: Milliseconds, task: () => void): Timer {
    const entry: Entry = {
      time: this.#now + (delay > 0 ? delay : 0),
      order: this.#order++,
      task,
      cancel() {
        entry.task = undefined;
      },
    };
    push(this.#heap, entry);
    return entry;
  }

  sleep(delay: Milliseconds, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const abort = () => {
        timer.cancel();
        this.#dirty = true;
        reject(signal?.reason);
      };
      const timer = this.after(delay, () => {
        signal?.removeEventListener('abort', abort);
        this.#dirty = true;
        resolve();
      });
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  async hold<T>(outside: Promise<T>): Promise<T> {
    this.#holds++;
    try {
      return await outside;
    } finally {
      this.#holds--;
      this.#dirty = true;
    }
  }

  /** When the next task is due; Infinity when nothing is scheduled. */
  nextAt(): Milliseconds {
    this.#dropCancelled();
    return this.#heap[0]?.time ?? Number.POSITIVE_INFINITY;
  }

  /** Runs everything that is due up to `time` and leaves the clock there. */
  async runTo(time: Milliseconds): Promise<void> {
    await this.#run(() => false, time);
    if (this.#now < time) this.#now = time;
  }

  /**
   * Runs until `done()` holds (asked whenever all continuations have run) or `limit` ms have passed.
   * @returns whether `done()` held.
   */
  runUntil(done: () => boolean, limit: Milliseconds = 600_000): Promise<boolean> {
    return this.#run(done, this.#now + limit);
  }

  async #run(done: () => boolean, until: Milliseconds): Promise<boolean> {
    if (this.#running) throw new Error('the simulation is already being run by someone else');
    this.#running = true;
    try {
      this.#dirty = true;
      for (;;) {
        if (this.#dirty || this.#holds > 0) {
          await this.#settle();
          if (done()) return true;
        }
        this.#dropCancelled();
        const next = this.#heap[0];
        if (next === undefined || next.time > until) return done();
        pop(this.#heap);
        if (next.time > this.#now) this.#now = next.time;
        const task = next.task;
        next.task = undefined;
        task?.();
        if ((next.order & 63) === 0 && this.#host.elapsed() - this.#sliceStart > SLICE) this.#dirty = true;
      }
    } finally {
      this.#running = false;
    }
  }

  /** Lets every continuation run, and waits for what comes from outside. */
  async #settle(): Promise<void> {
    do {
      this.#dirty = false;
      await this.#host.turn();
    } while (this.#dirty || this.#holds > 0);
    this.#sliceStart = this.#host.elapsed();
  }

  #dropCancelled(): void {
    while (this.#heap.length > 0 && this.#heap[0]?.task === undefined) pop(this.#heap);
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}

function push(heap: Entry[], entry: Entry): void {
  let i = heap.length;
  heap.push(entry);
  while (i > 0) {
    const up = (i - 1) >> 1;
    const parent = heap[up] as Entry;
    if (!before(entry, parent)) break;
    heap[i] = parent;
    i = up;
  }
  heap[i] = entry;
}

function pop(heap: Entry[]): void {
  const last = heap.pop() as Entry;
  const size = heap.length;
  if (size === 0) return;
  let i = 0;
  for (;;) {
    let child = 2 * i + 1;
    if (child >= size) break;
    if (child + 1 < size && before(heap[child + 1] as Entry, heap[child] as Entry)) child++;
    if (!before(heap[child] as Entry, last)) break;
    heap[i] = heap[child] as Entry;
    i = child;
  }
  heap[i] = last;
}
