import type { Milliseconds } from '../../../simulation/clock.ts';

/** Linux's TCP_RTO_MIN and TCP_RTO_MAX. */
const LEAST: Milliseconds = 200;
const MOST: Milliseconds = 120_000;
/** TCP_TIMEOUT_INIT (RFC 6298, 2.1). */
export const INITIAL_TIMEOUT: Milliseconds = 1000;

/** The retransmission timeout, from measured round trips (RFC 6298). */
export class RoundTrip {
  #smoothed: Milliseconds | undefined;
  #variation: Milliseconds = 0;
  #backOff = 0;

  /** For `ss -i`: the smoothed round trip and its variation; `undefined` before the first. */
  get measured(): { readonly smoothed: Milliseconds; readonly variation: Milliseconds } | undefined {
    return this.#smoothed === undefined ? undefined : { smoothed: this.#smoothed, variation: this.#variation };
  }

  /** The current timeout, doubled for each `backOff` since the last progress. */
  get timeout(): Milliseconds {
    const base = this.#smoothed === undefined ? INITIAL_TIMEOUT : this.#smoothed + Math.max(LEAST, 4 * this.#variation);
    return Math.min(base * 2 ** this.#backOff, MOST);
  }

  sample(time: Milliseconds): void {
    if (this.#smoothed === undefined) {
      this.#smoothed = time;
      this.#variation = time / 2;
      return;
    }
    this.#variation = 0.75 * this.#variation + 0.25 * Math.abs(this.#smoothed - time);
    this.#smoothed = 0.875 * this.#smoothed + 0.125 * time;
  }

  backOff(): void {
    this.#backOff++;
  }

  forgive(): void {
    this.#backOff = 0;
  }
}
