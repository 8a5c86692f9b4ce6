import type { EngineClock } from './clock.ts';

type Work = (signal: AbortSignal) => Promise<void>;

/** Long pieces of work, one after the other. What was cancelled resolves all the same, only its failures are lost. */
export class Turns {
  readonly #clock: EngineClock;
  /** Of all that runs or waits now. */
  #current = new AbortController();
  #last: Promise<void> = Promise.resolve();

  constructor(clock: EngineClock) {
    this.#clock = clock;
  }

  /** Cancels what runs and what waits, and runs when it has ended. Rejects as `work` does. */
  takeOver(work: Work): Promise<void> {
    this.cancel(new Error('another command came'));
    return this.follow(work);
  }

  /** Runs when all before has ended. */
  follow(work: Work): Promise<void> {
    const { signal } = this.#current;
    const turn = this.#last.then(async () => {
      try {
        if (!signal.aborted) await work(signal);
      } catch (error) {
        if (!signal.aborted) throw error;
      } finally {
        this.#clock.woke();
      }
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  cancel(reason: Error): void {
    this.#current.abort(reason);
    this.#current = new AbortController();
  }
}
