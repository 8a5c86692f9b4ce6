import type {
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
} from './target.ts';
import { TargetError } from './target.ts';

type Change = (event: { type: string; object: KubeObject }) => void;

/** A target without a cluster: objects in a list, and answers that a test sets. */
export class FakeTarget implements Target {
  readonly kind: 'page' | 'kind' = 'page';
  objects: KubeObject[] = [];
  readonly log: string[] = [];
  readonly files = new Map<string, string>();
  services: LearnerServices | undefined;
  readonly terminals: FakeTerminal[] = [];
  /** What `exec`, `run` and `probe` answer. */
  onExec: (place: Place, command: string) => ExecResult = () => ({ code: 0, stdout: '', stderr: '' });
  onRun: (script: string) => Promise<ExecResult> = async () => ({ code: 0, stdout: '', stderr: '' });
  onProbe: (request: ProbeRequest) => ProbeResult = () => ({ outcome: 'refused', detail: 'nobody listens' });
  failure: TargetError | undefined;
  readonly #watches = new Set<{ kinds: readonly KindName[]; change: Change }>();
  #uid = 0;

  readonly folder: Folder = {
    list: async () => [...this.files].map(([path, text]) => ({ path, size: text.length })),
    read: async (path) => {
      const text = this.files.get(path);
      if (text === undefined) throw new TargetError('notFound', `no file ${path}`);
      return new TextEncoder().encode(text);
    },
    write: async (path, text) => void this.files.set(path, text),
  };

  async create(spec: { name: string }) {
    this.log.push(`create ${spec.name}`);
    return { name: spec.name, version: 'v1.37.2', nodes: [] };
  }

  async destroy(): Promise<void> {
    this.log.push('destroy');
    this.objects = [];
  }

  async apply(manifests: readonly unknown[]): Promise<void> {
    for (const manifest of manifests as KubeObject[]) {
      this.log.push(`apply ${manifest.kind} ${manifest.metadata.name}`);
      this.put({ ...manifest, status: { conditions: [{ type: 'Ready', status: 'True' }], podIP: '10.244.1.2' } });
    }
  }

  async reset(): Promise<void> {
    this.log.push('reset');
    this.objects = this.objects.filter(({ kind }) => kind === 'Namespace');
  }

  async get({ apiVersion, kind, namespace, name, labelSelector }: ObjectQuery): Promise<readonly KubeObject[]> {
    if (this.failure !== undefined) throw this.failure;
    const labels = labelSelector?.split(',').map((pair) => pair.split('=')) ?? [];
    return this.objects.filter(
      (object) =>
        object.kind === kind &&
        object.apiVersion === apiVersion &&
        (namespace === undefined || (object.metadata.namespace ?? 'default') === namespace) &&
        (name === undefined || object.metadata.name === name) &&
        labels.every(([key = '', value]) => object.metadata.labels?.[key] === value),
    );
  }

  watch(kinds: readonly KindName[], change: Change, signal: AbortSignal): void {
    const entry = { kinds, change };
    this.#watches.add(entry);
    signal.addEventListener('abort', () => this.#watches.delete(entry));
  }

  async exec(place: Place, argv: readonly string[]): Promise<ExecResult> {
    return this.onExec(place, argv.at(-1) ?? '');
  }

  async probe(request: ProbeRequest): Promise<ProbeResult> {
    this.log.push(`probe ${request.to}`);
    return this.onProbe(request);
  }

  run(script: string): Promise<ExecResult> {
    this.log.push(`run ${script.trim()}`);
    return this.onRun(script);
  }

  async terminal(): Promise<TargetTerminal> {
    const terminal = new FakeTerminal();
    this.terminals.push(terminal);
    return terminal;
  }

  serve(services: LearnerServices): void {
    this.services = services;
  }

  /** Makes or replaces an object, and tells those who watch. */
  put(object: KubeObject): void {
    const old = this.objects.find(
      ({ kind, metadata }) => kind === object.kind && metadata.name === object.metadata.name,
    );
    this.objects = this.objects.filter((each) => each !== old);
    const uid = old?.metadata.uid ?? `uid-${++this.#uid}`;
    const stored = { ...object, metadata: { ...object.metadata, uid } };
    this.objects.push(stored);
    this.#tell(old === undefined ? 'ADDED' : 'MODIFIED', stored);
  }

  remove(kind: string, name: string): void {
    const object = this.objects.find((each) => each.kind === kind && each.metadata.name === name);
    if (object === undefined) throw new Error(`there is no ${kind} ${name}`);
    this.objects = this.objects.filter((each) => each !== object);
    this.#tell('DELETED', object);
  }

  #tell(type: string, object: KubeObject): void {
    for (const { kinds, change } of this.#watches) {
      if (kinds.some(({ kind }) => kind === object.kind)) change({ type, object });
    }
  }
}

/** A terminal that keeps what was typed. */
export class FakeTerminal implements TargetTerminal {
  typed = '';
  acked = 0;
  closed = false;
  ready = true;
  data: (data: string) => void = () => {};
  exit: (code: number) => void = () => {};
  #prompt: (ready: boolean) => void = () => {};

  write(data: string): void {
    this.typed += data;
  }
  onData(listener: (data: string) => void): void {
    this.data = listener;
  }
  ack(length: number): void {
    this.acked += length;
  }
  onExit(listener: (code: number) => void): void {
    this.exit = listener;
  }
  resize(): void {}
  atPrompt(): boolean {
    return this.ready;
  }
  onPrompt(listener: (ready: boolean) => void): void {
    this.#prompt = listener;
  }
  close(): void {
    this.closed = true;
  }

  prompt(ready: boolean): void {
    this.ready = ready;
    this.#prompt(ready);
  }
}

/** A pod as a test needs it. */
export function pod(name: string, fields: Readonly<Record<string, unknown>> = {}, labels = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', labels }, ...fields };
}
