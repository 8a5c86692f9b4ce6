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
import type { PageCluster } from './cluster.ts';
import { execute, type OnOutput, type Where } from './execute.ts';
import { pageFolder } from './folder.ts';
import { PageObjects } from './objects.ts';
import { probeFrom } from './probe.ts';

/** Makes a simulated cluster and runs it until it is up. */
export type StartCluster = (
  spec: ClusterSpec,
  progress: (message: string) => void,
  signal?: AbortSignal,
) => Promise<PageCluster>;

/** A lab's cluster in the page. */
export class PageTarget implements Target {
  readonly kind = 'page';
  readonly folder: Folder = pageFolder(
    () => this.#known().files,
    () => this.#known().home,
  );
  readonly #start: StartCluster;
  #cluster: PageCluster | undefined;
  #objects: PageObjects | undefined;
  #services: LearnerServices | undefined;

  constructor(start: StartCluster) {
    this.#start = start;
  }

  async create(
    spec: ClusterSpec,
    progress: (message: string) => void = () => {},
    signal?: AbortSignal,
  ): Promise<ClusterInfo> {
    if (this.#cluster?.info.name !== spec.name) {
      this.#cluster?.stop();
      const cluster = await this.#start(spec, progress, signal);
      this.#cluster = cluster;
      this.#objects = new PageObjects(cluster.client, cluster.clock);
      if (this.#services !== undefined) cluster.serve(this.#services);
    }
    return this.#known().info;
  }

  async destroy(): Promise<void> {
    this.#cluster?.stop();
    this.#cluster = undefined;
    this.#objects = undefined;
  }

  async apply(manifests: readonly unknown[], signal?: AbortSignal): Promise<void> {
    await this.#api().apply(manifests, signal);
  }

  async reset(signal?: AbortSignal): Promise<void> {
    await this.#api().reset(signal);
  }

  async get(query: ObjectQuery, signal?: AbortSignal): Promise<readonly KubeObject[]> {
    signal?.throwIfAborted();
    return this.#api().get(query);
  }

  watch(
    kinds: readonly KindName[],
    change: (event: { type: string; object: KubeObject }) => void,
    signal: AbortSignal,
  ): void {
    for (const kind of kinds) void this.#api().follow(kind, change, signal);
  }

  exec(
    place: Place,
    argv: readonly string[],
    options: { timeoutMs?: number; signal?: AbortSignal } = {},
  ): Promise<ExecResult> {
    return this.#execute(place, argv, { ...options, probe: 'check' });
  }

  async probe(request: ProbeRequest, signal?: AbortSignal): Promise<ProbeResult> {
    return probeFrom(this.#known(), request, signal);
  }

  run(
    script: string,
    options: { timeoutMs?: number; signal?: AbortSignal; onOutput?: OnOutput } = {},
  ): Promise<ExecResult> {
    return this.#execute({ kind: 'learner' }, ['bash', '-c', script], options);
  }

  async terminal(size: { columns: number; rows: number }): Promise<TargetTerminal> {
    const shell = this.#known().shell(size);
    return {
      write: (data) => shell.input(data),
      onData: (listener) => shell.onOutput(listener),
      ack: (length) => shell.ack(length),
      onExit: (listener) => void shell.exit.then(listener),
      resize: (columns, rows) => shell.resize(columns, rows),
      atPrompt: () => shell.atPrompt(),
      onPrompt: (listener) => shell.onPrompt(listener),
      close: () => shell.hangUp(),
    };
  }

  serve(services: LearnerServices): void {
    // Programs speak of the machine's paths, an editor of the learner's folder.
    const edit = (path: string) => {
      const home = `${this.#known().home}/`;
      services.edit(path.startsWith(home) ? path.slice(home.length) : path);
    };
    this.#services = { ...services, edit };
    this.#cluster?.serve(this.#services);
  }

  async #execute(
    where: Where,
    argv: readonly string[],
    options: { timeoutMs?: number; signal?: AbortSignal; probe?: string; onOutput?: OnOutput },
  ): Promise<ExecResult> {
    return execute(this.#known(), where, argv, options);
  }

  #known(): PageCluster {
    if (this.#cluster !== undefined) return this.#cluster;
    throw new TargetError('unavailable', 'There is no cluster yet: start the lab first.');
  }

  #api(): PageObjects {
    this.#known();
    return this.#objects as PageObjects;
  }
}
