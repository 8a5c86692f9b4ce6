import type { DaemonSet } from '../../types/apps.ts';
import type { NodeSelectorTerm, PodSpec, Toleration } from '../../types/pod.ts';
import { controllerReference } from '../ownership.ts';
import { REVISION_LABEL } from '../revisions.ts';

/** What every daemon pod tolerates, so that nodes in trouble keep theirs. Source: kubernetes.io, "DaemonSet". */
const exists = (key: string, effect: Toleration['effect'] & string): Toleration => ({
  key: `node.kubernetes.io/${key}`,
  operator: 'Exists',
  effect,
});

const always: readonly Toleration[] = [
  exists('not-ready', 'NoExecute'),
  exists('unreachable', 'NoExecute'),
  exists('disk-pressure', 'NoSchedule'),
  exists('memory-pressure', 'NoSchedule'),
  exists('pid-pressure', 'NoSchedule'),
  exists('unschedulable', 'NoSchedule'),
];

export function daemonTolerations({ spec }: DaemonSet): readonly Toleration[] {
  const { tolerations = [], hostNetwork } = spec.template.spec ?? {};
  const added = hostNetwork === true ? [...always, exists('network-unavailable', 'NoSchedule')] : always;
  const same = (a: Toleration) => (b: Toleration) =>
    a.key === b.key && a.effect === b.effect && a.operator === b.operator;
  return [...tolerations, ...added.filter((one) => !tolerations.some(same(one)))];
}

/** A pod for one node. The scheduler binds it, as it does any other: by an affinity that only that node satisfies. */
export function daemonPod(set: DaemonSet, node: string, hash: string) {
  const { template } = set.spec;
  const generation = set.metadata.annotations?.['deprecated.daemonset.template.generation'];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${set.metadata.name}-`,
      labels: {
        ...template.metadata?.labels,
        [REVISION_LABEL]: hash,
        ...(generation !== undefined && { 'pod-template-generation': generation }),
      },
      ...(template.metadata?.annotations && { annotations: template.metadata.annotations }),
      ownerReferences: [controllerReference(set)],
    },
    spec: { ...template.spec, affinity: onNode(template.spec, node), tolerations: daemonTolerations(set) },
  };
}

/** The template's affinity with every required term narrowed to one node. */
function onNode(spec: PodSpec | undefined, node: string): NonNullable<PodSpec['affinity']> {
  const named = { key: 'metadata.name', operator: 'In', values: [node] } as const;
  const required = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const terms: readonly NodeSelectorTerm[] =
    required === undefined
      ? [{ matchFields: [named] }]
      : required.nodeSelectorTerms.map((term) => ({ ...term, matchFields: [named] }));
  return {
    ...spec?.affinity,
    nodeAffinity: {
      ...spec?.affinity?.nodeAffinity,
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms },
    },
  };
}

/** The node that a daemon pod is for, bound to it or not yet. */
export function targetNode({ nodeName, affinity }: PodSpec): string {
  if (nodeName) return nodeName;
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  for (const { matchFields = [] } of terms) {
    const named = matchFields.find(
      ({ key, operator, values }) => key === 'metadata.name' && operator === 'In' && values?.length === 1,
    );
    if (named?.values?.[0] !== undefined) return named.values[0];
  }
  return '';
}
