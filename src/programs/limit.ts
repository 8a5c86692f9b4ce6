import { LinuxError } from '../linux/errno.ts';
import type { Clock, Milliseconds } from '../simulation/clock.ts';

/** A signal that aborts after a while (with ETIMEDOUT; `over` then says so), or with its parent. */
export class Limit {
  over = false;
  readonly #controller = new AbortController();
  readonly #stop: () => void;

  constructor(clock: Clock, after: Milliseconds | undefined, parent: AbortSignal) {
    const abort = () => {
      clock.woke();
      this.#controller.abort(parent.aborted ? parent.reason : new LinuxError('ETIMEDOUT'));
    };
    const timer =
      after === undefined
        ? undefined
        : clock.after(after, () => {
            this.over = true;
            abort();
          });
    parent.addEventListener('abort', abort, { once: true });
    this.#stop = () => {
      timer?.cancel();
      parent.removeEventListener('abort', abort);
    };
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  stop(): void {
    this.#stop();
  }
}
