import type { Pod } from '../types/pod.ts';
import type { Service } from '../types/service.ts';
import { keyOf } from './queue.ts';

/**
 * Which Services select a pod, without asking each of them: a Service is filed under the first pair of its selector,
 * which its pods have to have.
 */
export class ServiceSelectors {
  readonly #services = new Map<string, Service>();
  /** `namespace key=value` -> keys of Services. */
  readonly #byPair = new Map<string, Set<string>>();

  put(service: Service): void {
    this.remove(service);
    const pair = filedUnder(service);
    if (pair === undefined) return;
    const key = keyOf(service);
    this.#services.set(key, service);
    const filed = this.#byPair.get(pair);
    if (filed === undefined) this.#byPair.set(pair, new Set([key]));
    else filed.add(key);
  }

  remove(service: Service): void {
    const key = keyOf(service);
    const old = this.#services.get(key);
    const pair = old && filedUnder(old);
    if (pair === undefined) return;
    this.#services.delete(key);
    const filed = this.#byPair.get(pair);
    filed?.delete(key);
    if (filed?.size === 0) this.#byPair.delete(pair);
  }

  /** The keys (`namespace/name`) of the Services whose selector the pod's labels satisfy. */
  selecting({ metadata }: Pod): readonly string[] {
    const labels = metadata.labels ?? {};
    return Object.entries(labels).flatMap(([name, value]) =>
      [...(this.#byPair.get(pairKey(metadata.namespace, name, value)) ?? [])].filter((key) => {
        const selector = this.#services.get(key)?.spec.selector ?? {};
        return Object.entries(selector).every(([wanted, text]) => labels[wanted] === text);
      }),
    );
  }
}

function filedUnder({ metadata, spec }: Service): string | undefined {
  const [first] = Object.entries(spec.selector ?? {});
  return first && pairKey(metadata.namespace, first[0], first[1]);
}

function pairKey(namespace: string | undefined, name: string, value: string): string {
  return `${namespace ?? ''} ${name}=${value}`;
}
