import { LinuxError } from '../../linux/errno.ts';
import type { Timer } from '../../simulation/clock.ts';
import { Deferred } from '../../simulation/deferred.ts';
import { equal } from '../api/draft.ts';
import { ApiError } from '../client/client.ts';
import { found } from '../controllers/queue.ts';
import { PODS } from '../controllers/resources.ts';
import { timestamp } from '../events/time.ts';
import type { Sandbox } from '../runtime/sandbox.ts';
import type { Pod, PodStatus } from '../types/pod.ts';
import { crashBackoff, startContainer } from './container-life.ts';
import type { KubeletContext } from './context.ts';
import { fieldPath } from './image-pull.ts';
import { PodSandbox } from './pod-sandbox.ts';
import { podPhase, podStatus } from './pod-status.ts';
import { Prober } from './prober.ts';
import { type ContainerRecord, isRunning, isTerminated, lastExitCode, newRecord } from './record.ts';

/** How long kubelet takes to see that a container has ended (its pod lifecycle event generator looks every second), in ms. */
const RELIST = 1000;
/** How often a pod that can't get on is tried again, in ms. */
const RETRY = 2000;
/** How often ConfigMap volumes are brought up to date, in ms. */
const REFRESH = 60_000;

/** One pod on its node, from its binding to its end: one reconciliation at a time, towards what the pod's spec says. */
export class PodWorker {
  readonly records: readonly ContainerRecord[];
  readonly #context: KubeletContext;
  readonly #sandbox: PodSandbox;
  readonly #prober: Prober;
  readonly #startTime: string;
  readonly #onEnd: () => void;
  #pod: Pod;
  #gone = false;
  #killing = false;
  #killTimers: Timer[] = [];
  #sent: PodStatus | undefined;
  #dirty = true;
  #wakeUp: Deferred<void> | undefined;
  #timer: { readonly due: number; readonly timer: Timer } | undefined;

  constructor(context: KubeletContext, pod: Pod, onEnd: () => void) {
    this.#context = context;
    this.#pod = pod;
    this.#onEnd = onEnd;
    this.#startTime = timestamp(context.clock);
    this.#sandbox = new PodSandbox(context, pod);
    const waiting = (pod.spec.initContainers ?? []).length > 0 ? 'PodInitializing' : 'ContainerCreating';
    this.records = [
      ...(pod.spec.initContainers ?? []).map((spec) => newRecord(spec, true, waiting)),
      ...pod.spec.containers.map((spec) => newRecord(spec, false, waiting)),
    ];
    this.#prober = new Prober(context, {
      pod: () => this.#pod,
      podIp: () => this.#sandbox.ip ?? context.nodeIp,
      changed: () => void this.#writeStatus(),
      kill: (record) => void this.#restart(record),
    });
    void this.#run();
  }

  /** Absent before the pod has its network, and after. */
  get sandbox(): Sandbox | undefined {
    return this.#sandbox.current;
  }

  get pod(): Pod {
    return this.#pod;
  }

  /** What the API server now says of the pod. */
  update(pod: Pod): void {
    const before = this.#pod;
    this.#pod = pod;
    if (pod.metadata.deletionTimestamp !== undefined) {
      const shorter =
        (before.metadata.deletionGracePeriodSeconds ?? 0) > (pod.metadata.deletionGracePeriodSeconds ?? 0);
      if (this.#killing && shorter) this.#killLater((pod.metadata.deletionGracePeriodSeconds ?? 0) * 1000);
      this.#wake();
    }
  }

  /** The pod's object is gone: its containers have to go too. */
  removed(): void {
    this.#gone = true;
    if (this.#killing) this.#killLater(0);
    this.#wake();
  }

  /** Ends at once, without a word to the API server (the machine goes down). */
  abandon(): void {
    this.#gone = true;
    this.#timer?.timer.cancel();
    this.#prober.stop();
  }

  async #run(): Promise<void> {
    for (;;) {
      this.#dirty = false;
      try {
        if (await this.#sync()) return;
      } catch (failure) {
        // A full disk, or an API server that refuses: kubelet tries again.
        if (!(failure instanceof ApiError) && !(failure instanceof LinuxError)) throw failure;
        const message = `error determining status: ${failure.message}`;
        this.#context.recorder.event(this.#pod, 'Warning', 'FailedSync', message);
        this.#wakeAfter(RETRY);
      }
      if (this.#dirty) continue;
      this.#wakeUp = new Deferred(this.#context.clock);
      await this.#wakeUp.promise;
    }
  }

  #wake(): void {
    this.#dirty = true;
    this.#wakeUp?.resolve();
  }

  /** Of several wishes the earliest counts: its sync makes the others anew. */
  #wakeAfter(delay: number): void {
    const { clock } = this.#context;
    const due = clock.now() + delay;
    if (this.#timer !== undefined && this.#timer.due <= due) return;
    this.#timer?.timer.cancel();
    const timer = clock.after(delay, () => {
      this.#timer = undefined;
      this.#wake();
    });
    this.#timer = { due, timer };
  }

  /** One step towards the spec. @returns whether the pod has come to its end */
  async #sync(): Promise<boolean> {
    if (this.#gone || this.#pod.metadata.deletionTimestamp !== undefined) return this.#end();
    const phase = podPhase(this.#facts());
    if (phase === 'Succeeded' || phase === 'Failed') {
      await this.#sandbox.stop(this.#pod);
      await this.#writeStatus();
      return false;
    }
    if (this.#sandbox.current === undefined) {
      await this.#writeStatus();
      if (!(await this.#sandbox.make(this.#pod))) {
        this.#wakeAfter(RETRY);
        return false;
      }
    } else await this.#sandbox.refreshVolumes();
    const init = await this.#initContainers();
    const again = init === 'done' ? await this.#mainContainers() : init;
    await this.#writeStatus();
    if (again !== undefined) this.#wakeAfter(again);
    else if (this.#pod.spec.volumes?.some(({ configMap }) => configMap !== undefined)) this.#wakeAfter(REFRESH);
    return false;
  }

  /** One after the other, each to its success. @returns `done`, or ms after which to look again */
  async #initContainers(): Promise<'done' | number | undefined> {
    for (const record of this.#init) {
      if (record.state.terminated?.exitCode === 0 || this.#main.some(({ attempts }) => attempts > 0)) continue;
      if (isRunning(record)) return undefined;
      return this.#start(record);
    }
    return 'done';
  }

  async #mainContainers(): Promise<number | undefined> {
    let again: number | undefined;
    for (const record of this.#main) {
      if (isRunning(record) || !this.#shouldRun(record)) continue;
      const wait = await this.#start(record);
      if (wait !== undefined) again = Math.min(again ?? wait, wait);
      if (this.#ending) return undefined;
    }
    return again;
  }

  #shouldRun(record: ContainerRecord): boolean {
    const code = lastExitCode(record);
    if (code === undefined) return true;
    const policy = this.#pod.spec.restartPolicy ?? 'Always';
    return policy === 'Always' || (policy === 'OnFailure' && code !== 0);
  }

  async #start(record: ContainerRecord): Promise<number | undefined> {
    const context = this.#context;
    const left = crashBackoff(context, this.#pod, record);
    if (left > 0) return Math.min(left, 12_000);
    const sandbox = this.#sandbox.current;
    if (sandbox === undefined) return RETRY;
    const again = await startContainer(
      {
        context,
        pod: this.#pod,
        sandbox,
        volumes: this.#sandbox.volumes,
        ended: (ended) => {
          this.#prober.forget(ended);
          void this.#writeStatus();
          this.#wakeAfter(RELIST);
        },
      },
      record,
    );
    if (isRunning(record)) this.#prober.watch(record);
    return again;
  }

  /** A liveness probe has given the container up. */
  async #restart(record: ContainerRecord): Promise<void> {
    const { recorder, runtime } = this.#context;
    const container = record.current;
    if (container === undefined || !isRunning(record)) return;
    this.#prober.forget(record);
    const message = `Container ${record.spec.name} failed liveness probe, will be restarted`;
    recorder.event(this.#pod, 'Normal', 'Killing', message, fieldPath(this.#pod, record.spec));
    await runtime.stopContainer(container, this.#grace);
  }

  get #grace(): number {
    const { metadata, spec } = this.#pod;
    return (metadata.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30) * 1000;
  }

  get #ending(): boolean {
    return this.#gone || this.#pod.metadata.deletionTimestamp !== undefined;
  }

  /** TERM to all, KILL when the grace period is over, then the network, the files and the pod's object. */
  async #end(): Promise<boolean> {
    const { recorder, runtime, client } = this.#context;
    this.#timer?.timer.cancel();
    this.#killing = true;
    const running = this.records.filter(isRunning);
    for (const { spec } of running) {
      recorder.event(this.#pod, 'Normal', 'Killing', `Stopping container ${spec.name}`, fieldPath(this.#pod, spec));
    }
    const grace = this.#gone ? Math.min(this.#grace, 2000) : this.#grace;
    await Promise.all(running.map(({ current }) => current && runtime.stopContainer(current, grace)));
    for (const timer of this.#killTimers) timer.cancel();
    this.#prober.stop();
    await this.#sandbox.stop(this.#pod);
    for (const { current } of this.records) if (current !== undefined) runtime.removeContainer(current);
    this.#sandbox.volumes.remove();
    if (!this.#gone) {
      await this.#writeStatus();
      const { namespace = '', name, uid } = this.#pod.metadata;
      const preconditions = uid === undefined ? {} : { preconditions: { uid } };
      await refusable(client.delete(PODS, { namespace, name }, { gracePeriodSeconds: 0, ...preconditions }));
    }
    this.#onEnd();
    return true;
  }

  #killLater(delay: number): void {
    const { clock } = this.#context;
    this.#killTimers.push(
      clock.after(delay, () => {
        for (const { current } of this.records) current?.process?.kill('KILL');
      }),
    );
  }

  get #init(): readonly ContainerRecord[] {
    return this.records.filter(({ init }) => init);
  }

  get #main(): readonly ContainerRecord[] {
    return this.records.filter(({ init }) => !init);
  }

  #facts() {
    return {
      pod: this.#pod,
      init: this.#init,
      main: this.#main,
      sandbox: this.#sandbox.state,
      podIp: this.#sandbox.ip,
      hostIp: this.#context.nodeIp,
      startTime: this.#startTime,
      before: this.#sent,
      ending: this.#ending && this.records.every((record) => !isRunning(record)) && this.records.some(isTerminated),
    } as const;
  }

  /** Tells the API server what has changed. */
  async #writeStatus(): Promise<void> {
    if (this.#gone) return;
    const status = podStatus(this.#facts(), this.#context.clock);
    if (this.#sent !== undefined && equal(status, this.#sent)) return;
    this.#sent = status;
    const { namespace = '', name, uid } = this.#pod.metadata;
    const patch = { ...(uid === undefined ? {} : { metadata: { uid } }), status };
    const answer = await refusable(
      this.#context.client.patch(PODS, { namespace, name }, patch, { type: 'merge', subresource: 'status' }),
    );
    if (answer === undefined) this.#sent = undefined;
  }
}

/** The answer, or undefined when the pod is gone or another has its name. */
async function refusable<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await found(request);
  } catch (failure) {
    if (failure instanceof ApiError && failure.status.reason === 'Conflict') return undefined;
    throw failure;
  }
}
