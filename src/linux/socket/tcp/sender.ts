import type { Clock, Milliseconds, Timer } from '../../../simulation/clock.ts';
import { ByteQueue } from './byte-queue.ts';
import { RoundTrip } from './round-trip.ts';
import { add, distance } from './sequence.ts';

export interface SenderActions {
  /** Sends data, a FIN, or both. */
  emit(sequence: number, data: Uint8Array, options: { psh: boolean; fin: boolean; again: boolean }): void;
  /** The peer has not answered, however often it was tried. */
  gaveUp(): void;
  /** There is room for more. */
  drained(): void;
}

/** How much a writer may put in before it waits. */
const SEND_BUFFER = 65536;
/** RFC 6928: the initial window is ten segments. */
const INITIAL_WINDOW = 10;
const DUPLICATES = 3;

/** The sending half of a connection: windows, retransmission (RFC 6298) and congestion control (RFC 5681). */
export class Sender {
  /** The oldest sequence number that is not acknowledged. */
  una: number;
  /** The next to send. */
  #next: number;
  /** The end of what was ever sent; after a timeout it is ahead of `#next`. */
  #highest: number;
  readonly #buffer = new ByteQueue();
  readonly #clock: Clock;
  readonly #actions: SenderActions;
  readonly #retries: number;
  readonly #roundTrip: RoundTrip;
  #segment: number;
  #window: number;
  #congestion: number;
  #threshold = Number.POSITIVE_INFINITY;
  #duplicates = 0;
  #tries = 0;
  #timer: Timer | undefined;
  #timed: { readonly end: number; readonly at: Milliseconds } | undefined;
  #finQueued = false;
  #finSent = false;

  constructor(clock: Clock, first: number, segment: number, window: number, retries: number, actions: SenderActions) {
    this.#clock = clock;
    this.una = this.#next = this.#highest = first;
    this.#segment = segment;
    this.#window = window;
    this.#congestion = INITIAL_WINDOW * segment;
    this.#retries = retries;
    this.#actions = actions;
    this.#roundTrip = new RoundTrip();
  }

  get next(): number {
    return this.#highest;
  }

  get room(): number {
    return SEND_BUFFER - this.#buffer.length;
  }

  /** Our FIN was sent and acknowledged. */
  get finished(): boolean {
    return this.#finQueued && this.#buffer.length === 0 && distance(this.una, this.#highest) === 0 && this.#finSent;
  }

  /** A round trip that was measured elsewhere (the handshake). */
  measured(time: Milliseconds): void {
    this.#roundTrip.sample(time);
  }

  write(data: Uint8Array): void {
    this.#buffer.append(data);
    this.#push();
  }

  finish(): void {
    this.#finQueued = true;
    this.#push();
  }

  /** The path takes only smaller segments (RFC 1191). */
  shrink(segment: number): void {
    if (segment >= this.#segment) return;
    this.#segment = segment;
    this.#next = this.una;
    this.#push();
  }

  /** An acknowledgement came. @returns false when it is for something that was never sent. */
  acknowledge(number: number, window: number, bare: boolean): boolean {
    if (distance(this.#highest, number) > 0) return false;
    const acked = distance(this.una, number);
    if (acked > 0) this.#progress(number, acked);
    else if (acked === 0 && bare && window === this.#window && distance(this.una, this.#highest) > 0) this.#duplicate();
    if (acked >= 0) {
      this.#window = window;
      // A peer that says that it has no room lives.
      if (window === 0) this.#tries = 0;
    }
    this.#push();
    return true;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #progress(number: number, acked: number): void {
    const timed = this.#timed;
    if (timed !== undefined && distance(timed.end, number) >= 0) {
      this.#roundTrip.sample(this.#clock.now() - timed.at);
      this.#timed = undefined;
    }
    this.#buffer.drop(acked);
    this.una = number;
    if (distance(this.#next, number) > 0) this.#next = number;
    this.#tries = 0;
    this.#duplicates = 0;
    this.#roundTrip.forgive();
    const grow = this.#congestion < this.#threshold ? acked : (this.#segment * this.#segment) / this.#congestion;
    this.#congestion += Math.min(grow, this.#segment);
    this.stop();
    this.#actions.drained();
  }

  #duplicate(): void {
    if (++this.#duplicates !== DUPLICATES) return;
    this.#threshold = Math.max(distance(this.una, this.#highest) / 2, 2 * this.#segment);
    this.#congestion = this.#threshold;
    this.#resend(this.una, this.#segment);
  }

  #push(): void {
    while (!this.finished) {
      const inFlight = distance(this.una, this.#next);
      const waiting = this.#buffer.length - inFlight;
      const usable = Math.min(this.#window, this.#congestion) - inFlight;
      const length = Math.min(waiting, this.#segment, Math.floor(usable));
      const last = length === waiting;
      const fin = last && this.#finQueued && waiting >= 0;
      if (length <= 0 && !fin) break;
      this.#resend(this.#next, Math.max(0, length));
      this.#next = add(this.#next, Math.max(0, length) + (fin ? 1 : 0));
      if (fin) break;
    }
    if (this.#timer === undefined && (distance(this.una, this.#highest) > 0 || this.#buffer.length > 0)) this.#arm();
  }

  #resend(sequence: number, most: number): void {
    const offset = distance(this.una, sequence);
    const data = this.#buffer.slice(offset, most);
    const reached = offset + data.length === this.#buffer.length;
    const fin = reached && this.#finQueued;
    const end = add(sequence, data.length + (fin ? 1 : 0));
    const again = distance(this.#highest, sequence) < 0;
    if (fin) this.#finSent = true;
    if (again) this.#timed = undefined;
    else this.#timed ??= { end, at: this.#clock.now() };
    if (distance(this.#highest, end) > 0) this.#highest = end;
    this.#actions.emit(sequence, data, { psh: data.length > 0 && reached, fin, again });
  }

  #arm(): void {
    this.#timer = this.#clock.after(this.#roundTrip.timeout, () => {
      this.#timer = undefined;
      this.#expired();
    });
  }

  #expired(): void {
    if (++this.#tries > this.#retries) {
      this.#actions.gaveUp();
      return;
    }
    this.#roundTrip.backOff();
    if (distance(this.una, this.#highest) === 0) {
      // The peer's window is shut: one byte asks whether it still is (RFC 9293, 3.8.6.1).
      this.#resend(this.una, 1);
      this.#arm();
      return;
    }
    this.#threshold = Math.max(distance(this.una, this.#highest) / 2, 2 * this.#segment);
    this.#congestion = this.#segment;
    this.#next = this.una;
    if (this.#window === 0) {
      this.#resend(this.una, 1);
      this.#arm();
    } else this.#push();
  }
}
