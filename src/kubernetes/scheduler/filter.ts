import { matchesNode } from '../placement/node-affinity.ts';
import { tolerates, untolerated } from '../placement/taints.ts';
import type { Node, Taint } from '../types/cluster.ts';
import type { Pod } from '../types/pod.ts';
import { fits, type Usage } from './resources.ts';

/** A node as the scheduler weighs it: with the pods that it has, bound or about to be. */
export interface Candidate {
  readonly node: Node;
  readonly pods: readonly Pod[];
  readonly usage: Usage;
}

/** Why a pod can't go to a node, in the words of the plugin that says so; empty: it can. */
export function refusals(pod: Pod, candidate: Candidate): readonly string[] {
  const { node } = candidate;
  if (node.spec?.unschedulable === true && !toleratesUnschedulable(pod)) return ['node(s) were unschedulable'];
  if (pod.spec.nodeName && pod.spec.nodeName !== node.metadata.name) {
    return ["node(s) didn't match the requested node name"];
  }
  if (untolerated(pod.spec.tolerations ?? [], node) !== undefined) return ['node(s) had untolerated taint(s)'];
  if (!matchesNode(pod.spec, node)) return ["node(s) didn't match Pod's node affinity/selector"];
  if (!portsFree(pod, candidate.pods)) return ["node(s) didn't have free ports for the requested pod ports"];
  return fits(pod, candidate.usage);
}

function toleratesUnschedulable(pod: Pod): boolean {
  const taint: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
  return (pod.spec.tolerations ?? []).some((toleration) => tolerates(toleration, taint));
}

function portsFree(pod: Pod, others: readonly Pod[]): boolean {
  const wanted = hostPorts(pod);
  if (wanted.length === 0) return true;
  const used = new Set(others.flatMap(hostPorts));
  return wanted.every((port) => !used.has(port));
}

function hostPorts(pod: Pod): readonly string[] {
  return pod.spec.containers.flatMap(({ ports = [] }) =>
    ports.flatMap(({ hostPort, protocol = 'TCP' }) => (hostPort === undefined ? [] : [`${protocol}/${hostPort}`])),
  );
}
