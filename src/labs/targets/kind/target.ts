import { mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { nodeNames, nodeVariables } from '../../spec/cluster.ts';
import type {
  ClusterInfo,
  ClusterSpec,
  ExecResult,
  Folder,
  KindName,
  KubeObject,
  LearnerServices,
  ObjectQuery,
  Place,
  ProbeRequest,
  ProbeResult,
  Target,
  TargetTerminal,
} from '../../target.ts';
import { TargetError } from '../../target.ts';
import { deleteCluster, ensureCluster } from './cluster.ts';
import { connectTo } from './connect.ts';
import { Discovery } from './discovery.ts';
import type { Entrances } from './exec.ts';
import { execIn } from './exec.ts';
import type { CourseFolder } from './folder.ts';
import type { Access } from './kubeconfig.ts';
import { courseKubectl } from './kubectl.ts';
import { labFolder } from './lab-folder.ts';
import type { LocalSocket } from './local-socket.ts';
import { listenLocally } from './local-socket.ts';
import { Objects } from './objects.ts';
import { ensureOutside, toolsIn } from './outside.ts';
import { probe } from './probe.ts';
import { apiFetch } from './request.ts';
import { run } from './run.ts';
import type { ShellCommand } from './terminal.ts';
import { openTerminal, prepareShell } from './terminal.ts';

export interface KindTargetOptions {
  /** The lab's id: names the learner's folder and prompt. */
  readonly lab: string;
  readonly folder: CourseFolder;
  /** How the learner's shell runs `hop`. */
  readonly hop: { readonly node: string; readonly script: string };
}

/** Everything that is known once the cluster stands. */
interface Connected {
  readonly spec: ClusterSpec;
  readonly access: Access;
  readonly objects: Objects;
  readonly entrances: Entrances;
}

/** A lab's cluster as a real kind cluster on this machine. */
export class KindTarget implements Target {
  readonly kind = 'kind';
  readonly folder: Folder;
  readonly #options: KindTargetOptions;
  readonly #cwd: string;
  #connected: Connected | undefined;
  #services: LearnerServices | undefined;
  #socket: Promise<LocalSocket> | undefined;

  constructor(options: KindTargetOptions) {
    this.#options = options;
    this.#cwd = options.folder.lab(options.lab);
    this.folder = labFolder(this.#cwd);
  }

  async create(
    spec: ClusterSpec,
    progress: (message: string) => void = () => {},
    signal?: AbortSignal,
  ): Promise<ClusterInfo> {
    const { folder } = this.#options;
    await mkdir(this.#cwd, { recursive: true, mode: 0o700 });
    const access = await ensureCluster(folder, spec, progress, signal);
    const nodes = nodeNames(spec);
    const fetch = apiFetch(access);
    const kubectl = await courseKubectl(folder.cluster(spec.name), nodes[0] ?? '', {
      platform: process.platform,
      path: process.env.PATH ?? '',
    });
    const version = (await (await fetch(`${access.server}/version`)).json()) as { gitVersion: string };
    this.#connected = {
      spec,
      access,
      objects: new Objects(connectTo(access), new Discovery(fetch, access.server)),
      entrances: {
        kubectl,
        kubeconfig: access.path,
        context: access.context,
        nodes,
        outside: () => ensureOutside(),
      },
    };
    return { name: spec.name, version: version.gitVersion, nodes };
  }

  async destroy(signal?: AbortSignal): Promise<void> {
    const { spec } = this.#known();
    this.#connected = undefined;
    await deleteCluster(this.#options.folder, spec.name, signal);
  }

  async apply(manifests: readonly unknown[], signal?: AbortSignal): Promise<void> {
    await this.#known().objects.apply(manifests, signal);
  }

  async reset(signal?: AbortSignal): Promise<void> {
    await this.#known().objects.reset(signal);
  }

  async get(query: ObjectQuery, signal?: AbortSignal): Promise<readonly KubeObject[]> {
    signal?.throwIfAborted();
    return this.#known().objects.get(query);
  }

  watch(
    kinds: readonly KindName[],
    change: (event: { type: string; object: KubeObject }) => void,
    signal: AbortSignal,
  ): void {
    this.#known().objects.watch(kinds, change, signal);
  }

  async exec(
    place: Place,
    argv: readonly string[],
    options: { timeoutMs?: number; signal?: AbortSignal } = {},
  ): Promise<ExecResult> {
    return execIn(this.#known().entrances, place, argv, options);
  }

  async probe(request: ProbeRequest, signal?: AbortSignal): Promise<ProbeResult> {
    const { entrances } = this.#known();
    return probe(request, async (argv, timeoutMs, until) => {
      const seen = new AbortController();
      const signals = [seen.signal, ...(signal === undefined ? [] : [signal])];
      const lines: string[] = [];
      const options = {
        timeoutMs,
        signal: AbortSignal.any(signals),
        onStderrLine: (line: string) => {
          lines.push(line);
          if (until?.test(line)) seen.abort();
        },
      };
      try {
        const result = await execIn(entrances, request.from, argv, options);
        const { from } = request;
        if (result.code !== 127 || from.kind !== 'node') return result;
        // kind's nodes have curl, but no ping: a toolbox in the same network namespace has.
        return await run('docker', toolsIn(from.name, argv, false), options);
      } catch (error) {
        if (!seen.signal.aborted) throw error;
        return { code: 0, stdout: '', stderr: lines.join('\n') };
      }
    });
  }

  async run(script: string, options: { timeoutMs?: number; signal?: AbortSignal } = {}): Promise<ExecResult> {
    const { access, spec } = this.#known();
    await this.shell();
    const variables = await this.#variables();
    const { bin, root } = this.#options.folder.cluster(spec.name);
    const path = [bin, process.env.PATH ?? ''].join(delimiter);
    const own = { KUBECONFIG: access.path, KUBECACHEDIR: join(root, 'cache'), PATH: path };
    const env = { ...process.env, ...variables, ...own };
    return run('bash', ['-c', script], { ...options, cwd: this.#cwd, env });
  }

  async terminal(size: { columns: number; rows: number }): Promise<TargetTerminal> {
    return openTerminal(await this.shell(), size);
  }

  serve(services: LearnerServices): void {
    this.#services = services;
  }

  /** Lets go of what this process holds; the cluster stays. */
  async close(): Promise<void> {
    await (await this.#socket)?.close();
    this.#socket = undefined;
  }

  /** How the learner's shell is started; what it reads at its start has been written. */
  async shell(): Promise<ShellCommand> {
    const { access, entrances, spec } = this.#known();
    const { lab, folder, hop } = this.#options;
    return prepareShell({
      lab,
      cwd: this.#cwd,
      folder: folder.cluster(spec.name),
      context: access.context,
      kubectl: entrances.kubectl,
      hop,
      variables: await this.#variables(),
    });
  }

  /** What the learner's commands find in their environment. */
  async #variables(): Promise<Readonly<Record<string, string>>> {
    const { spec } = this.#known();
    this.#socket ??= listenLocally((request) => this.#reply(request));
    const { path } = await this.#socket;
    return { ...nodeVariables(spec), HOP_LAB: this.#options.lab, HOP_CLUSTER: spec.name, HOP_SOCKET: path };
  }

  async #reply(request: unknown): Promise<unknown> {
    const { answer } = request as { readonly answer?: unknown };
    if (typeof answer !== 'string' || this.#services === undefined) throw new Error('Nothing is asked at the moment.');
    return this.#services.answer(answer);
  }

  #known(): Connected {
    if (this.#connected === undefined) {
      throw new TargetError('unavailable', 'There is no cluster yet: start the lab first.');
    }
    return this.#connected;
  }
}
