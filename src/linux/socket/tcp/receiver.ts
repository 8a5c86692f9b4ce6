import { ByteQueue } from './byte-queue.ts';
import { add, distance } from './sequence.ts';

/** Without the window scale option a window is a 16-bit number (RFC 9293, 3.1). */
const RECEIVE_BUFFER = 65535;

interface Ahead {
  readonly sequence: number;
  readonly data: Uint8Array;
}

/** The receiving half of a connection: puts what comes into order, and says how much more may come. */
export class Receiver {
  /** The next sequence number that is expected. */
  next: number;
  readonly #queue = new ByteQueue();
  #ahead: Ahead[] = [];
  #finAt: number | undefined;
  #advertised = RECEIVE_BUFFER;
  finished = false;

  constructor(initial: number) {
    this.next = add(initial, 1);
  }

  get queued(): number {
    return this.#queue.length;
  }

  /** The window to put into the next segment. */
  advertise(): number {
    this.#advertised = RECEIVE_BUFFER - this.#queue.length;
    return this.#advertised;
  }

  /** Has reading made so much room that the sender should hear of it now (RFC 9293, 3.8.6.2.2)? */
  windowOpened(segment: number): boolean {
    const room = RECEIVE_BUFFER - this.#queue.length;
    return (
      room - this.#advertised >= Math.min(RECEIVE_BUFFER / 2, 2 * segment) && this.#advertised < RECEIVE_BUFFER / 2
    );
  }

  /** Does a segment touch the window (RFC 9293, 3.10.7.4, first check)? */
  acceptable(sequence: number, length: number): boolean {
    const window = RECEIVE_BUFFER - this.#queue.length;
    const start = distance(this.next, sequence);
    if (length === 0) return start >= 0 && start <= window;
    return start < window && start + length > 0;
  }

  /** Takes a segment's data and FIN. @returns whether something new can be read, the end included. */
  accept(sequence: number, data: Uint8Array, fin: boolean): boolean {
    if (fin) this.#finAt = add(sequence, data.length);
    const before = this.next;
    if (data.length > 0) this.#store(sequence, data);
    if (!this.finished && this.#finAt === this.next) {
      this.finished = true;
      this.next = add(this.next, 1);
    }
    return this.next !== before;
  }

  take(): Uint8Array | undefined {
    return this.#queue.length === 0 ? undefined : this.#queue.takeAll();
  }

  #store(sequence: number, data: Uint8Array): void {
    const room = RECEIVE_BUFFER - this.#queue.length;
    const start = distance(this.next, sequence);
    if (start > 0) {
      if (start + data.length <= room) this.#ahead.push({ sequence, data });
      return;
    }
    const fresh = data.subarray(-start, -start + room);
    if (-start >= data.length || fresh.length === 0) return;
    this.#queue.append(fresh);
    this.next = add(this.next, fresh.length);
    const ahead = this.#ahead.sort((a, b) => distance(b.sequence, a.sequence));
    this.#ahead = [];
    for (const segment of ahead) this.#store(segment.sequence, segment.data);
  }
}
