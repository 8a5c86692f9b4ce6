import { formatIp, type Prefix, parsePrefix } from '../../linux/packet/address.ts';
import { EventRecorder } from '../events/recorder.ts';
import type { Node } from '../types/cluster.ts';
import type { ControllerContext, RunningController } from './controller.ts';
import { found, ReconcileLoop } from './queue.ts';
import { NODES } from './resources.ts';

/** Bits of each node's share: kube-controller-manager's --node-cidr-mask-size for IPv4. */
const NODE_BITS = 24;

/** Gives each node its own part of the cluster's pod addresses (`spec.podCIDR`). */
export function nodeIpamController(
  { client, clock, feeds }: ControllerContext,
  clusterCidr: string,
): RunningController {
  const prefix = parsePrefix(clusterCidr);
  if (prefix === undefined || prefix.length > NODE_BITS) {
    throw new Error(
      `--cluster-cidr ${clusterCidr}: expected an IPv4 prefix of at most ${NODE_BITS} bits, like 10.244.0.0/16`,
    );
  }
  const recorder = new EventRecorder({ client, clock, component: 'cidrAllocator' });
  const loop = new ReconcileLoop(clock, reconcile);
  feeds.on(NODES, (change, object) => {
    const { metadata, spec } = object as Node;
    if (change !== 'DELETED' && spec?.podCIDR === undefined) loop.add(metadata.name);
  });
  return { stop: () => loop.stop() };

  async function reconcile(name: string): Promise<void> {
    const node = (await found(client.get(NODES, { name }))) as Node | undefined;
    if (node === undefined || node.spec?.podCIDR !== undefined) return;
    const { items } = await client.list(NODES);
    const taken = new Set((items as readonly Node[]).map(({ spec }) => spec?.podCIDR));
    const podCIDR = freePart(prefix as Prefix, taken);
    if (podCIDR === undefined) {
      recorder.event(node, 'Normal', 'CIDRNotAvailable', `Node ${name} status is now: CIDRNotAvailable`);
      return;
    }
    await found(client.patch(NODES, { name }, { spec: { podCIDR, podCIDRs: [podCIDR] } }, { type: 'strategic' }));
  }
}

function freePart(cluster: Prefix, taken: ReadonlySet<string | undefined>): string | undefined {
  const parts = 2 ** (NODE_BITS - cluster.length);
  for (let i = 0; i < parts; i++) {
    const part = `${formatIp(Number(cluster.address) + i * 2 ** (32 - NODE_BITS))}/${NODE_BITS}`;
    if (!taken.has(part)) return part;
  }
  return undefined;
}
