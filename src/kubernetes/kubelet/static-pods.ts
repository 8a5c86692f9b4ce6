import { ApiError } from '../client/client.ts';
import { templateHash } from '../controllers/hash.ts';
import { found } from '../controllers/queue.ts';
import { NODES, PODS } from '../controllers/resources.ts';
import type { Pod } from '../types/pod.ts';
import type { KubeletContext } from './context.ts';

const MIRROR = 'kubernetes.io/config.mirror';

/** The API server's picture of a static pod: kubelet makes it, and makes it again when somebody deletes it. */
export async function createMirrorPod({ client, nodeName, clock }: KubeletContext, pod: Pod): Promise<void> {
  const node = await found(client.get(NODES, { name: nodeName }));
  const hash = templateHash(pod.spec).padStart(32, '0');
  const mirror = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...pod.metadata,
      name: mirrorName(pod, nodeName),
      annotations: {
        ...pod.metadata.annotations,
        'kubernetes.io/config.hash': hash,
        [MIRROR]: hash,
        'kubernetes.io/config.seen': new Date(clock.wall()).toISOString(),
        'kubernetes.io/config.source': 'file',
      },
      ...(node === undefined
        ? {}
        : {
            ownerReferences: [
              { apiVersion: 'v1', kind: 'Node', name: nodeName, uid: node.metadata.uid ?? '', controller: true },
            ],
          }),
    },
    spec: { ...pod.spec, nodeName },
  };
  try {
    await client.create(PODS, mirror, { namespace: pod.metadata.namespace ?? 'kube-system' });
  } catch (failure) {
    if (!(failure instanceof ApiError) || failure.status.reason !== 'AlreadyExists') throw failure;
  }
}

export function mirrorName(pod: Pod, nodeName: string): string {
  return `${pod.metadata.name}-${nodeName}`;
}
