import type { ApiObject, Status } from '../kubernetes/api/operation.ts';
import { ApiError } from '../kubernetes/client/client.ts';
import type { ApiResource } from './resources.ts';
import type { Session } from './session.ts';

/**
 * Follows one object until `done` says so. @param timeoutMs virtual milliseconds; 0: for ever.
 * @param done is given the object, or undefined while it isn't there.
 * @returns false when the time was up. Throws SignalExit when kubectl is interrupted.
 */
export async function until(
  session: Session,
  resource: ApiResource,
  { namespace, name }: { namespace?: string | undefined; name: string },
  done: (object: ApiObject | undefined) => boolean | Promise<boolean>,
  timeoutMs: number,
): Promise<boolean> {
  const at = namespace === undefined ? {} : { namespace };
  const fieldSelector = `metadata.name=${name}`;
  const limit = new TimeLimit(session, timeoutMs);
  try {
    for (;;) {
      const { items, metadata } = await session.client.list(resource, at, { fieldSelector });
      if (await done(items[0])) return true;
      const watch = await session.client.watch(resource, at, {
        fieldSelector,
        resourceVersion: metadata.resourceVersion,
      });
      try {
        for (;;) {
          const event = await watch.next(limit.signal);
          if (event === undefined) break;
          if (event.type === 'BOOKMARK') continue;
          if (event.type === 'ERROR') {
            const status = event.object as Status;
            // The history is gone: start again from what is there now.
            if (status.reason === 'Expired') break;
            throw new ApiError(status);
          }
          if (await done(event.type === 'DELETED' ? undefined : (event.object as ApiObject))) return true;
        }
      } finally {
        watch.stop();
      }
      session.ended.throwIfAborted();
    }
  } catch (error) {
    if (limit.reached && !session.ended.aborted) return false;
    throw error;
  } finally {
    limit.stop();
  }
}

/** Aborts when the time is up or kubectl has to end. */
class TimeLimit {
  readonly #controller = new AbortController();
  readonly #stop: () => void;
  reached = false;

  constructor(session: Session, timeoutMs: number) {
    const end = () => this.#controller.abort(session.ended.reason);
    if (session.ended.aborted) end();
    session.ended.addEventListener('abort', end, { once: true });
    const timer =
      timeoutMs <= 0
        ? undefined
        : session.process.clock.after(timeoutMs, () => {
            this.reached = true;
            this.#controller.abort(new Error('the time is up'));
          });
    this.#stop = () => {
      timer?.cancel();
      session.ended.removeEventListener('abort', end);
    };
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  stop(): void {
    this.#stop();
  }
}
