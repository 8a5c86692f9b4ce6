import { quantityValue } from '../../kubernetes/api/quantity.ts';
import type { Pod } from '../../kubernetes/types/pod.ts';

/** What pods ask for together, in the resource's own unit (cores, bytes). */
export interface Totals {
  readonly requests: ReadonlyMap<string, number>;
  readonly limits: ReadonlyMap<string, number>;
}

/** Containers run together, init containers before them one by one: a pod needs the larger of the two. */
export function totalsOf(pods: readonly Pod[]): Totals {
  const [requests, limits] = [new Map<string, number>(), new Map<string, number>()];
  for (const { spec } of pods) {
    for (const [of, totals] of [['requests', requests] as const, ['limits', limits] as const]) {
      const together = new Map<string, number>();
      for (const { resources } of spec.containers) {
        for (const [name, amount] of Object.entries(resources?.[of] ?? {})) {
          together.set(name, (together.get(name) ?? 0) + quantityValue(String(amount)));
        }
      }
      for (const { resources } of spec.initContainers ?? []) {
        for (const [name, amount] of Object.entries(resources?.[of] ?? {})) {
          together.set(name, Math.max(together.get(name) ?? 0, quantityValue(String(amount))));
        }
      }
      for (const [name, amount] of together) totals.set(name, (totals.get(name) ?? 0) + amount);
    }
  }
  return { requests, limits };
}

/** `100m`, `2`, `32Mi`: a quantity as it is normally written. */
export function amountText(resource: string, amount: number): string {
  if (resource === 'cpu') {
    const milli = Math.ceil(amount * 1000 - 1e-9);
    return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`;
  }
  for (const [at, suffix] of ['', 'Ki', 'Mi', 'Gi', 'Ti'].entries()) {
    const unit = 1024 ** at;
    if (amount === 0 || amount % (unit * 1024) !== 0) return `${amount / unit}${suffix}`;
  }
  return String(amount);
}

/** Whole percent, rounded down. */
export function percent(amount: number, of: string | undefined): number {
  const whole = of === undefined ? 0 : quantityValue(String(of));
  return whole > 0 ? Math.floor((amount / whole) * 100 + 1e-9) : 0;
}
