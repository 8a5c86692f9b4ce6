import { ByteQueue } from './byte-queue.ts';
import type { Range } from './scoreboard.ts';
import { add, distance } from './sequence.ts';

/** As many blocks as fit beside timestamps (RFC 2018, 3). */
const SACK_BLOCKS = 3;

/** What tcp_rmem[1] of 131072 bytes holds of data in whole segments; the kernel lets it grow, which is not modelled. */
const CAPACITY = 82_304;
/** Shorter segments don't make the window grow (tcp_event_data_recv). */
const GROWS = 128;

interface Ahead {
  readonly sequence: number;
  readonly data: Uint8Array;
}

/** The receiving half of a connection: puts what comes into order, and says how much more may come. */
export class Receiver {
  /** The next sequence number that is expected. */
  next: number;
  finished = false;
  /** Bytes that have come in order. */
  received = 0;
  readonly #scale: number;
  readonly #segment: number;
  readonly #queue = new ByteQueue();
  #ahead: Ahead[] = [];
  /** What came out of order last: its block is told first. */
  #latest = 0;
  #finAt: number | undefined;
  /** rcv_ssthresh: the window that is offered while there is room. */
  #offer: number;
  #advertised: number;

  /** `window`: the first one; `scale`: of those that follow (RFC 7323); `segment`: the largest that is expected. */
  constructor(initial: number, window: number, scale: number, segment: number) {
    this.next = add(initial, 1);
    this.#scale = scale;
    this.#segment = segment;
    this.#offer = window;
    this.#advertised = window;
  }

  get queued(): number {
    return this.#queue.length;
  }

  /** The window to put into the next segment, as it stands in the header. */
  advertise(): number {
    const window = Math.ceil(Math.min(this.#offer, this.#room) / 2 ** this.#scale);
    this.#advertised = window * 2 ** this.#scale;
    return Math.min(window, 65535);
  }

  get #room(): number {
    return CAPACITY - this.#queue.length;
  }

  /** Has reading made so much room that the sender should hear of it now (RFC 9293, 3.8.6.2.2)? */
  windowOpened(segment: number): boolean {
    const more = Math.min(this.#offer, this.#room) - this.#advertised;
    return more >= Math.min(CAPACITY / 2, 2 * segment) && this.#advertised < CAPACITY / 2;
  }

  /** Does a segment touch the window (RFC 9293, 3.10.7.4, first check)? */
  acceptable(sequence: number, length: number): boolean {
    const window = this.#room;
    const start = distance(this.next, sequence);
    if (length === 0) return start >= 0 && start <= window;
    return start < window && start + length > 0;
  }

  /** Takes a segment's data and FIN. @returns whether something new can be read, the end included. */
  accept(sequence: number, data: Uint8Array, fin: boolean): boolean {
    if (fin) this.#finAt = add(sequence, data.length);
    const before = this.next;
    if (data.length > 0) this.#store(sequence, data);
    if (data.length >= GROWS && this.next !== before) this.#grow();
    if (!this.finished && this.#finAt === this.next) {
      this.finished = true;
      this.next = add(this.next, 1);
    }
    return this.next !== before;
  }

  take(): Uint8Array | undefined {
    return this.#queue.length === 0 ? undefined : this.#queue.takeAll();
  }

  /** What waits behind a gap, the latest first (RFC 2018, 4); `undefined`: nothing does. */
  blocks(): readonly Range[] | undefined {
    if (this.#ahead.length === 0) return undefined;
    const ranges: [number, number][] = [];
    for (const { sequence, data } of this.#ahead.sort((a, b) => distance(b.sequence, a.sequence))) {
      const end = add(sequence, data.length);
      const last = ranges.at(-1);
      if (last !== undefined && distance(last[1], sequence) <= 0) {
        if (distance(last[1], end) > 0) last[1] = end;
      } else ranges.push([sequence, end]);
    }
    const first = ranges.findIndex(
      ([left, right]) => distance(left, this.#latest) >= 0 && distance(this.#latest, right) > 0,
    );
    if (first > 0) ranges.unshift(...ranges.splice(first, 1));
    return ranges.slice(0, SACK_BLOCKS);
  }

  /** tcp_grow_window: a sender that sends whole segments may send more of them, as far as the buffer goes. */
  #grow(): void {
    const more = Math.min(2 * this.#segment, this.#room - this.#offer);
    if (more > 0) this.#offer += more;
  }

  #store(sequence: number, data: Uint8Array): void {
    const room = this.#room;
    const start = distance(this.next, sequence);
    if (start > 0) {
      if (start + data.length > room) return;
      this.#latest = sequence;
      this.#ahead.push({ sequence, data });
      return;
    }
    const fresh = data.subarray(-start, -start + room);
    if (-start >= data.length || fresh.length === 0) return;
    this.#queue.append(fresh);
    this.received += fresh.length;
    this.next = add(this.next, fresh.length);
    if (this.#ahead.length === 0) return;
    const ahead = this.#ahead.sort((a, b) => distance(b.sequence, a.sequence));
    this.#ahead = [];
    const latest = this.#latest;
    for (const segment of ahead) this.#store(segment.sequence, segment.data);
    this.#latest = latest;
  }
}
