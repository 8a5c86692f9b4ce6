import { stringify } from 'yaml';
import { kindConfig } from '../../spec/cluster.ts';
import type { ClusterSpec } from '../../target.ts';

/** Where the course's mark appears in each node; its mount is seen in `docker inspect` from the node's first moment. */
export const MARK_PATH = '/etc/hop-by-hop';

/** The file that `kind create cluster --config` gets: the lab's cluster, fitted to this machine. */
export function kindConfigFile(spec: ClusterSpec, host: { readonly mark: string; readonly cgroup: 1 | 2 }): string {
  const config = kindConfig(spec);
  const nodes = config.nodes as readonly Readonly<Record<string, unknown>>[];
  return stringify({
    ...config,
    // Since 1.35 the kubelet refuses cgroup v1 unless told otherwise (KEP-5573).
    ...(host.cgroup === 1
      ? { kubeadmConfigPatches: [stringify({ kind: 'KubeletConfiguration', failCgroupV1: false })] }
      : {}),
    nodes: nodes.map((node) => ({
      ...node,
      extraMounts: [{ hostPath: host.mark, containerPath: MARK_PATH, readOnly: true }],
    })),
  });
}
