import type { Clock } from './clock.ts';

/** A promise that simulation code may await, settled from elsewhere in the simulation; only the first settling counts. */
export class Deferred<T> {
  readonly promise: Promise<T>;
  readonly #clock: Clock;
  #resolve!: (value: T) => void;
  #reject!: (reason: unknown) => void;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.promise = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // A failure that nobody waits for yet is no crash of the page.
    this.promise.catch(() => {});
  }

  resolve(value: T): void {
    this.#clock.woke();
    this.#resolve(value);
  }

  reject(reason: unknown): void {
    this.#clock.woke();
    this.#reject(reason);
  }
}
