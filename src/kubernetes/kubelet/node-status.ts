import { KERNEL_RELEASE } from '../../linux/machine/proc.ts';
import type { Clock } from '../../simulation/clock.ts';
import { timestamp } from '../events/time.ts';
import type { Image } from '../images/image.ts';
import { imageId } from '../images/image.ts';
import type { Node, NodeCondition, NodeStatus, Taint } from '../types/cluster.ts';
import { kubernetesVersion } from '../version.ts';

/** What a node says of itself when it joins, as a node of a kind cluster does. */
export interface NodeFacts {
  readonly name: string;
  readonly ip: string;
  readonly cluster: string;
  readonly controlPlane: boolean;
  readonly machineId: string;
  readonly bootId: string;
  readonly osImage: string;
}

/** What a node offers; a kind node has what its machine has. */
const CAPACITY = {
  cpu: '4',
  'ephemeral-storage': '67108864Ki',
  'hugepages-2Mi': '0',
  memory: '8131072Ki',
  pods: '110',
};

export function newNode(facts: NodeFacts): Pick<Node, 'apiVersion' | 'kind' | 'metadata' | 'spec'> {
  const { name, controlPlane } = facts;
  const taints: Taint[] = [
    ...(controlPlane ? [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' } as const] : []),
    // Admission puts it on every new node (TaintNodesByCondition).
    { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' },
  ];
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        ...(controlPlane
          ? {
              'node-role.kubernetes.io/control-plane': '',
              'node.kubernetes.io/exclude-from-external-load-balancers': '',
            }
          : {}),
      },
      annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
    },
    spec: { providerID: `kind://docker/${facts.cluster}/${name}`, taints },
  };
}

/** The node's status now; `problem` is why pods can't get a network, undefined when they can. */
export function nodeStatus(
  facts: NodeFacts,
  images: readonly Image[],
  problem: string | undefined,
  before: NodeStatus | undefined,
  clock: Clock,
): NodeStatus {
  const version = `v${kubernetesVersion}`;
  return {
    addresses: [
      { type: 'InternalIP', address: facts.ip },
      { type: 'Hostname', address: facts.name },
    ],
    capacity: CAPACITY,
    allocatable: CAPACITY,
    conditions: conditions(problem, before?.conditions ?? [], clock),
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    images: [...images]
      .sort((a, b) => b.size - a.size)
      .map((image) => ({
        names: [`${image.reference.replace(/:[^:/]*$/, '')}@${imageId(image)}`, image.reference],
        sizeBytes: image.size,
      })),
    nodeInfo: {
      architecture: 'amd64',
      bootID: facts.bootId,
      containerRuntimeVersion: 'containerd://2.3.4',
      kernelVersion: KERNEL_RELEASE,
      kubeProxyVersion: '',
      kubeletVersion: version,
      machineID: facts.machineId,
      operatingSystem: 'linux',
      osImage: facts.osImage,
      systemUUID: facts.machineId,
    },
  };
}

function conditions(
  problem: string | undefined,
  before: readonly NodeCondition[],
  clock: Clock,
): readonly NodeCondition[] {
  const now = timestamp(clock);
  const condition = (type: string, status: 'True' | 'False', reason: string, message: string): NodeCondition => {
    const old = before.find((one) => one.type === type);
    const since = old?.status === status ? old.lastTransitionTime : undefined;
    return { type, status, reason, message, lastHeartbeatTime: now, lastTransitionTime: since ?? now };
  };
  return [
    condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
    condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
    condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
    problem === undefined
      ? condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status')
      : condition(
          'Ready',
          'False',
          'KubeletNotReady',
          `container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:${problem}`,
        ),
  ];
}
