import { NetworkNamespace } from '../../../linux/namespace.ts';
import { NetlinkError } from '../../../linux/netlink-error.ts';
import { formatIp, networkOf, parseIp, parsePrefix } from '../../../linux/packet/address.ts';
import type { Process, Program } from '../../../linux/process/process.ts';
import { type Informer, informer } from '../../client/informer.ts';
import type { Node } from '../../types/cluster.ts';
import { CONFIG_FILE, conflist } from './config.ts';

const NODES = { group: '', version: 'v1', resource: 'nodes' };
const CONFIG_FOLDER = '/etc/cni/net.d';
/** How often routes that somebody took away are put back, in ms. */
const RESYNC = 10_000;

/**
 * kindnet's agent, one pod a node in the node's own network: writes the node's CNI configuration as soon as the node
 * has its pod CIDR, and keeps a route to each other node's pod CIDR through that node's InternalIP.
 */
export const kindnetd: Program = async (process) => {
  const client = process.services.inCluster?.client;
  const own = process.env.get('HOST_IP');
  if (client === undefined || own === undefined) {
    await process.stderr.write('kindnetd needs the API server and HOST_IP: it runs as a pod of kube-system\n');
    return 1;
  }
  if (!(process.netns instanceof NetworkNamespace)) {
    await process.stderr.write('kindnetd needs a network namespace\n');
    return 1;
  }
  await log(process, `hostIP = ${own}`);
  const agent = new Agent(process, process.netns, informer<Node>(client, NODES, { clock: process.clock }), own);
  return agent.run();
};

class Agent {
  readonly #process: Process;
  readonly #netns: NetworkNamespace;
  readonly #nodes: Informer<Node>;
  readonly #own: string;
  /** Pod CIDR -> gateway: the routes that are this agent's. */
  readonly #routes = new Map<string, string>();
  #written = '';

  constructor(process: Process, netns: NetworkNamespace, nodes: Informer<Node>, own: string) {
    this.#process = process;
    this.#netns = netns;
    this.#nodes = nodes;
    this.#own = own;
  }

  async run(): Promise<number> {
    const { clock, signals } = this.#process;
    const sync = () => void this.#sync();
    this.#nodes.on({ added: sync, updated: sync, deleted: sync });
    try {
      for (;;) {
        await clock.sleep(RESYNC, signals.ended);
        await this.#sync();
      }
    } finally {
      this.#nodes.stop();
    }
  }

  async #sync(): Promise<void> {
    const wanted = new Map<string, string>();
    for (const node of this.#nodes.list()) {
      const address = node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
      const podCidr = node.spec?.podCIDR;
      if (podCidr === undefined || address === undefined) continue;
      if (address === this.#own) this.#configure(podCidr);
      else wanted.set(podCidr, address);
    }
    for (const [podCidr, gateway] of this.#routes) if (wanted.get(podCidr) !== gateway) this.#drop(podCidr, gateway);
    for (const [podCidr, gateway] of wanted) await this.#route(podCidr, gateway);
  }

  #configure(podCidr: string): void {
    const text = `${JSON.stringify(conflist(podCidr, this.#mtu()), null, 2)}\n`;
    if (this.#written === text) return;
    this.#process.files.mkdir(CONFIG_FOLDER, { parents: true });
    // As a whole or not at all: the runtime may read it at any time.
    this.#process.files.write(`${CONFIG_FOLDER}/${CONFIG_FILE}.temp`, text);
    this.#process.files.rename(`${CONFIG_FOLDER}/${CONFIG_FILE}.temp`, `${CONFIG_FOLDER}/${CONFIG_FILE}`);
    this.#written = text;
  }

  /** The MTU of the device that the default route leaves by. */
  #mtu(): number {
    return this.#netns.routes().find(({ destination }) => destination.length === 0)?.device?.mtu ?? 1500;
  }

  async #route(podCidr: string, gateway: string): Promise<void> {
    const prefix = parsePrefix(podCidr);
    const via = parseIp(gateway);
    if (prefix === undefined || via === undefined) return;
    const destination = networkOf(prefix);
    const there = this.#netns
      .routes()
      .some(
        (route) =>
          route.destination.address === destination.address &&
          route.destination.length === destination.length &&
          route.via === via,
      );
    if (there) return;
    try {
      this.#netns.addRoute({ destination, via }, 'replace');
      this.#routes.set(podCidr, gateway);
      await log(this.#process, `Adding route {${podCidr} via ${formatIp(via)}}`);
    } catch (failure) {
      if (!(failure instanceof NetlinkError)) throw failure;
      await log(this.#process, `can't add the route ${podCidr} via ${gateway}: ${failure.message}`);
    }
  }

  #drop(podCidr: string, gateway: string): void {
    this.#routes.delete(podCidr);
    const prefix = parsePrefix(podCidr);
    const via = parseIp(gateway);
    if (prefix === undefined || via === undefined) return;
    try {
      this.#netns.deleteRoute({ destination: networkOf(prefix), via });
    } catch (failure) {
      if (!(failure instanceof NetlinkError)) throw failure;
    }
  }
}

async function log(process: Process, message: string): Promise<void> {
  await process.stdout.write(`${message}\n`).catch(() => {});
}
