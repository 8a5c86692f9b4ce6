import type { Reader, Writer } from '../../linux/process/process.ts';
import { TerminalDevice } from '../../linux/tty/terminal.ts';
import type { ConnectRequest, ExecRequest, LogRequest } from '../api/connection.ts';
import type { StatusReason } from '../api/operation.ts';
import { ApiError } from '../client/client.ts';
import { type Container as RuntimeContainer, RuntimeError } from '../runtime/container.ts';
import type { Pod } from '../types/pod.ts';
import type { KubeletContext } from './context.ts';
import type { PodWorker } from './pod-worker.ts';
import { type ContainerRecord, isRunning } from './record.ts';

/** Answers exec and log requests for the pods of a node. Rejects with `ApiError`. */
export async function connect(context: KubeletContext, worker: PodWorker, request: ConnectRequest): Promise<number> {
  const record = recordOf(worker, request.container);
  return request.kind === 'exec' ? exec(context, record, request) : logs(worker.pod, record, request);
}

function recordOf(worker: PodWorker, name: string | undefined): ContainerRecord {
  const { metadata, spec } = worker.pod;
  const wanted = name ?? metadata.annotations?.['kubectl.kubernetes.io/default-container'] ?? spec.containers[0]?.name;
  const record = worker.records.find((one) => one.spec.name === wanted);
  if (record === undefined)
    throw refusal(400, 'BadRequest', `container ${wanted} is not valid for pod ${metadata.name}`);
  return record;
}

function refusal(code: number, reason: StatusReason, message: string): ApiError {
  return new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code });
}

async function exec(context: KubeletContext, record: ContainerRecord, request: ExecRequest): Promise<number> {
  const container = record.current;
  if (container === undefined || !isRunning(record)) {
    throw refusal(
      500,
      'InternalError',
      `Internal error occurred: unable to upgrade connection: container not found ("${record.spec.name}")`,
    );
  }
  const { tty, signal } = request;
  const terminal = tty === undefined ? undefined : connectTerminal(context, request, tty);
  try {
    const child = context.runtime.exec(container, {
      command: request.command,
      ...(terminal?.device.streams ?? {
        ...(request.stdin === undefined ? {} : { stdin: request.stdin }),
        stdout: request.stdout,
        stderr: request.stderr,
      }),
      services: { ...container.spec.services, ...(request.probe === undefined ? {} : { probe: request.probe }) },
    });
    const kill = () => child.kill('KILL');
    signal?.addEventListener('abort', kill, { once: true });
    if (signal?.aborted) kill();
    const status = await child.exit;
    signal?.removeEventListener('abort', kill);
    await terminal?.flushed();
    return status;
  } catch (failure) {
    if (!(failure instanceof RuntimeError)) throw failure;
    throw refusal(
      500,
      'InternalError',
      `Internal error occurred: Internal error occurred: error executing command in container: ${failure.message}`,
    );
  } finally {
    terminal?.close();
  }
}

/** A terminal of the container's own, fed by the client's keys; the client's terminal is raw meanwhile. */
function connectTerminal(
  { clock }: KubeletContext,
  { stdin, stdout }: { readonly stdin?: Reader; readonly stdout: Writer },
  size: { readonly columns: number; readonly rows: number },
) {
  const device = new TerminalDevice({ clock, columns: size.columns, rows: size.rows, window: 64 * 1024 });
  let last: Promise<void> = Promise.resolve();
  const stopOutput = device.onOutput((text) => {
    last = last.then(async () => {
      await stdout.write(text).catch(() => {});
      device.ack(text.length);
    });
  });
  const stop = new AbortController();
  const decoder = new TextDecoder();
  const pump = async () => {
    while (stdin !== undefined) {
      const bytes = await stdin.read(stop.signal);
      if (bytes === undefined) return;
      device.resize(size.columns, size.rows);
      device.input(decoder.decode(bytes, { stream: true }));
    }
  };
  void pump().catch(() => {});
  // The size is read when it is needed: the client's terminal may change it at any time.
  const watchSize = clock.after(0, function again() {
    device.resize(size.columns, size.rows);
    timer = clock.after(500, again);
  });
  let timer = watchSize;
  return {
    device,
    flushed: () => last,
    close() {
      timer.cancel();
      stopOutput();
      stop.abort(new Error('the session is over'));
    },
  };
}

async function logs(pod: Pod, record: ContainerRecord, request: LogRequest): Promise<number> {
  const { name } = record.spec;
  const log = request.previous === true ? record.previousLog : logOf(pod, record);
  if (log === undefined) {
    throw refusal(400, 'BadRequest', `previous terminated container "${name}" in pod "${pod.metadata.name}" not found`);
  }
  const { follow, tailLines, sinceSeconds, timestamps, signal } = request;
  await log.copy(request.stdout, {
    ...(follow === undefined ? {} : { follow }),
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
    ...(timestamps === undefined ? {} : { timestamps }),
    ...(signal === undefined ? {} : { signal }),
  });
  return 0;
}

function logOf(pod: Pod, record: ContainerRecord): RuntimeContainer['log'] {
  if (record.current !== undefined) return record.current.log;
  const { name } = record.spec;
  const reason = record.state.waiting?.reason ?? 'ContainerCreating';
  const detail = /ErrImage|ImagePull|InvalidImage/.test(reason)
    ? `trying and failing to pull image`
    : `is waiting to start: ${reason}`;
  const why = detail.startsWith('is') ? detail : `is waiting to start: ${detail}`;
  throw refusal(400, 'BadRequest', `container "${name}" in pod "${pod.metadata.name}" ${why}`);
}
