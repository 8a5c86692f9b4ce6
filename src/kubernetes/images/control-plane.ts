import type { Pod } from '../types/pod.ts';
import { controlPlaneImages, kindnetd } from './images.ts';

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

/** kindnet's pod for one node, as its DaemonSet makes it; `suffix` are five letters. */
export function kindnetPod(node: string, suffix: string): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `kindnet-${suffix}`,
      namespace: 'kube-system',
      labels: { app: 'kindnet', 'k8s-app': 'kindnet', tier: 'node' },
    },
    spec: {
      hostNetwork: true,
      priorityClassName: 'system-node-critical',
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }],
          },
        },
      },
      tolerations: [{ operator: 'Exists' }],
      containers: [
        {
          name: 'kindnet-cni',
          image: kindnetd.reference,
          imagePullPolicy: 'IfNotPresent',
          env: [
            { name: 'HOST_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } },
            { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
            { name: 'POD_SUBNET', value: '10.244.0.0/16' },
          ],
          resources: { requests: { cpu: '100m', memory: '50Mi' } },
          volumeMounts: [{ name: 'cni-cfg', mountPath: '/etc/cni/net.d' }],
        },
      ],
      volumes: [{ name: 'cni-cfg', hostPath: { path: '/etc/cni/net.d' } }],
    },
  };
}
