import type { NetworkNamespace } from '../../linux/namespace.ts';
import type { Child } from '../../linux/process/process.ts';
import type { CniResult } from '../cni/protocol.ts';
import type { CniTarget } from './cni.ts';

/** What the runtime must know of a pod to make its sandbox. */
export interface SandboxSpec {
  readonly pod: CniTarget['pod'];
  readonly hostname: string;
  readonly hostNetwork: boolean;
  readonly portMappings: readonly unknown[];
}

/** A pod's shared surroundings: a network namespace that outlives its containers, held by a process that does nothing. */
export interface Sandbox {
  readonly id: string;
  readonly spec: SandboxSpec;
  readonly netns: NetworkNamespace;
  /** The name in /run/netns; absent where the pod has the node's own network. */
  readonly netnsName?: string;
  readonly pause: Child;
  readonly target: CniTarget;
  readonly network?: CniResult;
  /** The pod's address; absent where the pod has the node's own network. */
  readonly ip?: string;
}
