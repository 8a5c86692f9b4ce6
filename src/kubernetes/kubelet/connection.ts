import { TerminalDevice } from '../../linux/tty/terminal.ts';
import type { AttachRequest, ConnectRequest, ExecRequest, LogRequest, PortForwardRequest } from '../api/connection.ts';
import type { StatusReason } from '../api/operation.ts';
import { ApiError } from '../client/client.ts';
import { type Container as RuntimeContainer, RuntimeError } from '../runtime/container.ts';
import type { ContainerLog } from '../runtime/log.ts';
import type { Pod } from '../types/pod.ts';
import type { KubeletContext } from './context.ts';
import type { PodWorker } from './pod-worker.ts';
import { forwardPort } from './port-forward.ts';
import { type ContainerRecord, isRunning } from './record.ts';
import { joinTerminal, pump } from './terminal-session.ts';

/** Answers exec, attach and log requests for the pods of a node. Rejects with `ApiError`. */
export async function connect(context: KubeletContext, worker: PodWorker, request: ConnectRequest): Promise<number> {
  if (request.kind === 'portforward') return forward(worker, request);
  const record = recordOf(worker, request.container);
  switch (request.kind) {
    case 'exec':
      return exec(context, record, request);
    case 'attach':
      return attach(context, record, request);
    case 'log':
      return logs(worker.pod, record, request);
  }
}

async function forward(worker: PodWorker, request: PortForwardRequest): Promise<number> {
  const { sandbox } = worker;
  if (sandbox === undefined || worker.pod.status?.phase !== 'Running') {
    const status = worker.pod.status?.phase ?? 'Pending';
    throw refusal(400, 'BadRequest', `unable to forward port because pod is not running. Current status=${status}`);
  }
  try {
    return await forwardPort(sandbox, request);
  } catch (failure) {
    const why = failure instanceof Error ? failure.message : String(failure);
    const what = `error forwarding port ${request.port} to pod ${sandbox.id}, uid : ${why}`;
    throw refusal(500, 'InternalError', what);
  }
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

function runningContainer(record: ContainerRecord): RuntimeContainer {
  if (record.current !== undefined && isRunning(record)) return record.current;
  throw refusal(
    500,
    'InternalError',
    `Internal error occurred: unable to upgrade connection: container not found ("${record.spec.name}")`,
  );
}

async function exec(context: KubeletContext, record: ContainerRecord, request: ExecRequest): Promise<number> {
  const container = runningContainer(record);
  const { tty, signal, command, stdin, stdout, stderr, probe } = request;
  const { clock, runtime } = context;
  const device = tty && new TerminalDevice({ clock, columns: tty.columns, rows: tty.rows, window: 64 * 1024 });
  const session = device && tty && joinTerminal(clock, device, request, tty);
  try {
    const child = runtime.exec(container, {
      command,
      ...(device?.streams ?? { ...(stdin === undefined ? {} : { stdin }), stdout, stderr }),
      ...(probe === undefined ? {} : { probe }),
    });
    const kill = () => child.kill('KILL');
    signal?.addEventListener('abort', kill, { once: true });
    if (signal?.aborted) kill();
    const status = await child.exit;
    signal?.removeEventListener('abort', kill);
    await session?.flushed();
    return status;
  } catch (failure) {
    if (!(failure instanceof RuntimeError)) throw failure;
    const what = `error executing command in container: ${failure.message}`;
    throw refusal(500, 'InternalError', `Internal error occurred: Internal error occurred: ${what}`);
  } finally {
    session?.close();
  }
}

/** The container's own process: what it writes from now on, and its stdin where the container has one. */
async function attach(context: KubeletContext, record: ContainerRecord, request: AttachRequest): Promise<number> {
  const container = runningContainer(record);
  const child = container.process;
  if (child === undefined) return 0;
  const gone = new AbortController();
  const leave = () => gone.abort(new Error('the client is gone'));
  request.signal?.addEventListener('abort', leave, { once: true });
  const { terminal, input, log } = container;
  const size = request.tty ?? { columns: 80, rows: 24 };
  const session = terminal && joinTerminal(context.clock, terminal, request, size);
  const { stdin } = request;
  if (session === undefined && stdin !== undefined && input !== undefined) {
    void pump(stdin, gone.signal, (bytes) => input.write(bytes)).then(() => {
      // kubectl run -i ends the container's input with its own.
      if (record.spec.stdinOnce === true) input.close?.();
    });
  }
  const output =
    session === undefined ? log.copy(request.stdout, { follow: true, tailLines: 0, signal: gone.signal }) : undefined;
  const left = new Promise<number>((resolve) => {
    gone.signal.addEventListener(
      'abort',
      () => {
        context.clock.woke();
        resolve(0);
      },
      { once: true },
    );
  });
  const status = await Promise.race([child.exit, left]);
  if (!gone.signal.aborted) await (output ?? session?.flushed());
  request.signal?.removeEventListener('abort', leave);
  session?.close();
  leave();
  return status;
}

async function logs(pod: Pod, record: ContainerRecord, request: LogRequest): Promise<number> {
  const { follow, tailLines, sinceSeconds, timestamps, signal } = request;
  await logOf(pod, record, request.previous === true).copy(request.stdout, {
    ...(follow === undefined ? {} : { follow }),
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
    ...(timestamps === undefined ? {} : { timestamps }),
    ...(signal === undefined ? {} : { signal }),
  });
  return 0;
}

function logOf(pod: Pod, record: ContainerRecord, previous: boolean): ContainerLog {
  const container = `container "${record.spec.name}" in pod "${pod.metadata.name}"`;
  if (previous) {
    if (record.previousLog !== undefined) return record.previousLog;
    throw refusal(400, 'BadRequest', `previous terminated ${container} not found`);
  }
  if (record.current !== undefined) return record.current.log;
  const reason = record.state.waiting?.reason ?? 'ContainerCreating';
  const why = /ErrImage|ImagePull/.test(reason) ? 'trying and failing to pull image' : reason;
  throw refusal(400, 'BadRequest', `${container} is waiting to start: ${why}`);
}
