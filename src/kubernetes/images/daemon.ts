import type { Program } from '../../linux/process/process.ts';

/** A component that the cluster has elsewhere: it runs, says so in its log, and ends on SIGTERM. */
export function daemon(...lines: readonly string[]): Program {
  return async ({ stderr, signals, clock }) => {
    const stopped = new AbortController();
    let status = 0;
    signals.on('TERM', () => stopped.abort(new Error('terminated')));
    signals.ended.addEventListener('abort', () => stopped.abort(signals.ended.reason), { once: true });
    for (const line of lines) await stderr.write(`${line}\n`);
    try {
      for (;;) await clock.sleep(3_600_000, stopped.signal);
    } catch {
      signals.ended.throwIfAborted();
      status = 0;
    }
    return status;
  };
}
