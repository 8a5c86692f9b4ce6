import type { Clock, Milliseconds, Timer } from '../../../simulation/clock.ts';
import type { Connection } from './connection.ts';
import type { ConnectionTable } from './table.ts';

/** So many new connections are waited for at least before the table is searched for old ones. */
const LEAST = 256;

/**
 * Takes connections out whose time is over (gc_worker). Nobody needs them gone sooner than they are looked for: a table
 * is swept when it is listed and when it has doubled, so that each entry costs its share once. Only who listens for
 * their end makes the clock wait for it.
 */
export class Expiry {
  readonly #clock: Clock;
  readonly #table: ConnectionTable;
  readonly #end: (connection: Connection) => void;
  #sweepAt = LEAST;
  #timer: Timer | undefined;
  #timerAt: Milliseconds = 0;

  /** `end` takes one out. */
  constructor(clock: Clock, table: ConnectionTable, end: (connection: Connection) => void) {
    this.#clock = clock;
    this.#table = table;
    this.#end = end;
  }

  isOver(connection: Connection): boolean {
    return connection.expires <= this.#clock.now();
  }

  sweep(): void {
    for (const connection of this.#table.values()) if (this.isOver(connection)) this.#end(connection);
    this.#sweepAt = Math.max(LEAST, this.#table.size * 2);
  }

  /** One more is there. */
  added(): void {
    if (this.#table.size >= this.#sweepAt) this.sweep();
  }

  /** Somebody wants to hear of each end when it comes. */
  watch(watched: () => boolean): void {
    this.sweep();
    let next = Number.POSITIVE_INFINITY;
    for (const { expires } of this.#table.values()) if (expires < next) next = expires;
    if (next === Number.POSITIVE_INFINITY) return;
    if (this.#timer !== undefined && this.#timerAt <= next) return;
    this.#timer?.cancel();
    this.#timerAt = next;
    this.#timer = this.#clock.after(Math.max(0, next - this.#clock.now()), () => {
      this.#timer = undefined;
      if (watched()) this.watch(watched);
    });
  }
}
