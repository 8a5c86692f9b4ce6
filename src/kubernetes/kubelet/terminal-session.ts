import type { Reader, Writer } from '../../linux/process/process.ts';
import type { TerminalDevice } from '../../linux/tty/terminal.ts';
import type { Clock } from '../../simulation/clock.ts';

/** How often the client's terminal is asked for its size, in ms. */
const SIZE_PERIOD = 500;

export interface TerminalSession {
  /** Resolves when all output so far has been written to the client. */
  flushed(): Promise<void>;
  close(): void;
}

/** Joins a client's keys and screen to a terminal in a container; the client's own terminal is raw meanwhile. */
export function joinTerminal(
  clock: Clock,
  device: TerminalDevice,
  client: { readonly stdin?: Reader; readonly stdout: Writer },
  size: { readonly columns: number; readonly rows: number },
): TerminalSession {
  let last: Promise<void> = Promise.resolve();
  const stopOutput = device.onOutput((text) => {
    last = last.then(async () => {
      await client.stdout.write(text).catch(() => {});
      device.ack(text.length);
    });
  });
  const stop = new AbortController();
  const { stdin } = client;
  if (stdin !== undefined) {
    const decoder = new TextDecoder();
    void pump(stdin, stop.signal, (bytes) => device.input(decoder.decode(bytes, { stream: true })));
  }
  let timer = clock.after(0, function again() {
    device.resize(size.columns, size.rows);
    timer = clock.after(SIZE_PERIOD, again);
  });
  return {
    flushed: () => last,
    close() {
      timer.cancel();
      stopOutput();
      stop.abort(new Error('the session is over'));
    },
  };
}

/** Hands on what comes, until the end or `signal`; a client that breaks off is an end too. */
export async function pump(stdin: Reader, signal: AbortSignal, take: (bytes: Uint8Array) => unknown): Promise<void> {
  try {
    for (;;) {
      const bytes = await stdin.read(signal);
      if (bytes === undefined) return;
      await take(bytes);
    }
  } catch {
    // The session is over, or the container reads no more.
  }
}
