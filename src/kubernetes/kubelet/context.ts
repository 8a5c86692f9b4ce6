import type { Machine } from '../../linux/machine.ts';
import type { NetworkNamespace } from '../../linux/namespace.ts';
import type { Services } from '../../linux/process/process.ts';
import type { Clock } from '../../simulation/clock.ts';
import type { Backoff } from '../client/backoff.ts';
import type { Client } from '../client/client.ts';
import type { EventRecorder } from '../events/recorder.ts';
import type { ContainerRuntime } from '../runtime/runtime.ts';
import type { Pod } from '../types/pod.ts';

/** What the parts of one kubelet share. */
export interface KubeletContext {
  readonly machine: Machine<NetworkNamespace>;
  readonly client: Client;
  readonly clock: Clock;
  readonly runtime: ContainerRuntime;
  readonly recorder: EventRecorder;
  readonly nodeName: string;
  readonly nodeIp: string;
  readonly crashBackoff: Backoff;
  readonly imageBackoff: Backoff;
  /** What the containers of a pod find beside Linux. */
  servicesFor(pod: Pod): Services;
}
