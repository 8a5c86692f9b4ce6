import { matchesNode } from '../../placement/node-affinity.ts';
import { untolerated } from '../../placement/taints.ts';
import type { DaemonSet } from '../../types/apps.ts';
import type { Node } from '../../types/cluster.ts';
import { daemonTolerations } from './daemon-pod.ts';

/** Whether a node is to get a daemon pod (`run`), and whether one that is there may stay (`keep`). */
export function claimOn(set: DaemonSet, node: Node): { readonly run: boolean; readonly keep: boolean } {
  const spec = set.spec.template.spec;
  if (spec?.nodeName && spec.nodeName !== node.metadata.name) return { run: false, keep: false };
  if (spec !== undefined && !matchesNode(spec, node)) return { run: false, keep: false };
  const tolerations = daemonTolerations(set);
  if (untolerated(tolerations, node) === undefined) return { run: true, keep: true };
  return { run: false, keep: untolerated(tolerations, node, ['NoExecute']) === undefined };
}
