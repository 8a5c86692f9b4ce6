import type { Pod } from '../types/pod.ts';
import { controlPlaneImages } from './images.ts';

/** The static pods of kind's control plane: what its /etc/kubernetes/manifests lists. */
export function controlPlanePods(): readonly Pod[] {
  return controlPlaneImages.map((image): Pod => {
    const name = image.reference.replace(/^.*\/([^:]+):.*$/, '$1');
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'kube-system', labels: { component: name, tier: 'control-plane' } },
      spec: {
        hostNetwork: true,
        priorityClassName: 'system-node-critical',
        tolerations: [{ operator: 'Exists', effect: 'NoExecute' }],
        containers: [
          {
            name,
            image: image.reference,
            imagePullPolicy: 'IfNotPresent',
            command: [name],
            resources: { requests: { cpu: name === 'kube-apiserver' ? '250m' : '100m' } },
          },
        ],
      },
    };
  });
}
