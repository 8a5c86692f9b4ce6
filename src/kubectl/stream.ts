import type { ConnectRequest } from '../kubernetes/api/connection.ts';
import { ApiError } from '../kubernetes/client/client.ts';
import { CommandError } from './errors.ts';
import type { Session } from './session.ts';

/** What `-i` and `-t` hand to a container: the terminal goes raw while `run` lasts, as the container's own does the echo. */
export async function withStreams<T>(
  session: Session,
  { stdin, tty }: { stdin: boolean; tty: boolean },
  run: (
    streams: Pick<Extract<ConnectRequest, { kind: 'exec' }>, 'stdin' | 'stdout' | 'stderr' | 'tty' | 'signal'>,
  ) => Promise<T>,
): Promise<T> {
  const { process } = session;
  const terminal = tty && stdin ? process.tty : undefined;
  if (tty && stdin && terminal === undefined) {
    await session.err('Unable to use a TTY - input is not a terminal or the right kind of file\n');
  }
  terminal?.setMode('raw');
  try {
    return await run({
      ...(stdin ? { stdin: process.stdin } : {}),
      stdout: process.stdout,
      stderr: process.stderr,
      ...(terminal === undefined ? {} : { tty: terminal }),
      signal: session.ended,
    });
  } catch (error) {
    // What the kubelet says on a stream is no answer of the API server: kubectl prints it without its reason.
    if (error instanceof ApiError && error.status.reason === 'InternalError') {
      throw new CommandError(error.message.replace(/^Internal error occurred: (?=unable to upgrade)/, ''));
    }
    throw error;
  } finally {
    terminal?.setMode('cooked');
  }
}
