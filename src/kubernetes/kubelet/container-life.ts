import { Pipe } from '../../linux/process/pipe.ts';
import { goDuration, timestamp, timeText } from '../events/time.ts';
import { type Container as RuntimeContainer, RuntimeError } from '../runtime/container.ts';
import type { Sandbox } from '../runtime/sandbox.ts';
import type { Container } from '../types/container.ts';
import type { Pod } from '../types/pod.ts';
import type { KubeletContext } from './context.ts';
import { ContainerConfigError, environment, expand } from './environment.ts';
import { writeEtcFiles } from './etc-files.ts';
import { ensureImage, fieldPath, NotStarted } from './image-pull.ts';
import type { ContainerRecord } from './record.ts';
import type { PodVolumes } from './volumes.ts';

/** As containerd says of a container that never ran. */
const NEVER = timeText(0);
const START_ERROR = 128;

export interface StartContext {
  readonly context: KubeletContext;
  readonly pod: Pod;
  readonly sandbox: Sandbox;
  readonly volumes: PodVolumes;
  /** Called when the container's process has ended and the record says so. */
  ended(record: ContainerRecord): void;
}

/** `NAME_NAMESPACE(UID)`, as kubelet's messages name a pod. */
function podText({ metadata }: Pod): string {
  return `${metadata.name}_${metadata.namespace}(${metadata.uid})`;
}

/** Whether a restart has to wait: then the record says CrashLoopBackOff. @returns ms to wait, 0 to go on */
export function crashBackoff(context: KubeletContext, pod: Pod, record: ContainerRecord): number {
  if (record.attempts === 0) return 0;
  const key = `${pod.metadata.uid}/${record.spec.name}`;
  const left = context.crashBackoff.left(key, record.finishedAt);
  if (left === 0) {
    context.crashBackoff.failed(key, record.finishedAt);
    return 0;
  }
  const { name } = record.spec;
  const message = `Back-off restarting failed container ${name} in pod ${podText(pod)}`;
  context.recorder.event(pod, 'Warning', 'BackOff', message, fieldPath(pod, record.spec));
  const wait = goDuration(context.crashBackoff.delay(key));
  moveToLast(record);
  record.state = {
    waiting: {
      reason: 'CrashLoopBackOff',
      message: `back-off ${wait} restarting failed container=${name} pod=${podText(pod)}`,
    },
  };
  return left;
}

/** Pulls, creates and starts. What fails is in the record afterwards. @returns ms after which to try again, if known */
export async function startContainer(start: StartContext, record: ContainerRecord): Promise<number | undefined> {
  const { context, pod } = start;
  const { recorder, clock } = context;
  const at = fieldPath(pod, record.spec);
  let container: RuntimeContainer;
  try {
    container = await create(start, record.spec);
  } catch (failure) {
    const refusal = notStarted(failure);
    recorder.event(pod, 'Warning', 'Failed', `Error: ${errorText(refusal)}`, at);
    moveToLast(record);
    record.state = { waiting: { reason: refusal.reason, message: refusal.message } };
    return refusal.again ?? 10_000;
  }
  recorder.event(pod, 'Normal', 'Created', 'Container created', at);
  replaceCurrent(context, record, container);
  try {
    await launch(start, record, container);
    recorder.event(pod, 'Normal', 'Started', 'Container started', at);
    return undefined;
  } catch (failure) {
    if (!(failure instanceof RuntimeError)) throw failure;
    recorder.event(pod, 'Warning', 'Failed', `Error: ${failure.message}`, at);
    record.finishedAt = clock.now();
    record.last = {
      terminated: {
        containerID: `containerd://${container.id}`,
        exitCode: START_ERROR,
        reason: 'StartError',
        message: failure.message,
        startedAt: NEVER,
        finishedAt: timestamp(clock),
      },
    };
    record.state = { waiting: { reason: 'RunContainerError', message: failure.message } };
    return 1000;
  }
}

function notStarted(failure: unknown): NotStarted {
  if (failure instanceof NotStarted) return failure;
  if (failure instanceof ContainerConfigError) return new NotStarted('CreateContainerConfigError', failure.message);
  if (failure instanceof RuntimeError) return new NotStarted('CreateContainerError', failure.message);
  throw failure;
}

/** The events of image failures name the reason, the others what went wrong. */
function errorText(refusal: NotStarted): string {
  return refusal.reason.startsWith('CreateContainer') ? refusal.message : refusal.reason;
}

async function create(start: StartContext, spec: Container): Promise<RuntimeContainer> {
  const { context, pod, sandbox, volumes } = start;
  const image = await ensureImage(context, pod, spec);
  const podIp = sandbox.ip ?? context.nodeIp;
  const place = { nodeName: context.nodeName, hostIp: context.nodeIp, podIp };
  const env = await environment(context.client, pod, spec, place);
  const words = (list: readonly string[] | undefined) => list?.map((word) => expand(word, env));
  const command = spec.command?.length ? words(spec.command) : undefined;
  const args = spec.args?.length ? words(spec.args) : undefined;
  return context.runtime.createContainer(sandbox, {
    name: spec.name,
    image,
    env,
    ...(command === undefined ? {} : { command }),
    ...(args === undefined ? {} : { args }),
    ...(spec.workingDir === undefined ? {} : { workingDir: spec.workingDir }),
    tty: spec.tty === true,
    stdin: spec.stdin === true,
    uid: Number(spec.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser ?? 0),
    services: context.servicesFor(pod),
    prepare(root) {
      writeEtcFiles(root, context.machine.files, pod, place);
      volumes.mount(root, spec);
    },
  });
}

/** The run before leaves its log behind, and nothing else. */
function replaceCurrent(context: KubeletContext, record: ContainerRecord, container: RuntimeContainer): void {
  if (record.current !== undefined) {
    record.previousLog = record.current.log;
    context.runtime.removeContainer(record.current);
  }
  moveToLast(record);
  record.current = container;
  if (record.attempts > 0) record.restartCount++;
  record.attempts++;
}

async function launch(start: StartContext, record: ContainerRecord, container: RuntimeContainer): Promise<void> {
  const { clock } = start.context;
  const pipe = container.spec.stdin && !container.spec.tty ? new Pipe(clock) : undefined;
  if (pipe !== undefined) container.input = pipe.writer;
  const child = await start.context.runtime.startContainer(container, pipe?.reader);
  const startedAt = timestamp(clock);
  record.state = { running: { startedAt } };
  record.started = record.spec.startupProbe === undefined;
  record.ready = record.started && record.spec.readinessProbe === undefined;
  void child.exit.then((exitCode) => {
    if (record.current !== container) return;
    record.finishedAt = clock.now();
    record.ready = false;
    record.started = false;
    record.state = {
      terminated: {
        containerID: `containerd://${container.id}`,
        exitCode,
        reason: exitCode === 0 ? 'Completed' : 'Error',
        startedAt,
        finishedAt: timestamp(clock),
      },
    };
    start.ended(record);
  });
}

function moveToLast(record: ContainerRecord): void {
  if (record.state.terminated !== undefined) record.last = { terminated: record.state.terminated };
}
