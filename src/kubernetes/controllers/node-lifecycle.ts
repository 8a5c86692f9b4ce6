import { equal } from '../api/draft.ts';
import { EventRecorder } from '../events/recorder.ts';
import { parseTime, timestamp } from '../events/time.ts';
import type { Lease, Node, NodeCondition, Taint } from '../types/cluster.ts';
import type { Pod, PodCondition } from '../types/pod.ts';
import type { ControllerContext, RunningController } from './controller.ts';
import { found, ReconcileLoop } from './queue.ts';
import { LEASES, NODES, PODS } from './resources.ts';

/** Without a renewed lease for so long (ms) a node counts as lost: kube-controller-manager's --node-monitor-grace-period. */
const GRACE = 50_000;
const NOT_READY = 'node.kubernetes.io/not-ready';
const UNREACHABLE = 'node.kubernetes.io/unreachable';
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';
const MANAGED = new Set([NOT_READY, UNREACHABLE, UNSCHEDULABLE]);

/** Turns what nodes say of themselves, or no longer say, into taints. Source: kubernetes.io, "Taint nodes by condition". */
export function nodeLifecycleController({ client, clock, feeds }: ControllerContext): RunningController {
  const recorder = new EventRecorder({ client, clock, component: 'node-controller' });
  const loop = new ReconcileLoop(clock, reconcile);
  const seen = new Set<string>();
  feeds.on(NODES, (change, node) => {
    if (change !== 'DELETED') loop.add(node.metadata.name);
  });
  return { stop: () => loop.stop() };

  async function reconcile(name: string): Promise<void> {
    let node = (await found(client.get(NODES, { name }))) as Node | undefined;
    if (node === undefined) {
      seen.delete(name);
      return;
    }
    if (!seen.has(name)) {
      seen.add(name);
      recorder.event(node, 'Normal', 'RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`);
    }
    const left = await leaseLeft(name);
    if (left <= 0) node = await markLost(node);
    else loop.addAfter(name, left);
    const taints = taintsOf(node, clock);
    if (!equal(taints, node.spec?.taints ?? [])) {
      const spec = { ...node.spec, taints };
      await found(client.update(NODES, { ...node, spec }));
    }
    if (readyOf(node)?.status !== 'True') await markPodsNotReady(name);
  }

  /** ms until the node's lease is too old. */
  async function leaseLeft(name: string): Promise<number> {
    const lease = (await found(client.get(LEASES, { namespace: 'kube-node-lease', name }))) as Lease | undefined;
    const renewed = parseTime(lease?.spec?.renewTime);
    return Number.isNaN(renewed) ? GRACE : renewed + GRACE - clock.wall();
  }

  async function markLost(node: Node): Promise<Node> {
    const ready = readyOf(node);
    if (ready === undefined || ready.status === 'Unknown') return node;
    const conditions = (node.status?.conditions ?? []).map(
      (condition): NodeCondition => ({
        ...condition,
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
        lastTransitionTime: timestamp(clock),
      }),
    );
    recorder.event(node, 'Normal', 'NodeNotReady', `Node ${node.metadata.name} status is now: NodeNotReady`);
    return (await client.update(NODES, { ...node, status: { ...node.status, conditions } }, 'status')) as Node;
  }

  async function markPodsNotReady(node: string): Promise<void> {
    const { items } = await client.list(PODS, {}, { fieldSelector: `spec.nodeName=${node}` });
    for (const pod of items as readonly Pod[]) {
      const ready = pod.status?.conditions?.find(({ type }) => type === 'Ready');
      if (ready?.status !== 'True') continue;
      const conditions = pod.status?.conditions?.map(
        (condition): PodCondition =>
          condition === ready ? { ...condition, status: 'False', lastTransitionTime: timestamp(clock) } : condition,
      );
      await found(client.update(PODS, { ...pod, status: { ...pod.status, conditions: conditions ?? [] } }, 'status'));
      recorder.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
    }
  }
}

function readyOf(node: Node): NodeCondition | undefined {
  return node.status?.conditions?.find(({ type }) => type === 'Ready');
}

/** The node's own taints, and those that follow from its condition and from `kubectl cordon`. */
function taintsOf(node: Node, clock: ControllerContext['clock']): readonly Taint[] {
  const old = node.spec?.taints ?? [];
  const ready = readyOf(node)?.status;
  const key = ready === 'True' ? undefined : ready === 'Unknown' ? UNREACHABLE : NOT_READY;
  const wanted: Taint[] = [];
  if (key !== undefined)
    wanted.push({ key, effect: 'NoSchedule' }, { key, effect: 'NoExecute', timeAdded: timestamp(clock) });
  if (node.spec?.unschedulable === true) {
    wanted.push({ key: UNSCHEDULABLE, effect: 'NoSchedule', timeAdded: timestamp(clock) });
  }
  const same = (a: Taint, b: Taint) => a.key === b.key && a.effect === b.effect;
  return [
    ...old.filter((taint) => !MANAGED.has(taint.key) || wanted.some((one) => same(one, taint))),
    ...wanted.filter((taint) => !old.some((one) => same(one, taint))),
  ];
}
