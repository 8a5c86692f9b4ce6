import { imageId } from '../images/image.ts';
import type { Container as RuntimeContainer } from '../runtime/container.ts';
import type { ContainerLog } from '../runtime/log.ts';
import type { Container, ContainerState, ContainerStatus } from '../types/container.ts';

/** What kubelet knows of one container of a pod, over all its restarts. */
export interface ContainerRecord {
  readonly spec: Container;
  readonly init: boolean;
  state: ContainerState;
  last: ContainerState;
  restartCount: number;
  /** By its readiness probe, or as soon as it runs. */
  ready: boolean;
  /** By its startup probe, or as soon as it runs. */
  started: boolean;
  /** How often it was started, failed starts included. */
  attempts: number;
  /** Virtual time of its last end. */
  finishedAt: number;
  current?: RuntimeContainer;
  /** The log of the run before. */
  previousLog?: ContainerLog;
}

export function newRecord(spec: Container, init: boolean, waiting: string): ContainerRecord {
  return {
    spec,
    init,
    state: { waiting: { reason: waiting } },
    last: {},
    restartCount: 0,
    ready: false,
    started: false,
    attempts: 0,
    finishedAt: 0,
  };
}

export function isRunning(record: ContainerRecord): boolean {
  return record.state.running !== undefined;
}

export function isTerminated(record: ContainerRecord): boolean {
  return record.state.terminated !== undefined;
}

/** The exit code of the last run; undefined while there was none. */
export function lastExitCode({ state, last }: ContainerRecord): number | undefined {
  return state.terminated?.exitCode ?? last.terminated?.exitCode;
}

export function containerStatus(record: ContainerRecord): ContainerStatus {
  const { spec, current, state } = record;
  const running = state.running !== undefined;
  const completed = record.init && state.terminated?.exitCode === 0;
  return {
    name: spec.name,
    state,
    lastState: record.last,
    ready: record.init ? completed : running && record.ready,
    restartCount: record.restartCount,
    image: current?.spec.image.reference ?? spec.image ?? '',
    imageID: current === undefined ? '' : imageId(current.spec.image),
    ...(current === undefined ? {} : { containerID: `containerd://${current.id}` }),
    started: running && record.started,
  };
}
