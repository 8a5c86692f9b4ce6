import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import type { ExecResult } from '../../target.ts';
import { TargetError } from '../../target.ts';

/** Output beyond this is cut. */
export const OUTPUT_LIMIT = 1024 * 1024;

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Written to the program's stdin; without it stdin is empty. */
  readonly input?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Each line of stderr as it comes (kind tells its progress there). */
  readonly onStderrLine?: (line: string) => void;
}

/**
 * Runs a program of this machine to its end. A program that isn't there is `unavailable`, one that outlives
 * `timeoutMs` is killed and is a `timeout`, an abort rejects with the signal's reason.
 */
export async function run(program: string, argv: readonly string[], options: RunOptions = {}): Promise<ExecResult> {
  options.signal?.throwIfAborted();
  const child = spawn(program, [...argv], {
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr, options.onStderrLine);
  // A program that ends before it has read its input makes EPIPE here; its status tells more.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  return new Promise((resolve, reject) => {
    const end = (error: unknown): void => {
      child.kill('SIGKILL');
      reject(error);
    };
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(
            () => end(new TargetError('timeout', `${basename(program)} took longer than ${options.timeoutMs} ms.`)),
            options.timeoutMs,
          );
    const abort = (): void => end(options.signal?.reason);
    options.signal?.addEventListener('abort', abort, { once: true });
    const clear = (): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', abort);
    };
    child.on('error', (error: NodeJS.ErrnoException) => {
      clear();
      reject(
        error.code === 'ENOENT'
          ? new TargetError('unavailable', `${program} is not installed, or not on PATH.`)
          : new TargetError('unavailable', `${program} could not be started: ${error.message}`),
      );
    });
    child.on('close', (code, signal) => {
      clear();
      resolve({ code: code ?? (signal === null ? 1 : 137), stdout: stdout(), stderr: stderr() });
    });
  });
}

/** As `run`, but any failure of the program is an error in its own words. `doing` completes "could not ...". */
export async function mustRun(
  doing: string,
  program: string,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await run(program, argv, options);
  if (code === 0) return stdout;
  const words = stderr.trim() || stdout.trim() || `it ended with status ${code}`;
  throw new TargetError(
    'unavailable',
    `Could not ${doing}: ${program} said: ${words.split('\n').slice(-12).join('\n')}`,
  );
}

function collect(stream: NodeJS.ReadableStream, onLine?: (line: string) => void): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  let rest = '';
  stream.on('data', (chunk: Buffer) => {
    if (size < OUTPUT_LIMIT) chunks.push(chunk.subarray(0, OUTPUT_LIMIT - size));
    size += chunk.length;
    if (onLine === undefined) return;
    const lines = (rest + chunk.toString('utf8')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  return () => Buffer.concat(chunks).toString('utf8');
}
