import type { Timer } from '../../simulation/clock.ts';
import { equal } from '../api/draft.ts';
import { ApiError } from '../client/client.ts';
import { found } from '../controllers/queue.ts';
import { LEASES, NODES } from '../controllers/resources.ts';
import { microTime } from '../events/time.ts';
import type { Lease, Node, NodeStatus } from '../types/cluster.ts';
import type { KubeletContext } from './context.ts';
import { type NodeFacts, newNode, nodeStatus } from './node-status.ts';

/** Lease: 40 s, renewed each quarter of it. Status: looked at each 10 s, written when it changed or after 5 minutes. */
const LEASE_SECONDS = 40;
const RENEW = 10_000;
const REPORT = 300_000;
/** Until the node is ready it looks more often, as kubelet does after its start. */
const EAGER = 100;
const LEASE_NAMESPACE = 'kube-node-lease';

/** The node's own object: registers it, renews its lease and tells how it is. */
export class NodeAgent {
  readonly #context: KubeletContext;
  readonly #facts: NodeFacts;
  #timers: Timer[] = [];
  #last: NodeStatus | undefined;
  #reported = Number.NEGATIVE_INFINITY;
  #stopped = false;

  constructor(context: KubeletContext, facts: NodeFacts) {
    this.#context = context;
    this.#facts = facts;
  }

  async start(): Promise<void> {
    const { client } = this.#context;
    try {
      await client.create(NODES, { ...newNode(this.#facts), status: this.#status() });
    } catch (failure) {
      // The node was here before; its object stays.
      if (!(failure instanceof ApiError) || failure.status.reason !== 'AlreadyExists') throw failure;
    }
    const node = await this.#get();
    if (node !== undefined) this.#context.recorder.event(node, 'Normal', 'Starting', 'Starting kubelet.');
    void this.#reportLoop();
    void this.#leaseLoop();
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) timer.cancel();
  }

  async #get(): Promise<Node | undefined> {
    return (await found(this.#context.client.get(NODES, { name: this.#facts.name }))) as Node | undefined;
  }

  #status(): NodeStatus {
    const { runtime, clock } = this.#context;
    return nodeStatus(this.#facts, runtime.images.list(), runtime.networkProblem(), this.#last, clock);
  }

  async #reportLoop(): Promise<void> {
    if (this.#stopped) return;
    const { clock } = this.#context;
    const status = this.#status();
    const changed = this.#last === undefined || !equal(withoutHeartbeat(status), withoutHeartbeat(this.#last));
    if (changed || clock.now() - this.#reported >= REPORT) await this.#report(status);
    const ready = this.#last !== undefined && isReady(this.#last);
    this.#timers = [clock.after(ready ? RENEW : EAGER, () => void this.#reportLoop()), ...this.#timers.slice(1)];
  }

  async #report(status: NodeStatus): Promise<void> {
    const { client, recorder, clock, nodeName } = this.#context;
    try {
      const node = (await client.patch(
        NODES,
        { name: nodeName },
        { status },
        { type: 'merge', subresource: 'status' },
      )) as Node;
      const was = this.#last !== undefined && isReady(this.#last);
      const is = isReady(status);
      if (was !== is && (this.#last !== undefined || is)) {
        const reason = is ? 'NodeReady' : 'NodeNotReady';
        recorder.event(node, 'Normal', reason, `Node ${nodeName} status is now: ${reason}`);
      }
      this.#last = status;
      this.#reported = clock.now();
    } catch (failure) {
      // Somebody has deleted the node; without it there is nothing to tell.
      if (!(failure instanceof ApiError)) throw failure;
    }
  }

  async #leaseLoop(): Promise<void> {
    if (this.#stopped) return;
    const { clock } = this.#context;
    try {
      await this.#renew();
    } catch (failure) {
      // Tried again soon; until then the old lease holds.
      if (!(failure instanceof ApiError)) throw failure;
    }
    this.#timers[1] = clock.after(RENEW, () => void this.#leaseLoop());
  }

  async #renew(): Promise<void> {
    const { client, clock, nodeName } = this.#context;
    const at = { namespace: LEASE_NAMESPACE, name: nodeName };
    const spec = { holderIdentity: nodeName, leaseDurationSeconds: LEASE_SECONDS, renewTime: microTime(clock) };
    const lease = (await found(client.get(LEASES, at))) as Lease | undefined;
    if (lease !== undefined) {
      await client.update(LEASES, { ...lease, spec: { ...lease.spec, ...spec } } as Lease);
      return;
    }
    const node = await this.#get();
    const owner = node && { apiVersion: 'v1', kind: 'Node', name: nodeName, uid: node.metadata.uid ?? '' };
    const metadata = { name: nodeName, ...(owner ? { ownerReferences: [owner] } : {}) };
    await client.create(
      LEASES,
      { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec },
      { namespace: LEASE_NAMESPACE },
    );
  }
}

function isReady(status: NodeStatus): boolean {
  return status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;
}

function withoutHeartbeat(status: NodeStatus): NodeStatus {
  return {
    ...status,
    conditions: status.conditions?.map(({ lastHeartbeatTime: _, ...condition }) => condition),
  } as NodeStatus;
}
