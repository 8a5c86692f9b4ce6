import type { Program } from '../../../linux/process/process.ts';
import { type ExecResult, type Place, TargetError } from '../../target.ts';
import type { PageCluster } from './cluster.ts';
import { Output } from './output.ts';

export type Where = Place | { readonly kind: 'learner' };

export interface ExecuteOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  readonly probe?: string;
  readonly program?: Program;
}

/** Runs one process and keeps what it prints. Throws `notFound` for the place, `timeout` when it was ended for it. */
export async function execute(
  cluster: PageCluster,
  where: Where,
  argv: readonly string[],
  { timeoutMs, signal, probe, program }: ExecuteOptions = {},
): Promise<ExecResult> {
  signal?.throwIfAborted();
  const stdout = new Output();
  const stderr = new Output();
  const child = cluster.spawn(where, {
    argv,
    stdout,
    stderr,
    ...(probe === undefined ? {} : { probe }),
    ...(program === undefined ? {} : { program }),
  });
  if (child === undefined) throw new TargetError('notFound', `There is no ${inWords(where)} that runs.`);
  let timedOut = false;
  const kill = () => child.kill('KILL');
  const timer =
    timeoutMs === undefined
      ? undefined
      : cluster.clock.after(timeoutMs, () => {
          timedOut = true;
          kill();
        });
  signal?.addEventListener('abort', kill, { once: true });
  const code = await child.exit;
  timer?.cancel();
  signal?.removeEventListener('abort', kill);
  signal?.throwIfAborted();
  if (timedOut) throw new TargetError('timeout', `\`${argv.join(' ')}\` did not end in ${(timeoutMs ?? 0) / 1000} s.`);
  return { code, stdout: stdout.text, stderr: stderr.text };
}

function inWords(where: Where): string {
  if (where.kind === 'pod') return `pod "${where.name}" in the namespace "${where.namespace}"`;
  if (where.kind === 'node') return `node "${where.name}"`;
  return where.kind === 'outside' ? 'machine outside the cluster' : "learner's machine";
}
