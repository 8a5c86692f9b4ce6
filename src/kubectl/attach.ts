import type { ApiObject } from '../kubernetes/api/operation.ts';
import type { ContainerStatus } from '../kubernetes/types/container.ts';
import type { Pod } from '../kubernetes/types/pod.ts';
import type { Call } from './command.ts';
import { CommandError } from './errors.ts';
import { until } from './until.ts';

const startTimeoutMs = 60_000;

/**
 * `kubectl run --attach` and `-i`: waits for the pod, shows what its container writes, and with `--rm`
 * deletes it. The page's kubelets don't attach to a running process, so this follows the log, which is
 * what the real kubectl falls back to, and standard input stays here.
 */
export async function attachTo(call: Call, created: ApiObject): Promise<number> {
  const { session, flags } = call;
  const { name, namespace = session.namespace } = created.metadata;
  const resource = session.mapper.find('pods');
  try {
    if (flags.bool('stdin') && !flags.bool('quiet')) {
      await session.warn(
        `what you type does not reach the container: the page's kubectl shows its output only. For a shell, start a pod that stays (kubectl run ${name} --image=... --command -- sleep 1d) and use kubectl exec -it ${name} -- sh`,
      );
    }
    let failure: string | undefined;
    const started = await until(
      session,
      resource,
      { name, namespace },
      (object) => {
        if (object === undefined)
          throw new CommandError(`pod ${JSON.stringify(name)} was deleted before its container ran`);
        failure = waitingReason(object);
        return hasStarted(object);
      },
      startTimeoutMs,
    );
    if (!started) {
      throw new CommandError(
        `timed out waiting for the condition${failure === undefined ? '' : ` (the container waits: ${failure})`}`,
      );
    }
    const { user = 'kubernetes-admin' } = session.access;
    await session.client.connect({
      kind: 'log',
      namespace,
      pod: name,
      container: name,
      follow: true,
      stdout: session.process.stdout,
      user,
      signal: session.ended,
    });
    return await exitStatus(call, name, namespace);
  } finally {
    if (flags.bool('rm')) {
      await session.client.delete(resource, { name, namespace }, { propagationPolicy: 'Background' });
      if (!flags.bool('quiet')) await session.out(`pod ${JSON.stringify(name)} deleted from ${namespace} namespace\n`);
    }
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
  if (status !== 0) await session.err(`pod ${namespace}/${name} terminated (Error)\n`);
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
