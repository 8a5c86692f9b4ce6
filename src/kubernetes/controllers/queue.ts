import { Channel } from '../../simulation/channel.ts';
import type { Clock, Timer } from '../../simulation/clock.ts';
import { ApiError } from '../client/client.ts';

/** client-go's rate limiter for one item: 5 ms, doubled by each failure, at most 1000 s. */
const FIRST_RETRY = 5;
const LAST_RETRY = 1_000_000;

/**
 * One controller's loop: keys in, one reconciliation at a time; a key that is added while it waits is reconciled
 * once, one that fails comes back later and later. A reconciliation looks at the state as it is, never at events,
 * so that their order and number don't matter.
 */
export class ReconcileLoop {
  readonly #clock: Clock;
  readonly #reconcile: (key: string) => Promise<void>;
  readonly #keys: Channel<string>;
  readonly #waiting = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #timers = new Map<string, { readonly due: number; readonly timer: Timer }>();
  #stopped = false;

  constructor(clock: Clock, reconcile: (key: string) => Promise<void>) {
    this.#clock = clock;
    this.#reconcile = reconcile;
    this.#keys = new Channel(clock);
    void this.#run();
  }

  add(key: string): void {
    if (this.#stopped || this.#waiting.has(key)) return;
    this.#waiting.add(key);
    this.#keys.offer(key);
  }

  /** Adds `key` after `delay` ms; of several such wishes the earliest is kept. */
  addAfter(key: string, delay: number): void {
    const due = this.#clock.now() + delay;
    const planned = this.#timers.get(key);
    if (this.#stopped || (planned !== undefined && planned.due <= due)) return;
    planned?.timer.cancel();
    const timer = this.#clock.after(delay, () => {
      this.#timers.delete(key);
      this.add(key);
    });
    this.#timers.set(key, { due, timer });
  }

  stop(): void {
    this.#stopped = true;
    this.#keys.close();
    for (const { timer } of this.#timers.values()) timer.cancel();
  }

  async #run(): Promise<void> {
    for await (const key of this.#keys) {
      if (this.#stopped) return;
      this.#waiting.delete(key);
      try {
        await this.#reconcile(key);
        this.#failures.delete(key);
      } catch (failure) {
        // Refusals of the API server (a conflict, a namespace that ends) are tried again; a fault of ours must show.
        if (!(failure instanceof ApiError)) throw failure;
        const times = this.#failures.get(key) ?? 0;
        this.#failures.set(key, times + 1);
        this.addAfter(key, Math.min(FIRST_RETRY * 2 ** times, LAST_RETRY));
      }
    }
  }
}

/** `namespace/name`, or `name` for what has no namespace. */
export function keyOf(object: { readonly metadata: { readonly namespace?: string; readonly name: string } }): string {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? name : `${namespace}/${name}`;
}

export function splitKey(key: string): { namespace: string; name: string } {
  const slash = key.indexOf('/');
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** The answer, or undefined where the server says NotFound. */
export async function found<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (failure) {
    if (failure instanceof ApiError && failure.status.reason === 'NotFound') return undefined;
    throw failure;
  }
}
