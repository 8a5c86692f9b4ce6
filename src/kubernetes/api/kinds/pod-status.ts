import type { Container, ContainerState, ContainerStatus } from '../../types/container.ts';
import type { Pod } from '../../types/pod.ts';
import type { Cell } from '../kind.ts';
import { age, humanDuration } from '../time.ts';

/** The one word of a pod's STATUS column, and the counts beside it. */
interface PodSummary {
  readonly ready: number;
  readonly containers: number;
  readonly status: string;
  readonly restarts: number;
  /** When the last restarted container had ended, in ms since 1970. */
  readonly lastRestart?: number;
}

/** How `kubectl get pods` sums a pod up; kubectl describe's status line is another one. */
function summarizePod(pod: Pod): PodSummary {
  const sidecars = new Set((pod.spec.initContainers ?? []).filter(isSidecar).map(({ name }) => name));
  const status = pod.status ?? {};
  const phase = status.phase ?? '';
  const conditions = status.conditions ?? [];
  const gated = conditions.some(({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated');
  let word = gated ? 'SchedulingGated' : (status.reason ?? phase);
  let ready = 0;
  const restarts = new Restarts();
  const sidecarRestarts = new Restarts();

  let initializing = false;
  for (const [index, container] of (status.initContainerStatuses ?? []).entries()) {
    const sidecar = sidecars.has(container.name);
    restarts.add(container);
    if (sidecar) sidecarRestarts.add(container);
    if (container.state?.terminated?.exitCode === 0) continue;
    if (sidecar && container.started === true) {
      if (container.ready) ready++;
      continue;
    }
    word = initWord(container.state ?? {}, index, pod.spec.initContainers?.length ?? 0);
    initializing = true;
    break;
  }

  let counted = restarts;
  const initialized = conditions.some(({ type, status }) => type === 'Initialized' && status === 'True');
  if (!initializing || initialized) {
    counted = sidecarRestarts;
    let running = false;
    let failed = '';
    for (const container of (status.containerStatuses ?? []).toReversed()) {
      counted.add(container);
      const { waiting, terminated } = container.state ?? {};
      if (waiting?.reason) {
        word = waiting.reason;
      } else if (terminated !== undefined) {
        word = terminatedWord(terminated);
        if (terminated.exitCode !== 0) failed = word;
      } else if (container.ready && container.state?.running !== undefined) {
        running = true;
        ready++;
      }
    }
    // One container is done; the others say how the pod is.
    if (word === 'Completed') {
      const podReady = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
      if (running && podReady) word = 'Running';
      else if (failed !== '') word = failed;
      else if (running) word = 'NotReady';
    }
  }

  if (pod.metadata.deletionTimestamp !== undefined) {
    if (status.reason === 'NodeLost') word = 'Unknown';
    else if (phase !== 'Succeeded' && phase !== 'Failed') word = 'Terminating';
  }
  return {
    ready,
    containers: pod.spec.containers.length + sidecars.size,
    status: word,
    restarts: counted.count,
    ...(counted.last !== undefined && { lastRestart: counted.last }),
  };
}

class Restarts {
  count = 0;
  last: number | undefined;

  add({ restartCount, lastState }: ContainerStatus): void {
    this.count += restartCount;
    const finished = lastState?.terminated?.finishedAt;
    if (finished !== undefined) this.last = Math.max(this.last ?? 0, Date.parse(finished));
  }
}

function isSidecar({ restartPolicy }: Container): boolean {
  return restartPolicy === 'Always';
}

function initWord({ waiting, terminated }: ContainerState, index: number, count: number): string {
  if (terminated !== undefined) return `Init:${terminatedWord(terminated)}`;
  if (waiting?.reason && waiting.reason !== 'PodInitializing') return `Init:${waiting.reason}`;
  return `Init:${index}/${count}`;
}

function terminatedWord({ reason, signal, exitCode }: NonNullable<ContainerState['terminated']>): string {
  if (reason) return reason;
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}

export function podCells(pod: Pod, now: number): readonly Cell[] {
  const { ready, containers, status, restarts, lastRestart } = summarizePod(pod);
  const ago = restarts !== 0 && lastRestart !== undefined ? ` (${humanDuration(now - lastRestart)} ago)` : '';
  const gates = pod.spec.readinessGates ?? [];
  const open = gates.filter(({ conditionType }) =>
    pod.status?.conditions?.some(({ type, status }) => type === conditionType && status === 'True'),
  );
  return [
    pod.metadata.name,
    `${ready}/${containers}`,
    status,
    `${restarts}${ago}`,
    age(pod.metadata.creationTimestamp, now),
    pod.status?.podIPs?.[0]?.ip || '<none>',
    pod.spec.nodeName || '<none>',
    pod.status?.nominatedNodeName || '<none>',
    gates.length === 0 ? '<none>' : `${open.length}/${gates.length}`,
  ];
}
