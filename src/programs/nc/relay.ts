import { LinuxError } from '../../linux/errno.ts';
import type { Process } from '../../linux/process/process.ts';
import type { Timer } from '../../simulation/clock.ts';
import { Deferred } from '../../simulation/deferred.ts';
import type { NcOptions } from './options.ts';

/** What nc reads from and writes to: a TCP connection or a UDP socket with its peer. */
export interface Conversation {
  /** `undefined`: the peer has nothing more to say. */
  read(signal: AbortSignal): Promise<Uint8Array | undefined>;
  write(data: Uint8Array): Promise<void>;
  shutdown(): void;
}

/**
 * readwrite() of netcat.c: stdin to the network and the network to stdout, until both ways are over, `-w` seconds pass
 * without anything, or `-q` seconds after the end of stdin.
 */
export async function relay(process: Process, options: NcOptions, conversation: Conversation): Promise<void> {
  const { clock, signals, stdin, stdout } = process;
  const over = new Deferred<void>(clock);
  const stop = new AbortController();
  const state = { stdin: !options.detached, in: true, out: true };
  let idle: Timer | undefined;
  let quit: Timer | undefined;
  const finish = () => over.resolve();
  const active = () => {
    idle?.cancel();
    if (options.wait !== undefined) idle = clock.after(options.wait * 1000, finish);
  };
  const check = () => {
    if (!state.stdin && state.out) {
      if (options.shutdown) conversation.shutdown();
      state.out = false;
      if (options.quit !== undefined) quit = clock.after(options.quit * 1000, finish);
    }
    if (!state.in && (!state.out || options.listen)) finish();
  };
  const abort = () => over.reject(signals.ended.reason);
  signals.ended.addEventListener('abort', abort, { once: true });
  const fromNetwork = async () => {
    for (;;) {
      const data = await conversation.read(stop.signal).catch(ended);
      if (data === undefined) break;
      active();
      await stdout.write(data);
    }
    state.in = false;
    check();
  };
  const fromStdin = async () => {
    while (state.stdin) {
      const data = await stdin.read(stop.signal);
      if (data === undefined) break;
      active();
      await conversation.write(options.crlf ? withReturns(data) : data).catch(ended);
      if (options.interval > 0) await clock.sleep(options.interval * 1000, stop.signal);
    }
    state.stdin = false;
    check();
  };
  active();
  check();
  const failed = (error: unknown) => {
    if (!stop.signal.aborted) over.reject(error);
  };
  fromNetwork().catch(failed);
  fromStdin().catch(failed);
  try {
    await over.promise;
  } finally {
    signals.ended.removeEventListener('abort', abort);
    idle?.cancel();
    quit?.cancel();
    clock.woke();
    stop.abort(new LinuxError('EINTR'));
  }
}

/** A reset or refused conversation is over like any other. */
function ended(error: unknown): undefined {
  if (error instanceof LinuxError && error.errno !== 'EINTR') return undefined;
  throw error;
}

/** `-C`: CR before each line's end. */
function withReturns(data: Uint8Array): Uint8Array {
  return Uint8Array.from([...data].flatMap((byte) => (byte === 10 ? [13, 10] : [byte])));
}
