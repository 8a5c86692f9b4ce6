import { kindnetd } from '../images/images.ts';
import type { DaemonSet } from '../types/apps.ts';
import type { Addon } from './addon.ts';

const labels = { tier: 'node', app: 'kindnet', 'k8s-app': 'kindnet' };
const metadata = { name: 'kindnet', namespace: 'kube-system' };

/** kind's network: its agent runs on every node. Source: kind 0.33, /kind/manifests/default-cni.yaml of the node image. */
export const kindnet: Addon = ({ podSubnet }) => [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
  {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { ...metadata, labels },
    spec: {
      selector: { matchLabels: { app: 'kindnet' } },
      template: {
        metadata: { labels },
        spec: {
          hostNetwork: true,
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          tolerations: [{ operator: 'Exists' }],
          priorityClassName: 'system-node-critical',
          serviceAccountName: 'kindnet',
          containers: [
            {
              name: 'kindnet-cni',
              image: kindnetd.reference,
              env: [
                { name: 'HOST_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } },
                { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
                { name: 'POD_SUBNET', value: podSubnet },
              ],
              volumeMounts: [
                { name: 'cni-cfg', mountPath: '/etc/cni/net.d' },
                { name: 'xtables-lock', mountPath: '/run/xtables.lock', readOnly: false },
                { name: 'lib-modules', mountPath: '/lib/modules', readOnly: true },
                { name: 'nri-plugin', mountPath: '/var/run/nri' },
              ],
              resources: { requests: { cpu: '100m', memory: '50Mi' } },
              securityContext: { privileged: false, capabilities: { add: ['NET_RAW', 'NET_ADMIN'] } },
            },
          ],
          volumes: [
            { name: 'cni-cfg', hostPath: { path: '/etc/cni/net.d' } },
            { name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } },
            { name: 'lib-modules', hostPath: { path: '/lib/modules' } },
            { name: 'nri-plugin', hostPath: { path: '/var/run/nri' } },
          ],
        },
      },
    },
  } satisfies DaemonSet,
];
