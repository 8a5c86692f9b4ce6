import type { Machine } from '../../linux/machine.ts';
import type { NetworkNamespace } from '../../linux/namespace.ts';
import type { Child, Program } from '../../linux/process/process.ts';
import type { ConnectRequest } from '../api/connection.ts';
import { Backoff } from '../client/backoff.ts';
import { ApiError, type Client } from '../client/client.ts';
import { type Informer, informer } from '../client/informer.ts';
import { PODS } from '../controllers/resources.ts';
import { EventRecorder } from '../events/recorder.ts';
import type { Container as RuntimeContainer } from '../runtime/container.ts';
import type { ContainerRuntime } from '../runtime/runtime.ts';
import type { Pod } from '../types/pod.ts';
import { connect } from './connection.ts';
import type { KubeletContext } from './context.ts';
import { NodeAgent } from './node-agent.ts';
import { PodWorker } from './pod-worker.ts';
import { isRunning } from './record.ts';
import { createMirrorPod, mirrorName } from './static-pods.ts';

export interface KubeletOptions {
  readonly machine: Machine<NetworkNamespace>;
  readonly client: Client;
  readonly runtime: ContainerRuntime;
  readonly nodeName: string;
  /** The node's InternalIP. */
  readonly nodeIp: string;
  /** The kind cluster that the node belongs to, for its providerID. */
  readonly cluster: string;
  readonly controlPlane?: boolean;
  /** What /etc/kubernetes/manifests has. */
  readonly staticPods?: readonly Pod[];
}

const CRASH_FIRST = 10_000;
const CRASH_LIMIT = 300_000;

/** The node's agent: makes the pods that are bound to its node run, and tells how they are. */
export class Kubelet {
  readonly #context: KubeletContext;
  readonly #node: NodeAgent;
  readonly #staticPods: readonly Pod[];
  readonly #workers = new Map<string, PodWorker>();
  #pods: Informer<Pod> | undefined;
  #daemons: readonly Child[] = [];

  constructor(options: KubeletOptions) {
    const { machine, client, runtime, nodeName, nodeIp } = options;
    const { clock } = machine;
    this.#staticPods = options.staticPods ?? [];
    this.#context = {
      machine,
      client,
      clock,
      runtime,
      nodeName,
      nodeIp,
      recorder: new EventRecorder({ client, clock, component: 'kubelet', host: nodeName }),
      crashBackoff: new Backoff(clock, CRASH_FIRST, CRASH_LIMIT),
      imageBackoff: new Backoff(clock, CRASH_FIRST, CRASH_LIMIT),
      servicesFor: ({ metadata }) =>
        metadata.namespace === 'kube-system' ? { inCluster: { client }, namespaces: machine.namespaces } : {},
    };
    const random = machine.random.fork('kubelet');
    const hex = (length: number) => random.text(length, '0123456789abcdef');
    this.#node = new NodeAgent(this.#context, {
      name: nodeName,
      ip: nodeIp,
      cluster: options.cluster,
      controlPlane: options.controlPlane === true,
      machineId: hex(32),
      bootId: [8, 4, 4, 4, 12].map(hex).join('-'),
      osImage: /PRETTY_NAME="(.*)"/.exec(machine.files.readText('/etc/os-release'))?.[1] ?? 'Linux',
    });
  }

  /** Registers the node and begins to watch its pods. */
  async start(): Promise<void> {
    const { machine, client, clock, nodeName } = this.#context;
    const daemon = (...argv: string[]) => machine.spawn({ argv, program: untilEnded, group: 'new' });
    this.#daemons = [
      daemon('/usr/local/bin/containerd'),
      daemon('/usr/bin/kubelet', '--config=/var/lib/kubelet/config.yaml', `--node-ip=${this.#context.nodeIp}`),
    ];
    await this.#node.start();
    this.#pods = informer<Pod>(client, PODS, { clock, fieldSelector: `spec.nodeName=${nodeName}` });
    this.#pods.on({
      added: (pod) => this.#admit(pod),
      updated: (pod) => this.#workers.get(pod.metadata.uid ?? '')?.update(pod),
      deleted: (pod) => {
        this.#workers.get(pod.metadata.uid ?? '')?.removed();
        const source = this.#staticPods.find((one) => mirrorName(one, nodeName) === pod.metadata.name);
        if (source !== undefined) void createMirrorPod(this.#context, source);
      },
    });
    for (const pod of this.#staticPods) await createMirrorPod(this.#context, pod);
  }

  /** The node's side of exec and logs: what `ApiServer.registerNode` wants. */
  async connect(request: ConnectRequest): Promise<number> {
    const worker = [...this.#workers.values()].find(
      ({ pod: { metadata } }) => metadata.namespace === request.namespace && metadata.name === request.pod,
    );
    if (worker === undefined) {
      throw new ApiError({
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        reason: 'NotFound',
        message: `pod "${request.pod}" not found on node ${this.#context.nodeName}`,
        code: 404,
      });
    }
    return connect(this.#context, worker, request);
  }

  /** A running container of one of its pods (the first where `name` is absent); undefined where there is none. */
  container(namespace: string, pod: string, name?: string): RuntimeContainer | undefined {
    const worker = [...this.#workers.values()].find(
      ({ pod: { metadata } }) => metadata.namespace === namespace && metadata.name === pod,
    );
    const record = worker?.records.find((one) => name === undefined || one.spec.name === name);
    return record !== undefined && isRunning(record) ? record.current : undefined;
  }

  /** Stops caring, as when the kubelet's service is stopped: containers run on, the node's lease runs out. */
  stop(): void {
    this.#node.stop();
    this.#pods?.stop();
    for (const worker of this.#workers.values()) worker.abandon();
    for (const daemon of this.#daemons) daemon.kill('KILL');
  }

  #admit(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    if (this.#workers.has(uid)) return;
    this.#workers.set(uid, new PodWorker(this.#context, pod, () => this.#workers.delete(uid)));
  }
}

/** A daemon that is modelled elsewhere and only shows in `ps`. */
const untilEnded: Program = ({ signals }) =>
  new Promise((_, reject) => {
    signals.ended.addEventListener('abort', () => reject(signals.ended.reason), { once: true });
  });
