import type { Simulation } from '../simulation/simulation.ts';

/** Real time, handed in by the Worker: pure rooms have none. */
export interface WallClock {
  /** Milliseconds. */
  now(): number;
  after(delay: number, task: () => void): { cancel(): void };
}

/** Real milliseconds that virtual time may jump at once: after a hidden tab or a long turn it does not catch up. */
const LARGEST_STEP = 250;
/** How long to wait at most, so that a clock that people watch (`watch`, `sleep`) stays smooth. */
const LONGEST_WAIT = 50;

/**
 * Makes virtual time follow the wall clock: one virtual millisecond a real one, never faster, slower when the
 * machine can't keep up. `kick` runs at once what an input has just made due.
 */
export class Pace {
  readonly #simulation: Simulation;
  readonly #wall: WallClock;
  readonly #failed: (error: unknown) => void;
  #last: number;
  #paused = true;
  #busy = false;
  #again = false;
  #timer: { cancel(): void } | undefined;

  constructor(simulation: Simulation, wall: WallClock, failed: (error: unknown) => void) {
    this.#simulation = simulation;
    this.#wall = wall;
    this.#failed = failed;
    this.#last = wall.now();
  }

  get paused(): boolean {
    return this.#paused;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#last = this.#wall.now();
    this.kick();
  }

  pause(): void {
    this.#paused = true;
    this.#timer?.cancel();
  }

  kick(): void {
    if (this.#paused) return;
    if (this.#busy) {
      this.#again = true;
      return;
    }
    this.#timer?.cancel();
    void this.#turn();
  }

  async #turn(): Promise<void> {
    this.#busy = true;
    try {
      do {
        this.#again = false;
        const now = this.#wall.now();
        const step = Math.min(LARGEST_STEP, Math.max(0, now - this.#last));
        this.#last = now;
        await this.#simulation.runTo(this.#simulation.now() + step);
      } while (this.#again && !this.#paused);
    } catch (error) {
      this.#paused = true;
      this.#failed(error);
    } finally {
      this.#busy = false;
    }
    if (this.#paused) return;
    const due = this.#simulation.nextAt() - this.#simulation.now();
    this.#timer = this.#wall.after(Math.min(LONGEST_WAIT, Math.max(1, due)), () => this.kick());
  }
}
