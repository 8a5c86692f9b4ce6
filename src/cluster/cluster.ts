import { kubectlCompleters } from '../kubectl/completers.ts';
import type { ClusterFacts } from '../kubernetes/addons/addon.ts';
import { install } from '../kubernetes/addons/install.ts';
import { kindnet } from '../kubernetes/addons/kindnet.ts';
import { ApiServer } from '../kubernetes/api/server.ts';
import type { Client } from '../kubernetes/client/client.ts';
import { createClient } from '../kubernetes/client/create-client.ts';
import { localTransport } from '../kubernetes/client/local-transport.ts';
import { startControllers } from '../kubernetes/controllers/controllers.ts';
import { startScheduler } from '../kubernetes/scheduler/scheduler.ts';
import { builtinSchema } from '../kubernetes/schema/schema.ts';
import { kubernetesVersion } from '../kubernetes/version.ts';
import type { Files } from '../linux/files/files.ts';
import type { Machine } from '../linux/machine.ts';
import type { NetworkNamespace } from '../linux/namespace.ts';
import type { Child, Program, ProgramTable, Services, Writer } from '../linux/process/process.ts';
import type { TapSource } from '../linux/tap/source.ts';
import { programs } from '../programs/index.ts';
import { sh } from '../shell/shell.ts';
import type { Simulation } from '../simulation/simulation.ts';
import { type HopAccess, hop } from './hop.ts';
import { furnish, HOME, LearnerShell, learnerEnvironment } from './learner.ts';
import { type Ground, layGround, type MutableServices, plugIn } from './machines.ts';
import { type ClusterNode, makeNode } from './node.ts';

export interface ClusterOptions {
  readonly simulation: Simulation;
  /** `hop-...`; the nodes are NAME-control-plane, NAME-worker, NAME-worker2. */
  readonly name: string;
  readonly workers: number;
  /** Absent: iptables, as kind has it. */
  readonly proxy?: ClusterFacts['proxy'];
  /** Images that needn't be pulled. */
  readonly loaded?: readonly string[];
  /** Variables of the learner's shell, such as WORKER. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Where a process is to run. */
export type ClusterPlace =
  | { readonly kind: 'pod'; readonly namespace: string; readonly name: string; readonly container?: string }
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'outside' }
  | { readonly kind: 'learner' };

export interface PlacedProcess {
  readonly argv: readonly string[];
  /** Runs instead of what `argv[0]` names on PATH. */
  readonly program?: Program;
  readonly stdout: Writer;
  readonly stderr: Writer;
  /** Marks the packets of a check. */
  readonly probe?: string;
}

/** What the learner's own commands ask of a lab's session. */
export interface LearnerSession {
  answer(text: string): Promise<{ readonly right: boolean; readonly message: string }>;
  edit(path: string): void;
}

/** Virtual ms within which a cluster has to be ready. */
const READY_LIMIT = 120_000;
const ADMIN = 'kubernetes-admin';

const everyProgram: ProgramTable = { ...programs, sh: async () => sh, bash: async () => sh };

/** A simulated cluster: an API server with its controllers, nodes on one wire, and the learner's machine beside them. */
export class Cluster {
  readonly info: { readonly name: string; readonly version: string; readonly nodes: readonly string[] };
  readonly clock: Simulation;
  readonly tap: TapSource;
  readonly client: Client;
  readonly nodes: ReadonlyMap<string, ClusterNode>;
  readonly outside: Machine<NetworkNamespace>;
  readonly learner: Machine<NetworkNamespace>;
  readonly home = HOME;
  readonly #learnerServices: MutableServices;
  readonly #variables: Readonly<Record<string, string>>;
  readonly #hop: HopAccess;
  readonly #facts: ClusterFacts;
  readonly #running: { stop(): void }[] = [];

  constructor(options: ClusterOptions) {
    const { simulation, name, workers, loaded = [], variables = {} } = options;
    this.clock = simulation;
    this.#variables = variables;
    this.#facts = {
      name,
      podSubnet: '10.244.0.0/16',
      serviceSubnet: '10.96.0.0/16',
      proxy: options.proxy ?? 'iptables',
    };
    const ground = layGround(simulation, everyProgram);
    this.tap = ground.tap;
    const server = new ApiServer({ clock: simulation, random: simulation.random.fork('api'), schema: builtinSchema() });
    this.client = createClient(localTransport(server), ADMIN);
    const names = [
      `${name}-control-plane`,
      ...Array.from({ length: workers }, (_, i) => `${name}-worker${i === 0 ? '' : i + 1}`),
    ];
    this.nodes = new Map(
      names.map((node, i) => [
        node,
        makeNode(ground, server, { name: node, number: i + 2, cluster: name, controlPlane: i === 0, loaded }),
      ]),
    );
    this.info = { name, version: `v${kubernetesVersion}`, nodes: names };
    this.outside = plugIn(ground, { name: 'outside', number: names.length + 2 });
    this.#hop = {
      nodes: new Map([...this.nodes].map(([node, { machine }]) => [node, machine])),
      outside: this.outside,
    };
    this.#learnerServices = {
      kubernetes: {
        client: this.client,
        get resources() {
          return server.resources;
        },
        currentContext: `kind-${name}`,
        server: 'https://127.0.0.1:6443',
      },

      completion: kubectlCompleters,
      hop: this.#hop,
    };
    this.learner = this.#learnersMachine(ground);
    furnish(this.learner, variables);
    const systemClient = (user: string) => createClient(localTransport(server), user);
    this.#running.push(
      startControllers(
        systemClient('system:kube-controller-manager'),
        simulation,
        simulation.random.fork('controllers'),
      ),
      startScheduler(systemClient('system:kube-scheduler'), simulation, simulation.random.fork('scheduler')),
    );
  }

  get files(): Files {
    return this.learner.files;
  }

  /** Creates the cluster's own components and starts the kubelets. */
  async start(): Promise<void> {
    await install(this.client, [kindnet], this.#facts);
    for (const { kubelet } of this.nodes.values()) await kubelet.start();
  }

  /** Waits, in virtual time, until every node is Ready. Rejects when that takes too long. */
  async ready(progress: (message: string) => void = () => {}, signal?: AbortSignal): Promise<void> {
    const end = this.clock.now() + READY_LIMIT;
    for (;;) {
      const { items } = await this.client.list({ group: '', version: 'v1', resource: 'nodes' });
      const done = items.filter(isReady).length;
      if (done === this.nodes.size) return;
      progress(`${done} of ${this.nodes.size} nodes are ready`);
      if (this.clock.now() > end) throw new Error(`${this.nodes.size - done} nodes did not become ready`);
      await this.clock.sleep(100, signal);
    }
  }

  /** Starts a process in a place. @returns undefined where there is no such place, or no running container in it. */
  spawn(place: ClusterPlace, spec: PlacedProcess): Child | undefined {
    const { argv, program, stdout, stderr, probe } = spec;
    const marked: Services = probe === undefined ? {} : { probe };
    const what = { argv, stdout, stderr, ...(program !== undefined && { program }) };
    switch (place.kind) {
      case 'pod': {
        for (const { kubelet, runtime } of this.nodes.values()) {
          const container = kubelet.container(place.namespace, place.name, place.container);
          if (container === undefined) continue;
          const { argv: command, ...rest } = what;
          return runtime.exec(container, { command, ...rest, ...(probe !== undefined && { probe }) });
        }
        return undefined;
      }
      case 'node': {
        const machine = this.nodes.get(place.name)?.machine;
        return machine?.spawn({ ...what, cwd: '/root', services: { namespaces: machine.namespaces, ...marked } });
      }
      case 'outside':
        return this.outside.spawn({ ...what, cwd: '/root', services: marked });
      case 'learner':
        return this.learner.spawn({
          ...what,
          cwd: HOME,
          env: this.#environment(),
          services: { ...this.#learnerServices, ...marked },
        });
    }
  }

  /** The learner's interactive shell on a terminal of its own. */
  shell(size: { readonly columns: number; readonly rows: number }): LearnerShell {
    return new LearnerShell(this.learner, { size, env: this.#environment(), services: this.#learnerServices });
  }

  serve(session: LearnerSession): void {
    this.#hop.answer = (text) => session.answer(text);
    this.#learnerServices.editor = {
      open: (path) => {
        const inside = path.startsWith(`${HOME}/`);
        if (inside) session.edit(path);
        return inside;
      },
    };
  }

  stop(): void {
    for (const part of this.#running.splice(0)) part.stop();
    for (const { kubelet, machine } of this.nodes.values()) {
      kubelet.stop();
      machine.shutdown();
    }
    this.outside.shutdown();
    this.learner.shutdown();
  }

  #environment(): Map<string, string> {
    return learnerEnvironment(this.#variables);
  }

  #learnersMachine(ground: Ground): Machine<NetworkNamespace> {
    const own = {
      ...everyProgram,
      kubectl: async () => (await import('../kubectl/kubectl.ts')).kubectl,
      hop: async () => hop,
    };
    return plugIn({ ...ground, programs: own }, { name: 'laptop', number: 1, services: this.#learnerServices });
  }
}

function isReady(node: Readonly<Record<string, unknown>>): boolean {
  const { conditions = [] } = (node['status'] ?? {}) as {
    readonly conditions?: readonly { type: string; status: string }[];
  };
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}
