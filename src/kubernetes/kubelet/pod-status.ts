import type { Clock } from '../../simulation/clock.ts';
import { timestamp } from '../events/time.ts';
import type { Pod, PodCondition, PodStatus } from '../types/pod.ts';
import { type ContainerRecord, containerStatus, isRunning, lastExitCode } from './record.ts';

/** What a pod's status follows from. */
export interface PodFacts {
  readonly pod: Pod;
  readonly init: readonly ContainerRecord[];
  readonly main: readonly ContainerRecord[];
  readonly sandbox: 'none' | 'ready' | 'stopped';
  readonly podIp: string | undefined;
  readonly hostIp: string;
  readonly startTime: string;
  /** The pod is being ended: what stopped won't start again. */
  readonly ending: boolean;
  /** What was last told to the API server, which may not have come back yet. */
  readonly before: PodStatus | undefined;
}

type Phase = NonNullable<PodStatus['phase']>;
type Judged = Pick<PodCondition, 'type' | 'status' | 'reason' | 'message'>;

/** kubelet's part of a pod's status, with the other conditions left as they are. */
export function podStatus(facts: PodFacts, clock: Clock): PodStatus {
  const { pod, podIp, hostIp } = facts;
  const phase = podPhase(facts);
  const judged = conditions(facts, phase);
  const old = pod.status?.conditions ?? [];
  const generation = pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation };
  const dated = judged.map(({ type, status, reason, message }): PodCondition => {
    const before = [...(facts.before?.conditions ?? []), ...old].find((one) => one.type === type);
    const since = before?.status === status ? before.lastTransitionTime : undefined;
    return {
      type,
      ...generation,
      status,
      lastProbeTime: null,
      lastTransitionTime: since ?? timestamp(clock),
      ...(reason === undefined ? {} : { reason }),
      ...(message === undefined ? {} : { message }),
    };
  });
  const others = old.filter(({ type }) => !judged.some((one) => one.type === type));
  return {
    ...generation,
    phase,
    conditions: [...dated, ...others],
    hostIP: hostIp,
    hostIPs: [{ ip: hostIp }],
    ...(podIp === undefined ? {} : { podIP: podIp, podIPs: [{ ip: podIp }] }),
    startTime: facts.startTime,
    ...(facts.init.length === 0 ? {} : { initContainerStatuses: facts.init.map(containerStatus) }),
    containerStatuses: facts.main.map(containerStatus),
    ...(pod.status?.qosClass === undefined ? {} : { qosClass: pod.status.qosClass }),
  };
}

/** Source: kubernetes.io, "Pod phase". */
export function podPhase({ pod, init, main, ending }: PodFacts): Phase {
  const policy = pod.spec.restartPolicy ?? 'Always';
  const failedInit = init.some((record) => (lastExitCode(record) ?? 0) !== 0);
  if (failedInit && policy === 'Never') return 'Failed';
  const ran = main.map(lastExitCode);
  const never = main.some((record, i) => !isRunning(record) && ran[i] === undefined);
  if (never || !isInitialized(init, main)) return ending && !never ? finished(ran) : 'Pending';
  if (main.some(isRunning)) return 'Running';
  if (ending) return finished(ran);
  if (policy === 'Always') return 'Running';
  if (ran.every((code) => code === 0)) return 'Succeeded';
  return policy === 'Never' ? 'Failed' : 'Running';
}

function finished(codes: readonly (number | undefined)[]): Phase {
  return codes.every((code) => code === 0) ? 'Succeeded' : 'Failed';
}

/** Once a container of the pod has run, the pod stays initialized. */
function isInitialized(init: readonly ContainerRecord[], main: readonly ContainerRecord[]): boolean {
  return init.every((record) => record.state.terminated?.exitCode === 0) || main.some(({ attempts }) => attempts > 0);
}

function conditions(facts: PodFacts, phase: Phase): readonly Judged[] {
  const { init, main, sandbox } = facts;
  const sandboxReady: Judged =
    sandbox === 'ready'
      ? { type: 'PodReadyToStartContainers', status: 'True' }
      : {
          type: 'PodReadyToStartContainers',
          status: 'False',
          reason: 'PodSandboxNotReady',
          message: sandbox === 'none' ? 'no pod sandbox exists' : 'pod sandbox is not ready',
        };
  const containers = containersReady(main, phase);
  return [
    sandboxReady,
    initialized(init, main, phase),
    { ...containers, type: 'Ready' },
    { ...containers, type: 'ContainersReady' },
    { type: 'PodScheduled', status: 'True' },
  ];
}

function initialized(init: readonly ContainerRecord[], main: readonly ContainerRecord[], phase: Phase): Judged {
  const type = 'Initialized';
  if (phase === 'Succeeded') return { type, status: 'True', reason: 'PodCompleted' };
  if (isInitialized(init, main)) return { type, status: 'True' };
  const incomplete = init.filter((record) => record.state.terminated?.exitCode !== 0).map(({ spec }) => spec.name);
  return {
    type,
    status: 'False',
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: [${incomplete.join(' ')}]`,
  };
}

function containersReady(main: readonly ContainerRecord[], phase: Phase): Omit<Judged, 'type'> {
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  const unready = main.filter((record) => !containerStatus(record).ready).map(({ spec }) => spec.name);
  if (unready.length === 0) return { status: 'True' };
  return {
    status: 'False',
    reason: 'ContainersNotReady',
    message: `containers with unready status: [${unready.join(' ')}]`,
  };
}
