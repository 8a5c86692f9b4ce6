import type { ApiObject } from '../kubernetes/api/operation.ts';
import { ApiError } from '../kubernetes/client/client.ts';
import type { ContainerStatus } from '../kubernetes/types/container.ts';
import type { Pod } from '../kubernetes/types/pod.ts';
import type { Call } from './command.ts';
import { CommandError } from './errors.ts';
import { withStreams } from './stream.ts';
import { until } from './until.ts';

const startTimeoutMs = 60_000;

/**
 * `kubectl run --attach`, `-i` and `-t`: waits for the pod, joins its container's process, and with `--rm`
 * deletes the pod afterwards. A container that has ended before the client came is shown by its log.
 */
export async function attachTo(call: Call, created: ApiObject): Promise<number> {
  const { session, flags } = call;
  const { name, namespace = session.namespace } = created.metadata;
  const resource = session.mapper.find('pods');
  let status = 0;
  try {
    let failure: string | undefined;
    let over = false;
    const started = await until(
      session,
      resource,
      { name, namespace },
      (object) => {
        if (object === undefined)
          throw new CommandError(`pod ${JSON.stringify(name)} was deleted before its container ran`);
        failure = waitingReason(object);
        over = statuses(object).some(({ state }) => state?.terminated !== undefined);
        return hasStarted(object);
      },
      startTimeoutMs,
    );
    if (!started) {
      throw new CommandError(
        `timed out waiting for the condition${failure === undefined ? '' : ` (the container waits: ${failure})`}`,
      );
    }
    await join(call, name, namespace, over);
    status = await exitStatus(call, name, namespace);
  } finally {
    if (flags.bool('rm')) {
      await session.client.delete(resource, { name, namespace }, { propagationPolicy: 'Background' });
      if (!flags.bool('quiet')) await session.out(`pod ${JSON.stringify(name)} deleted from ${namespace} namespace\n`);
    }
  }
  if (status !== 0) await session.err(`pod ${namespace}/${name} terminated (Error)\n`);
  return status;
}

/** Attaches to the container that has the pod's name, or prints its log when it is `over`. */
async function join({ session, flags }: Call, name: string, namespace: string, over: boolean): Promise<void> {
  const [stdin, tty] = [flags.bool('stdin'), flags.bool('tty')];
  const at = { namespace, pod: name, container: name, user: session.access.user ?? 'kubernetes-admin' };
  if (!flags.bool('quiet')) {
    await session.err(
      "All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\nIf you don't see a command prompt, try pressing enter.\n",
    );
  }
  // Without input the log has the same text, and its beginning too.
  if (over || !stdin) {
    await session.client.connect({
      kind: 'log',
      ...at,
      follow: true,
      stdout: session.process.stdout,
      signal: session.ended,
    });
    return;
  }
  try {
    await withStreams(session, { stdin, tty }, (streams) =>
      session.client.connect({ kind: 'attach', ...at, ...streams }),
    );
  } catch (error) {
    if (!(error instanceof CommandError) && !(error instanceof ApiError)) throw error;
    await session.err(`warning: couldn't attach to pod/${name}, falling back to streaming logs: ${error.message}\n`);
    await session.client.connect({ kind: 'log', ...at, follow: true, stdout: session.process.stdout });
  }
}

/** The container's own, where the pod ends with it. */
async function exitStatus({ session, flags }: Call, name: string, namespace: string): Promise<number> {
  if (flags.text('restart') === 'Always') return 0;
  let status = 0;
  await until(
    session,
    session.mapper.find('pods'),
    { name, namespace },
    (object) => {
      const state = object === undefined ? undefined : statuses(object)[0]?.state?.terminated;
      status = state?.exitCode ?? 0;
      return object === undefined || state !== undefined;
    },
    startTimeoutMs,
  );
  return status;
}

function statuses(object: ApiObject): readonly ContainerStatus[] {
  return (object as unknown as Pod).status?.containerStatuses ?? [];
}

function hasStarted(object: ApiObject): boolean {
  return statuses(object).some(({ state }) => state?.running !== undefined || state?.terminated !== undefined);
}

function waitingReason(object: ApiObject): string | undefined {
  return statuses(object)[0]?.state?.waiting?.reason;
}
