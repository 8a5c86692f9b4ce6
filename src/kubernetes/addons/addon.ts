import type { ApiObject } from '../api/operation.ts';

/** What the objects of a cluster's own components are made from. */
export interface ClusterFacts {
  /** `hop-...`, which kubeconfig and node names begin with. */
  readonly name: string;
  /** The range that nodes get their pod CIDRs from: kubeadm's podSubnet. */
  readonly podSubnet: string;
  /** The range of Services' addresses. */
  readonly serviceSubnet: string;
  readonly proxy: 'iptables' | 'nftables';
}

/** A component that runs as pods of the cluster: its objects, in the order in which they are to be created. */
export type Addon = (facts: ClusterFacts) => readonly ApiObject[];
