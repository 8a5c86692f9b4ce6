import type { Node, Taint } from '../types/cluster.ts';
import type { NodeSelectorRequirement, NodeSelectorTerm, Pod, Toleration } from '../types/pod.ts';
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
  if (untolerated(pod, node) !== undefined) return ['node(s) had untolerated taint(s)'];
  if (!matchesNode(pod, node)) return ["node(s) didn't match Pod's node affinity/selector"];
  if (!portsFree(pod, candidate.pods)) return ["node(s) didn't have free ports for the requested pod ports"];
  return fits(pod, candidate.usage);
}

function toleratesUnschedulable(pod: Pod): boolean {
  const taint: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
  return (pod.spec.tolerations ?? []).some((toleration) => tolerates(toleration, taint));
}

/** The first taint that keeps the pod away; PreferNoSchedule only lowers a node's score. */
function untolerated(pod: Pod, node: Node): Taint | undefined {
  return node.spec?.taints?.find(
    (taint) =>
      taint.effect !== 'PreferNoSchedule' &&
      !(pod.spec.tolerations ?? []).some((toleration) => tolerates(toleration, taint)),
  );
}

export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect !== undefined && toleration.effect !== taint.effect) return false;
  if (toleration.key !== undefined && toleration.key !== '' && toleration.key !== taint.key) return false;
  if (toleration.operator === 'Exists') return true;
  return (
    (toleration.operator ?? 'Equal') === 'Equal' &&
    toleration.key !== undefined &&
    (toleration.value ?? '') === (taint.value ?? '')
  );
}

function matchesNode(pod: Pod, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  const selector = Object.entries(pod.spec.nodeSelector ?? {});
  if (!selector.every(([key, value]) => labels[key] === value)) return false;
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || required.nodeSelectorTerms.some((term) => matchesTerm(term, node));
}

/** All of a term's requirements hold; an empty term matches nothing. */
export function matchesTerm(term: NodeSelectorTerm, node: Node): boolean {
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  if (expressions.length + fields.length === 0) return false;
  const labels = node.metadata.labels ?? {};
  return (
    expressions.every((one) => matchesRequirement(one, labels[one.key])) &&
    fields.every((one) => matchesRequirement(one, one.key === 'metadata.name' ? node.metadata.name : undefined))
  );
}

function matchesRequirement({ operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
  }
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
