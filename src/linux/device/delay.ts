import type { Milliseconds } from '../../simulation/clock.ts';
import type { Random } from '../../simulation/random.ts';

/** Keeps two arrivals apart, beyond what rounding of the clock's fractions could turn round. */
const APART: Milliseconds = 1e-6;

/**
 * How long a packet takes to cross a link, with what both ends' kernels do about it. Measured between real
 * network namespaces, a veth costs some 10 to 20 microseconds one way; half as much again is jitter here.
 * A link never turns the order of its packets round.
 */
export class LinkDelay {
  readonly #random: Random;
  readonly #least: Milliseconds;
  #lastArrival: Milliseconds = 0;

  constructor(random: Random, least: Milliseconds) {
    this.#random = random;
    this.#least = least;
  }

  /** The delay of a packet that is sent `now`. */
  next(now: Milliseconds): Milliseconds {
    let delay = this.#least * (1 + this.#random.fraction() / 2);
    if (now + delay <= this.#lastArrival) delay = this.#lastArrival - now + APART;
    this.#lastArrival = now + delay;
    return delay;
  }
}
