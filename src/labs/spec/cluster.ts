import type { ClusterSpec } from '../target.ts';
import type { LabCluster } from './schema.ts';

/**
 * The name of the cluster that a lab runs on, the same on both targets. Labs with equal clusters share one;
 * a lab that owns its cluster (`changesNode`) gives it its own name.
 */
export function clusterName(cluster: LabCluster, ownedBy?: string): string {
  if (ownedBy !== undefined) return `hop-${ownedBy}`;
  const usual = cluster.workers === 2 && cluster.cni === 'kindnet' && cluster.proxy === 'iptables';
  return usual ? 'hop-lab' : `hop-lab-${cluster.cni}-${cluster.proxy}-${cluster.workers}`;
}

/** What a target needs to make a lab's cluster. */
export function clusterSpec(lab: { id: string; cluster: LabCluster; changesNode: boolean }): ClusterSpec {
  return { name: clusterName(lab.cluster, lab.changesNode ? lab.id : undefined), ...lab.cluster };
}

/** The nodes' names, as kind gives them: control plane, then workers. */
export function nodeNames(spec: ClusterSpec): readonly string[] {
  const workers = Array.from({ length: spec.workers }, (_, i) => `${spec.name}-worker${i === 0 ? '' : i + 1}`);
  return [`${spec.name}-control-plane`, ...workers];
}

/**
 * What stands for the nodes' names: `{CONTROL_PLANE: 'hop-lab-control-plane', WORKER: 'hop-lab-worker', WORKER2: ...}`.
 * The learner's shell has these as variables; manifests, files and checks write them as `$WORKER`.
 */
export function nodeVariables(spec: ClusterSpec): Readonly<Record<string, string>> {
  const short = (name: string) =>
    name
      .slice(spec.name.length + 1)
      .toUpperCase()
      .replaceAll('-', '_');
  return Object.fromEntries(nodeNames(spec).map((name) => [short(name), name]));
}

/** The configuration that `kind create cluster --config` takes (kind.x-k8s.io/v1alpha4), as an object. */
export function kindConfig(spec: ClusterSpec): Readonly<Record<string, unknown>> {
  return {
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    name: spec.name,
    networking: {
      ipFamily: 'ipv4',
      apiServerAddress: '127.0.0.1',
      podSubnet: '10.244.0.0/16',
      serviceSubnet: '10.96.0.0/16',
      kubeProxyMode: spec.proxy,
      ...(spec.cni === 'kindnet' ? {} : { disableDefaultCNI: true }),
    },
    nodes: [{ role: 'control-plane' }, ...Array.from({ length: spec.workers }, () => ({ role: 'worker' }))],
  };
}
