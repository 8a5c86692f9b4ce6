import type { Clock } from './clock.ts';

interface Receiver<T> {
  give(value: T | undefined): void;
}
interface Sender<T> {
  readonly value: T;
  taken(sent: boolean): void;
}

/**
 * A bounded first-in, first-out queue between two simulated parties; the sender waits while it is full.
 * `undefined` is what a receiver gets from a channel that is closed and empty, so it can't be sent.
 */
export class Channel<T extends NonNullable<unknown> | null> {
  readonly #clock: Clock;
  readonly #capacity: number;
  readonly #queue: T[] = [];
  readonly #receivers: Receiver<T>[] = [];
  readonly #senders: Sender<T>[] = [];
  #closed = false;

  constructor(clock: Clock, capacity = Number.POSITIVE_INFINITY) {
    this.#clock = clock;
    this.#capacity = capacity;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** How many values wait to be received. */
  get length(): number {
    return this.#queue.length;
  }

  /** Sends without waiting. @returns false when the channel is full or closed: the value was dropped. */
  offer(value: T): boolean {
    if (this.#closed) return false;
    const receiver = this.#receivers.shift();
    if (receiver !== undefined) {
      receiver.give(value);
      return true;
    }
    if (this.#queue.length >= this.#capacity) return false;
    this.#queue.push(value);
    return true;
  }

  /** Sends, waiting for room. @returns false when the channel is, or is being, closed. */
  async send(value: T, signal?: AbortSignal): Promise<boolean> {
    if (this.#closed) return false;
    if (this.offer(value)) return true;
    return new Promise<boolean>((resolve, reject) => {
      const sender: Sender<T> = {
        value,
        taken: (sent) => {
          signal?.removeEventListener('abort', abort);
          this.#clock.woke();
          resolve(sent);
        },
      };
      const abort = () => {
        remove(this.#senders, sender);
        this.#clock.woke();
        reject(signal?.reason);
      };
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      signal?.addEventListener('abort', abort, { once: true });
      this.#senders.push(sender);
    });
  }

  /** The next value; `undefined` once the channel is closed and empty. Rejects when `signal` aborts. */
  receive(signal?: AbortSignal): Promise<T | undefined> {
    if (this.#queue.length > 0) {
      const value = this.#queue.shift() as T;
      const sender = this.#senders.shift();
      if (sender !== undefined) {
        this.#queue.push(sender.value);
        sender.taken(true);
      }
      return Promise.resolve(value);
    }
    const sender = this.#senders.shift();
    if (sender !== undefined) {
      sender.taken(true);
      return Promise.resolve(sender.value);
    }
    if (this.#closed) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const receiver: Receiver<T> = {
        give: (value) => {
          signal?.removeEventListener('abort', abort);
          this.#clock.woke();
          resolve(value);
        },
      };
      const abort = () => {
        remove(this.#receivers, receiver);
        this.#clock.woke();
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#receivers.push(receiver);
    });
  }

  /** No more values; those that wait can still be received. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const receiver of this.#receivers.splice(0)) receiver.give(undefined);
    for (const sender of this.#senders.splice(0)) sender.taken(false);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    for (;;) {
      const value = await this.receive();
      if (value === undefined) return;
      yield value;
    }
  }
}

function remove<T>(list: T[], item: T): void {
  const at = list.indexOf(item);
  if (at >= 0) list.splice(at, 1);
}
