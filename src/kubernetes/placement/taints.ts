import type { Node, Taint } from '../types/cluster.ts';
import type { Toleration } from '../types/pod.ts';

/** Whether a toleration lets a pod stay in spite of a taint. Source: kubernetes.io, "Taints and Tolerations". */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  if (toleration.operator === 'Exists') return true;
  return (
    (toleration.operator ?? 'Equal') === 'Equal' &&
    Boolean(toleration.key) &&
    (toleration.value ?? '') === (taint.value ?? '')
  );
}

/** The first taint of these effects that nothing tolerates. */
export function untolerated(
  tolerations: readonly Toleration[],
  node: Node,
  effects: readonly Taint['effect'][] = ['NoSchedule', 'NoExecute'],
): Taint | undefined {
  return node.spec?.taints?.find(
    (taint) => effects.includes(taint.effect) && !tolerations.some((toleration) => tolerates(toleration, taint)),
  );
}
