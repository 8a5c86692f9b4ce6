import { stringify } from 'yaml';
import type { ClusterSpec } from '../../target.ts';

/** Where the course's mark appears in each node; its mount is seen in `docker inspect` from the node's first moment. */
export const MARK_PATH = '/etc/hop-by-hop';

/** What kind is asked for (https://kind.sigs.k8s.io/docs/user/configuration/). */
export function kindConfig(spec: ClusterSpec, host: { readonly mark: string; readonly cgroup: 1 | 2 }): string {
  const node = (role: 'control-plane' | 'worker') => ({
    role,
    extraMounts: [{ hostPath: host.mark, containerPath: MARK_PATH, readOnly: true }],
  });
  return stringify({
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    networking: { apiServerAddress: '127.0.0.1', kubeProxyMode: spec.proxy },
    // Since 1.35 the kubelet refuses cgroup v1 unless told otherwise (KEP-5573).
    ...(host.cgroup === 1
      ? { kubeadmConfigPatches: [stringify({ kind: 'KubeletConfiguration', failCgroupV1: false })] }
      : {}),
    nodes: [node('control-plane'), ...Array.from({ length: spec.workers }, () => node('worker'))],
  });
}
