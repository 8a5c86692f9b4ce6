import type { Clock, Milliseconds, Timer } from '../../../simulation/clock.ts';

/** The timer that a state brings along: the handshake's, FIN_WAIT2's for an orphan, TIME_WAIT's. One at a time runs. */
export class StateTimer {
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #expires: Milliseconds = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** When it runs out; undefined: it doesn't run. */
  get expires(): Milliseconds | undefined {
    return this.#timer === undefined ? undefined : this.#expires;
  }

  start(delay: Milliseconds, task: () => void): void {
    this.stop();
    this.#expires = this.#clock.now() + delay;
    this.#timer = this.#clock.after(delay, () => {
      this.#timer = undefined;
      task();
    });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
