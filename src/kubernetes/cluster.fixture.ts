import { Wire } from '../linux/device/wire.ts';
import { Machine } from '../linux/machine.ts';
import { NetworkNamespace } from '../linux/namespace.ts';
import { networkFiles } from '../linux/network-files.ts';
import { parseIp, parsePrefix } from '../linux/packet/address.ts';
import { installPrograms } from '../linux/process/lookup.ts';
import type { ProgramTable } from '../linux/process/process.ts';
import { Collector } from '../linux/process/streams.ts';
import { TapSource } from '../linux/tap/source.ts';
import { eventLoopHost } from '../simulation/host.ts';
import { Simulation } from '../simulation/simulation.ts';
import { install } from './addons/install.ts';
import { kindnet } from './addons/kindnet.ts';
import type { ApiObject, Resource } from './api/operation.ts';
import { ApiServer } from './api/server.ts';
import type { Client } from './client/client.ts';
import { createClient } from './client/create-client.ts';
import { localTransport } from './client/local-transport.ts';
import { cniPlugins } from './cni/programs.ts';
import { startControllers } from './controllers/controllers.ts';
import { DEPLOYMENTS, NODES, PODS } from './controllers/resources.ts';
import { controlPlanePods } from './images/control-plane.ts';
import { images, nodeImages } from './images/images.ts';
import { Kubelet } from './kubelet/kubelet.ts';
import { ContainerRuntime } from './runtime/runtime.ts';
import { startScheduler } from './scheduler/scheduler.ts';
import { builtinSchema } from './schema/schema.ts';
import type { Deployment } from './types/apps.ts';
import type { Node } from './types/cluster.ts';
import type { Pod } from './types/pod.ts';

const schema = builtinSchema();

/** The programs that tests of the cluster need in its containers. */
export const testPrograms: ProgramTable = {
  sh: async () => (await import('../shell/shell.ts')).sh,
  cat: async () => (await import('../programs/cat.ts')).cat,
  env: async () => (await import('../programs/env.ts')).env,
  sleep: async () => (await import('../programs/sleep.ts')).sleep,
};

export interface TestNode {
  readonly name: string;
  readonly ip: string;
  readonly machine: Machine<NetworkNamespace>;
  readonly kubelet: Kubelet;
}

/** A kind-like cluster of one control plane and two workers, for tests; its parts are the real ones. */
export class TestCluster {
  readonly clock: Simulation;
  readonly server: ApiServer;
  readonly client: Client;
  readonly nodes: readonly TestNode[];
  readonly #stops: (() => void)[] = [];

  constructor(options: { seed?: string; kindnet?: boolean; preloaded?: readonly string[] } = {}) {
    const clock = new Simulation({ seed: options.seed ?? 'cluster', host: eventLoopHost() });
    this.clock = clock;
    this.server = new ApiServer({ clock, random: clock.random.fork('api'), schema });
    this.client = this.as('kubernetes-admin');
    const tap = new TapSource();
    const wire = new Wire({ clock, random: clock.random, tap });
    const preloaded = options.preloaded ?? ['busybox:1.36', 'registry.k8s.io/e2e-test-images/agnhost:2.56'];
    this.nodes = ['hop-control-plane', 'hop-worker', 'hop-worker2'].map((name, i) =>
      this.#node(name, `172.18.0.${i + 2}`, wire, tap, preloaded, i === 0),
    );
    const controllers = startControllers(
      this.as('system:kube-controller-manager'),
      clock,
      clock.random.fork('controllers'),
    );
    const scheduler = startScheduler(this.as('system:kube-scheduler'), clock, clock.random.fork('scheduler'));
    this.#stops.push(
      () => controllers.stop(),
      () => scheduler.stop(),
    );
    for (const { kubelet, name } of this.nodes) {
      this.server.registerNode(name, kubelet);
      void kubelet.start();
      this.#stops.push(() => kubelet.stop());
    }
    if (options.kindnet !== false) {
      const facts = {
        name: 'hop',
        podSubnet: '10.244.0.0/16',
        serviceSubnet: '10.96.0.0/16',
        proxy: 'iptables',
      } as const;
      void install(this.client, [kindnet], facts);
    }
  }

  as(user: string): Client {
    return createClient(localTransport(this.server), user);
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  #node(
    name: string,
    ip: string,
    wire: Wire,
    tap: TapSource,
    preloaded: readonly string[],
    controlPlane: boolean,
  ): TestNode {
    const random = this.clock.random.fork(name);
    const netns = new NetworkNamespace({ name, clock: this.clock, random, tap });
    netns.setLink('lo', { up: true });
    netns.attach('eth0', wire);
    netns.setLink('eth0', { up: true });
    netns.addAddress('eth0', parsePrefix(`${ip}/16`) ?? { address: 0, length: 0 });
    const services: { namespaces?: Map<string, NetworkNamespace> } = {};
    const programs = { ...testPrograms, ...cniPlugins };
    const network = networkFiles(netns);
    const machine = new Machine({ name, clock: this.clock, random, netns, network, programs, services });
    services.namespaces = machine.namespaces;
    installPrograms(machine.files, Object.keys(cniPlugins), '/opt/cni/bin');
    const runtime = new ContainerRuntime({ machine, images, tap, preloaded: [...nodeImages, ...preloaded] });
    const client = this.as(`system:node:${name}`);
    const staticPods = controlPlane ? controlPlanePods() : [];
    const kubelet = new Kubelet({
      machine,
      client,
      runtime,
      nodeName: name,
      nodeIp: ip,
      cluster: 'hop',
      controlPlane,
      staticPods,
    });
    return { name, ip, machine, kubelet };
  }

  // --- What tests ask, without taking virtual time

  get<T extends ApiObject>(resource: Resource, name: string, namespace?: string): T | undefined {
    const answer = this.server.handle({
      verb: 'get',
      ...resource,
      name,
      user: 'test',
      ...(namespace ? { namespace } : {}),
    });
    return 'body' in answer && answer.code === 200 ? (answer.body as T) : undefined;
  }

  list<T extends ApiObject>(resource: Resource, namespace = 'default'): readonly T[] {
    const at = resource === NODES ? {} : { namespace };
    const answer = this.server.handle({ verb: 'list', ...resource, user: 'test', ...at });
    return 'body' in answer ? (answer.body as unknown as { items: readonly T[] }).items : [];
  }

  pods(namespace = 'default'): readonly Pod[] {
    return this.list<Pod>(PODS, namespace);
  }

  pod(name: string): Pod | undefined {
    return this.get<Pod>(PODS, name, 'default');
  }

  deployment(name: string): Deployment | undefined {
    return this.get<Deployment>(DEPLOYMENTS, name, 'default');
  }

  /** `reason: message` of the events about an object, with their counts. */
  events(name: string, namespace = 'default'): readonly string[] {
    const events = this.list<ApiObject>(
      { group: '', version: 'v1', resource: 'events' },
      namespace,
    ) as readonly (ApiObject & {
      involvedObject: { name: string };
      reason: string;
      message: string;
      count: number;
    })[];
    return events
      .filter(({ involvedObject }) => involvedObject.name === name)
      .map(({ reason, message, count }) => `${reason} x${count}: ${message}`);
  }

  // --- Time

  async until(done: () => boolean, limit = 120_000): Promise<void> {
    if (await this.clock.runUntil(done, limit)) return;
    const pods = this.pods().map(({ metadata, status }) => `${metadata.name}: ${JSON.stringify(status)}`);
    throw new Error(`it did not come about within ${limit} ms of virtual time; pods:\n${pods.join('\n')}`);
  }

  /** Runs the clock until a request of the test itself is answered. */
  async settle<T>(promise: Promise<T>, limit = 600_000): Promise<T> {
    let settled = false;
    const end = () => {
      settled = true;
      this.clock.woke();
    };
    promise.then(end, end);
    if (!(await this.clock.runUntil(() => settled, limit))) throw new Error(`no answer within ${limit} ms`);
    return promise;
  }

  /** Every node is there, ready, and no longer tainted as not ready. */
  ready(): Promise<void> {
    return this.until(() => {
      const nodes = this.list<Node>(NODES);
      return nodes.length === this.nodes.length && nodes.every(isReady);
    });
  }

  async exec(pod: string, ...command: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const stdout = new Collector();
    const stderr = new Collector();
    const code = await this.settle(
      this.client.connect({ kind: 'exec', namespace: 'default', pod, command, stdout, stderr, user: 'test' }),
    );
    return { code, stdout: stdout.text(), stderr: stderr.text() };
  }

  async logs(pod: string, more: { previous?: boolean } = {}): Promise<string> {
    const stdout = new Collector();
    await this.settle(this.client.connect({ kind: 'log', namespace: 'default', pod, stdout, user: 'test', ...more }));
    return stdout.text();
  }

  /** One echo request out of a pod's namespace. @returns whether it was answered */
  async ping(from: Pod, to: string): Promise<boolean> {
    const socket = this.namespaceOf(from).sockets.openIcmp({ pid: 1, name: 'test' });
    socket.send(parseIp(to) ?? 0, { sequence: 1, data: new Uint8Array(56) });
    const limit = new AbortController();
    const timer = this.clock.after(2000, () => limit.abort(new Error('no answer')));
    try {
      const { type } = await this.settle(socket.receive(limit.signal));
      return type === 'echo-reply';
    } catch {
      return false;
    } finally {
      timer.cancel();
      socket.close();
    }
  }

  namespaceOf(pod: Pod): NetworkNamespace {
    const node = this.nodes.find(({ name }) => name === pod.spec.nodeName);
    for (const netns of node?.machine.namespaces.values() ?? []) {
      if (netns.addresses().some(({ address }) => address.local === parseIp(pod.status?.podIP ?? ''))) return netns;
    }
    throw new Error(`${pod.metadata.name} has no network namespace`);
  }
}

function isReady({ spec, status }: Node): boolean {
  const tainted = spec?.taints?.some(({ key }) => key === 'node.kubernetes.io/not-ready');
  return !tainted && status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;
}

export const AGNHOST = 'registry.k8s.io/e2e-test-images/agnhost:2.56';

/** `kubectl create deployment NAME --image ... --replicas N`. */
export function deployment(name: string, replicas: number, spec: object = {}, container: object = {}) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default', labels: { app: name } },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'agnhost', image: AGNHOST, args: ['netexec'], ...container }] },
      },
      ...spec,
    },
  };
}

/** A pod of one busybox container. */
export function busybox(name: string, script: string, spec: object = {}, container: object = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: {
      containers: [{ name: 'main', image: 'busybox:1.36', command: ['sh', '-c', script], ...container }],
      ...spec,
    },
  };
}
