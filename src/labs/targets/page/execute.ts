import { ApiError } from '../../../kubernetes/client/client.ts';
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
  readonly onOutput?: OnOutput;
}

/** Gets what a process prints, as it prints it. */
export type OnOutput = (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void;

/** Runs one process and keeps what it prints. Throws `notFound` for the place, `timeout` when it was ended for it. */
export async function execute(
  cluster: PageCluster,
  where: Where,
  argv: readonly string[],
  { timeoutMs, signal, probe, program, onOutput }: ExecuteOptions = {},
): Promise<ExecResult> {
  signal?.throwIfAborted();
  const stdout = new Output(onOutput && ((bytes) => onOutput('stdout', bytes)));
  const stderr = new Output(onOutput && ((bytes) => onOutput('stderr', bytes)));
  const over = new AbortController();
  const marked = probe === undefined ? {} : { probe };
  const abort = () => over.abort(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  let timedOut = false;
  const timer =
    timeoutMs === undefined
      ? undefined
      : cluster.clock.after(timeoutMs, () => {
          timedOut = true;
          over.abort(new Error('timed out'));
        });
  try {
    let code: number;
    if (where.kind === 'pod' && program === undefined) {
      code = await inPod(cluster, where, { command: argv, stdout, stderr, signal: over.signal, ...marked });
    } else {
      const own = program === undefined ? {} : { program };
      const child = cluster.spawn(where, { argv, stdout, stderr, ...marked, ...own });
      if (child === undefined) throw new TargetError('notFound', `There is no ${inWords(where)} that runs.`);
      over.signal.addEventListener('abort', () => child.kill('KILL'), { once: true });
      code = await child.exit;
    }
    signal?.throwIfAborted();
    if (timedOut)
      throw new TargetError('timeout', `\`${argv.join(' ')}\` did not end in ${(timeoutMs ?? 0) / 1000} s.`);
    return { code, stdout: stdout.text, stderr: stderr.text };
  } finally {
    timer?.cancel();
    signal?.removeEventListener('abort', abort);
  }
}

type InPod = Pick<
  Extract<Parameters<PageCluster['client']['connect']>[0], { kind: 'exec' }>,
  'command' | 'stdout' | 'stderr' | 'signal' | 'probe'
>;

/** As `kubectl exec` does it: through the API server and the node's kubelet. */
async function inPod(cluster: PageCluster, where: Extract<Place, { kind: 'pod' }>, spec: InPod): Promise<number> {
  const { namespace, name, container } = where;
  const named = container === undefined ? {} : { container };
  try {
    return await cluster.client.connect({ kind: 'exec', namespace, pod: name, ...named, ...spec, user: 'hop' });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { message } = error.status;
    // What can't be executed is the command's failure, as a shell sees it; anything else is the place's.
    if (!/executable file not found|permission denied|no such file/i.test(message)) {
      throw new TargetError('notFound', `There is no ${inWords(where)} that runs: ${message}`);
    }
    await spec.stderr.write(`${message}\n`);
    return 127;
  }
}

function inWords(where: Where): string {
  if (where.kind === 'pod') return `pod "${where.name}" in the namespace "${where.namespace}"`;
  if (where.kind === 'node') return `node "${where.name}"`;
  return where.kind === 'outside' ? 'machine outside the cluster' : "learner's machine";
}
