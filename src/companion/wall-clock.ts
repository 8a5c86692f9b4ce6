import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineClock } from '../labs/session/clock.ts';

/** Real time, for engines on real clusters. */
export const wallClock: EngineClock = {
  now: () => performance.now(),
  after: (delay, task) => {
    const timer = setTimeout(task, delay);
    return { cancel: () => clearTimeout(timer) };
  },
  sleep: async (delay, signal) => {
    await sleep(delay, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
      throw signal?.aborted ? signal.reason : error;
    });
  },
  woke: () => {},
};
