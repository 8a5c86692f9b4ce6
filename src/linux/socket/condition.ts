import type { Clock } from '../../simulation/clock.ts';

/** Something that several callers may wait for, again and again: "there is data", "there is room". */
export class Condition {
  readonly #clock: Clock;
  #waiting: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves at the next `wake`; rejects with `signal.reason` when aborted. */
  wait(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const wake = () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const abort = () => {
        this.#waiting = this.#waiting.filter((other) => other !== wake);
        this.#clock.woke();
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.push(wake);
    });
  }

  wake(): void {
    if (this.#waiting.length === 0) return;
    this.#clock.woke();
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
