import { isMap } from '../check/match.ts';
import type { Lab } from '../spec/lab.ts';
import { fillIn, fillInAll } from '../spec/text.ts';
import { type KubeObject, LAB_LABEL, type Target } from '../target.ts';
import type { EngineClock } from './clock.ts';

/** Where the cluster keeps which lab is set up on it: an annotation of the namespace `default`. */
const MARK = 'hop-by-hop/set-up';
/** How long a set-up may take to run, in milliseconds. */
const LIMIT = 180_000;
const POLL = 250;

/** A lab's own state of a cluster: its objects, and the files in the learner's folder. */
export class Setup {
  readonly #target: Target;
  readonly #lab: Lab;
  readonly #clock: EngineClock;
  readonly #nodes: Readonly<Record<string, string>>;

  constructor(target: Target, lab: Lab, clock: EngineClock, nodes: Readonly<Record<string, string>>) {
    this.#target = target;
    this.#lab = lab;
    this.#clock = clock;
    this.#nodes = nodes;
  }

  /**
   * Whether this lab, as its files are now, is set up on the cluster (`ready`), something else is or was (`other`),
   * or nothing ever was (`none`).
   */
  async found(signal: AbortSignal): Promise<'ready' | 'other' | 'none'> {
    const query = { apiVersion: 'v1', kind: 'Namespace', name: 'default' };
    const [namespace] = await this.#target.get(query, signal);
    const annotations = namespace?.metadata.annotations;
    const mark = isMap(annotations) ? annotations[MARK] : undefined;
    return mark === undefined ? 'none' : mark === this.#mark() ? 'ready' : 'other';
  }

  /** Clears the cluster of every lab and sets this one up. @returns what still doesn't run when time is over. */
  async make(progress: (message: string) => void, signal: AbortSignal): Promise<readonly string[]> {
    await this.#setMark('unfinished', signal);
    progress('Clearing what is left of labs');
    await this.#target.reset(signal);
    progress('Setting up the lab');
    const manifests = this.#lab.manifests.map((manifest) => this.#labelled(fillInAll(manifest, this.#nodes)));
    await this.#target.apply(manifests, signal);
    for (const { path, text } of this.#lab.files) await this.#target.folder.write(path, fillIn(text, this.#nodes));
    const missing = await this.#running(progress, signal);
    await this.#setMark(this.#mark(), signal);
    return missing;
  }

  /** Waits until everything that was set up runs. */
  async #running(progress: (message: string) => void, signal: AbortSignal): Promise<readonly string[]> {
    const end = this.#clock.now() + LIMIT;
    let told = '';
    for (;;) {
      const waiting = await this.#notRunning(signal);
      if (waiting.length === 0 || this.#clock.now() >= end) return waiting;
      const message = `Waiting for ${waiting.join(', ')}`;
      if (message !== told) progress(message);
      told = message;
      await this.#clock.sleep(POLL, signal);
    }
  }

  async #notRunning(signal: AbortSignal): Promise<readonly string[]> {
    const waiting: string[] = [];
    for (const { apiVersion, kind, metadata } of this.#lab.manifests) {
      const ready = readiness[kind];
      if (ready === undefined) continue;
      const query = { apiVersion, kind, namespace: metadata.namespace ?? 'default', name: metadata.name };
      const [object] = await this.#target.get(query, signal);
      if (object === undefined || !ready(object)) waiting.push(`${kind} ${metadata.name}`);
    }
    return waiting;
  }

  #labelled(manifest: KubeObject): KubeObject {
    const labels = { ...manifest.metadata.labels, [LAB_LABEL]: this.#lab.id };
    return { ...manifest, metadata: { ...manifest.metadata, labels } };
  }

  async #setMark(mark: string, signal: AbortSignal): Promise<void> {
    const metadata = { name: 'default', annotations: { [MARK]: mark } };
    await this.#target.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata }], signal);
  }

  #mark(): string {
    const { id, manifests, files } = this.#lab;
    return `${id}-${hash(JSON.stringify([manifests, files]))}`;
  }
}

const readiness: Readonly<Record<string, (object: KubeObject) => boolean>> = {
  Pod: (pod) => {
    const conditions = isMap(pod.status) ? pod.status.conditions : undefined;
    return (
      Array.isArray(conditions) &&
      conditions.some((item) => isMap(item) && item.type === 'Ready' && item.status === 'True')
    );
  },
  Deployment: ({ spec, status, metadata }) => {
    const wanted = isMap(spec) ? (spec.replicas ?? 1) : 1;
    if (!isMap(status) || status.observedGeneration !== metadata.generation) return false;
    return (status.availableReplicas ?? 0) === wanted && status.updatedReplicas === wanted;
  },
};

/** FNV-1a, 32 bits, as hexadecimal text. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return (value >>> 0).toString(16).padStart(8, '0');
}
