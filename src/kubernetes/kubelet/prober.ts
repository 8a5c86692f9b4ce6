import type { Probe } from '../types/container.ts';
import type { Pod } from '../types/pod.ts';
import type { KubeletContext } from './context.ts';
import { fieldPath } from './image-pull.ts';
import { type ProbeResult, probeOnce } from './probe.ts';
import { type ContainerRecord, isRunning } from './record.ts';

type Kind = 'startup' | 'readiness' | 'liveness';
const TITLES: Readonly<Record<Kind, string>> = { startup: 'Startup', readiness: 'Readiness', liveness: 'Liveness' };

export interface ProberHooks {
  pod(): Pod;
  podIp(): string;
  /** A container became ready or started, or no longer is. */
  changed(): void;
  /** A liveness or startup probe has failed too often. */
  kill(record: ContainerRecord): void;
}

/** Runs the probes of a pod's containers, each in its own rhythm. Source: kubernetes.io, "Configure Probes". */
export class Prober {
  readonly #context: KubeletContext;
  readonly #hooks: ProberHooks;
  readonly #watched = new Map<ContainerRecord, AbortController>();

  constructor(context: KubeletContext, hooks: ProberHooks) {
    this.#context = context;
    this.#hooks = hooks;
  }

  /** Starts the probes of a container that has just been started. */
  watch(record: ContainerRecord): void {
    const { startupProbe, readinessProbe, livenessProbe } = record.spec;
    if (!startupProbe && !readinessProbe && !livenessProbe) return;
    this.forget(record);
    const stop = new AbortController();
    this.#watched.set(record, stop);
    for (const [kind, probe] of [
      ['startup', startupProbe],
      ['readiness', readinessProbe],
      ['liveness', livenessProbe],
    ] as const) {
      if (probe !== undefined) void this.#run(kind, probe, record, stop.signal);
    }
  }

  forget(record: ContainerRecord): void {
    this.#watched.get(record)?.abort(new Error('the container has ended'));
    this.#watched.delete(record);
  }

  stop(): void {
    for (const record of [...this.#watched.keys()]) this.forget(record);
  }

  async #run(kind: Kind, probe: Probe, record: ContainerRecord, signal: AbortSignal): Promise<void> {
    const { clock } = this.#context;
    const period = (probe.periodSeconds ?? 10) * 1000;
    let successes = 0;
    let failures = 0;
    try {
      await clock.sleep((probe.initialDelaySeconds ?? 0) * 1000, signal);
      for (;;) {
        // Until the startup probe has succeeded the others wait; afterwards it has nothing more to do.
        if (kind === 'startup' ? record.started : !record.started) {
          if (kind === 'startup') return;
          await clock.sleep(1000, signal);
          continue;
        }
        const result = await this.#once(kind, probe, record, signal);
        if (signal.aborted || !isRunning(record)) return;
        if (result.ok) {
          successes++;
          failures = 0;
          if (successes >= (probe.successThreshold ?? 1)) this.#succeeded(kind, record);
        } else {
          failures++;
          successes = 0;
          if (failures >= (probe.failureThreshold ?? 3)) this.#failed(kind, record);
        }
        await clock.sleep(period, signal);
      }
    } catch (failure) {
      if (!signal.aborted) throw failure;
    }
  }

  async #once(kind: Kind, probe: Probe, record: ContainerRecord, signal: AbortSignal): Promise<ProbeResult> {
    const result = await probeOnce(this.#context, probe, record, this.#hooks.podIp(), signal);
    if (!result.ok && !signal.aborted) {
      const pod = this.#hooks.pod();
      const message = `${TITLES[kind]} probe ${result.error === true ? 'errored and resulted in unknown state' : 'failed'}: ${result.message}`;
      this.#context.recorder.event(pod, 'Warning', 'Unhealthy', message, fieldPath(pod, record.spec));
    }
    return result;
  }

  #succeeded(kind: Kind, record: ContainerRecord): void {
    if (kind === 'startup') {
      record.started = true;
      if (record.spec.readinessProbe === undefined) record.ready = true;
    } else if (kind === 'readiness' && !record.ready) record.ready = true;
    else return;
    this.#hooks.changed();
  }

  #failed(kind: Kind, record: ContainerRecord): void {
    if (kind !== 'readiness') {
      this.#hooks.kill(record);
      return;
    }
    if (!record.ready) return;
    record.ready = false;
    this.#hooks.changed();
  }
}
