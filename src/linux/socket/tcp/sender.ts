import type { Clock, Milliseconds, Timer } from '../../../simulation/clock.ts';
import { ByteQueue } from './byte-queue.ts';
import { CongestionWindow } from './congestion.ts';
import { RoundTrip } from './round-trip.ts';
import { type Range, Scoreboard } from './scoreboard.ts';
import { add, distance } from './sequence.ts';

export interface SenderActions {
  /** Sends data, a FIN, or both. */
  emit(sequence: number, data: Uint8Array, options: { psh: boolean; fin: boolean; again: boolean }): void;
  /** The peer has not answered, however often it was tried. */
  gaveUp(): void;
  /** There is room for more. */
  drained(): void;
  /** How often something is sent again before the peer is given up. */
  retries(): number;
  /** The largest segment that may be sent now: paths change. */
  segment(): number;
}

/** What an acknowledgement says. */
export interface Acknowledgement {
  readonly number: number;
  /** In bytes. */
  readonly window: number;
  /** The segment carried nothing else. */
  readonly bare: boolean;
  readonly sack?: readonly Range[] | undefined;
  /** A round trip measured by timestamps (RFC 7323, 4.3), for what was sent more than once. */
  readonly roundTrip?: Milliseconds | undefined;
}

/** How much a writer may put in before it waits. */
const SEND_BUFFER = 65536;
const DUPLICATES = 3;
/** 65535 less the longest headers of IP and TCP. */
const MOST_DATA = 65415;

/** The sending half of a connection (tcp_output.c): windows, retransmission (RFC 6298), recovery (RFC 6582, 6675). */
export class Sender {
  /** The oldest sequence number that is not acknowledged. */
  una: number;
  readonly roundTrip = new RoundTrip();
  /** Segments that were sent again. */
  repeated = 0;
  /** How often the peer has not answered since the last progress. */
  tries = 0;
  /** When the timer runs out. */
  expires: Milliseconds = 0;
  /** The next to send. */
  #next: number;
  /** The end of what was ever sent; after a timeout it is ahead of `#next`. */
  #highest: number;
  readonly #first: number;
  readonly #buffer = new ByteQueue();
  readonly #clock: Clock;
  readonly #actions: SenderActions;
  readonly #board = new Scoreboard();
  #segment: number;
  #window: number;
  readonly #congestion: CongestionWindow;
  #duplicates = 0;
  /** While lost segments are sent again: where what was sent before the loss ends, and how far the repetition is. */
  #recovery: { readonly end: number; next: number } | undefined;
  #timer: Timer | undefined;
  #timed: { readonly end: number; readonly at: Milliseconds } | undefined;
  #finQueued = false;
  #finSent = false;

  constructor(clock: Clock, first: number, window: number, actions: SenderActions) {
    this.#clock = clock;
    this.una = this.#next = this.#highest = this.#first = first;
    this.#segment = actions.segment();
    this.#window = window;
    this.#congestion = new CongestionWindow(this.#segment);
    this.#actions = actions;
  }

  get next(): number {
    return this.#highest;
  }

  get room(): number {
    return SEND_BUFFER - this.#buffer.length;
  }

  /** Bytes that wait to be sent or acknowledged. */
  get queued(): number {
    return this.#buffer.length;
  }

  /** Our FIN was sent and acknowledged. */
  get finished(): boolean {
    return this.#finQueued && this.#buffer.length === 0 && distance(this.una, this.#highest) === 0 && this.#finSent;
  }

  /** For `ss -i`: segments where the kernel counts in segments. */
  get figures() {
    const { bytes, threshold } = this.#congestion;
    return {
      segment: this.#segment,
      window: this.#window,
      congestion: Math.max(1, Math.floor(bytes / this.#segment)),
      threshold: Number.isFinite(threshold) ? Math.floor(threshold / this.#segment) : undefined,
      sent: distance(this.#first, this.#highest) - (this.#finSent ? 1 : 0),
      acknowledged: distance(this.#first, this.una),
      unacknowledged: Math.ceil(distance(this.una, this.#highest) / this.#segment),
    };
  }

  /** Which timer runs: for something that was sent, or for a shut window. */
  get timer(): 'retransmission' | 'persist' | undefined {
    if (this.#timer === undefined) return undefined;
    return distance(this.una, this.#highest) > 0 && this.#window > 0 ? 'retransmission' : 'persist';
  }

  /** A round trip that was measured elsewhere (the handshake). */
  measured(time: Milliseconds | undefined): void {
    if (time !== undefined) this.roundTrip.sample(time);
  }

  write(data: Uint8Array): void {
    this.#buffer.append(data);
    this.#push();
  }

  finish(): void {
    this.#finQueued = true;
    this.#push();
  }

  /** The path takes only smaller segments (RFC 1191): what is on its way is sent again. */
  shrink(): void {
    if (this.#actions.segment() >= this.#segment) return;
    this.#next = this.una;
    this.#push();
  }

  /** An acknowledgement came. @returns false when it is for something that was never sent. */
  acknowledge(acknowledgement: Acknowledgement): boolean {
    const { number, window, bare, sack, roundTrip } = acknowledgement;
    if (distance(this.#highest, number) > 0) return false;
    const acked = distance(this.una, number);
    if (sack !== undefined || !this.#board.empty) this.#board.update(number, this.#highest, sack ?? []);
    if (acked > 0) this.#progress(number, acked, roundTrip);
    else if (acked === 0 && bare && window === this.#window && distance(this.una, this.#highest) > 0) this.#duplicate();
    if (acked >= 0) {
      this.#window = window;
      // A peer that says that it has no room lives.
      if (window === 0) this.tries = 0;
    }
    this.#push();
    return true;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #progress(number: number, acked: number, roundTrip: Milliseconds | undefined): void {
    const timed = this.#timed;
    if (timed !== undefined && distance(timed.end, number) >= 0) {
      this.roundTrip.sample(this.#clock.now() - timed.at);
      this.#timed = undefined;
    } else if (timed === undefined && roundTrip !== undefined) this.roundTrip.sample(roundTrip);
    this.#buffer.drop(acked);
    this.una = number;
    if (distance(this.#next, number) > 0) this.#next = number;
    this.tries = 0;
    this.#duplicates = 0;
    this.roundTrip.forgive();
    if (this.#recovery !== undefined && distance(this.#recovery.end, number) >= 0) {
      this.#recovery = undefined;
      this.#congestion.recovered();
    }
    if (this.#recovery !== undefined) this.#repair();
    else this.#congestion.grow(acked, this.#segment);
    this.stop();
    this.#actions.drained();
  }

  /** Three duplicates tell of a loss (RFC 5681, 3.2); so does as much that is known to have come behind it. */
  #duplicate(): void {
    this.#duplicates++;
    if (this.#recovery !== undefined) {
      this.#repair();
      return;
    }
    if (this.#duplicates < DUPLICATES) return;
    this.#congestion.halve(distance(this.una, this.#highest), this.#segment);
    this.#recovery = { end: this.#highest, next: this.una };
    this.#repair();
  }

  /** Sends the next lost segment again: the first that is not acknowledged, or, with SACK, the next gap. */
  #repair(): void {
    const recovery = this.#recovery;
    if (recovery === undefined) return;
    if (distance(recovery.next, this.una) > 0) recovery.next = this.una;
    if (this.#board.empty) {
      // Without SACK a partial acknowledgement is all that tells of the next loss (RFC 6582).
      if (recovery.next !== this.una) return;
    } else {
      recovery.next = this.#board.skip(recovery.next);
      const highest = this.#board.highest;
      if (highest === undefined || distance(recovery.next, highest) <= 0) return;
    }
    const most = Math.min(this.#segment, this.#board.gap(recovery.next) ?? this.#segment);
    recovery.next = add(recovery.next, this.#resend(recovery.next, most));
  }

  #push(): void {
    this.#segment = this.#actions.segment();
    while (!this.finished) {
      this.#next = this.#board.skip(this.#next);
      const inFlight = distance(this.una, this.#next);
      const waiting = this.#buffer.length - inFlight;
      const usable = Math.min(this.#window, this.#congestion.bytes) - inFlight;
      // New data goes down in one long packet, which the device cuts (tcp_write_xmit, tcp_tso_autosize).
      const fresh = this.#recovery === undefined && distance(this.#highest, this.#next) >= 0;
      const most = fresh ? this.#burst : this.#segment;
      const fits = Math.min(waiting, most, this.#board.gap(this.#next) ?? most, Math.floor(usable));
      const length = fits > this.#segment && fits < waiting ? fits - (fits % this.#segment) : fits;
      const last = length === waiting;
      const fin = last && this.#finQueued && waiting >= 0;
      if (length <= 0 && !fin) break;
      this.#resend(this.#next, Math.max(0, length));
      this.#next = add(this.#next, Math.max(0, length) + (fin ? 1 : 0));
      if (fin) break;
    }
    if (this.#timer === undefined && (distance(this.una, this.#highest) > 0 || this.#buffer.length > 0)) this.#arm();
  }

  /** As many whole segments as an IP packet holds. */
  get #burst(): number {
    return Math.max(1, Math.floor(MOST_DATA / this.#segment)) * this.#segment;
  }

  /** @returns how far it went. */
  #resend(sequence: number, most: number): number {
    const offset = distance(this.una, sequence);
    const data = this.#buffer.slice(offset, most);
    const reached = offset + data.length === this.#buffer.length;
    const fin = reached && this.#finQueued;
    const length = data.length + (fin ? 1 : 0);
    const end = add(sequence, length);
    const again = distance(this.#highest, sequence) < 0;
    if (fin) this.#finSent = true;
    if (again) {
      this.#timed = undefined;
      this.repeated++;
    } else this.#timed ??= { end, at: this.#clock.now() };
    if (distance(this.#highest, end) > 0) this.#highest = end;
    this.#actions.emit(sequence, data, { psh: data.length > 0 && reached, fin, again });
    return length;
  }

  #arm(): void {
    const { timeout } = this.roundTrip;
    this.expires = this.#clock.now() + timeout;
    this.#timer = this.#clock.after(timeout, () => {
      this.#timer = undefined;
      this.#expired();
    });
  }

  #expired(): void {
    if (++this.tries > this.#actions.retries()) {
      this.#actions.gaveUp();
      return;
    }
    this.roundTrip.backOff();
    this.#recovery = undefined;
    this.#duplicates = 0;
    if (distance(this.una, this.#highest) === 0) {
      // The peer's window is shut: one byte asks whether it still is (RFC 9293, 3.8.6.1).
      this.#resend(this.una, 1);
      this.#arm();
      return;
    }
    this.#congestion.restart(distance(this.una, this.#highest), this.#segment);
    this.#next = this.una;
    if (this.#window === 0) {
      this.#resend(this.una, 1);
      this.#arm();
    } else this.#push();
  }
}
