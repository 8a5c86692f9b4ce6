import type { Clock } from '../../simulation/clock.ts';

interface Entry {
  delay: number;
  updated: number;
}

/** client-go's Backoff: each failure doubles the wait, up to a limit; after twice the limit without one it starts anew. */
export class Backoff {
  readonly #clock: Clock;
  readonly #first: number;
  readonly #limit: number;
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock, first: number, limit: number) {
    this.#clock = clock;
    this.#first = first;
    this.#limit = limit;
  }

  /** The present wait of `key` in ms. */
  delay(key: string): number {
    return this.#entries.get(key)?.delay ?? 0;
  }

  /** How many ms of the wait that began at `since` (virtual time) are left; 0: none. */
  left(key: string, since: number): number {
    const entry = this.#entries.get(key);
    if (entry === undefined || this.#expired(entry, since)) return 0;
    return Math.max(0, since + entry.delay - this.#clock.now());
  }

  /** Of the wait that began with the last `failed`. */
  leftSinceFailure(key: string): number {
    const entry = this.#entries.get(key);
    return entry === undefined ? 0 : this.left(key, entry.updated);
  }

  /** One more failure, which came to be at `at`. */
  failed(key: string, at: number): void {
    const entry = this.#entries.get(key);
    const delay =
      entry === undefined || this.#expired(entry, at) ? this.#first : Math.min(entry.delay * 2, this.#limit);
    this.#entries.set(key, { delay, updated: this.#clock.now() });
  }

  #expired(entry: Entry, at: number): boolean {
    return at - entry.updated > 2 * this.#limit;
  }
}
