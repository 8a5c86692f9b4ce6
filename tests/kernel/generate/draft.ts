import { Random } from '../../../src/simulation/random.ts';
import type { Listener, Probe, Step } from '../plan.ts';

/** One end of a link. */
export interface Port {
  readonly node: string;
  readonly device: string;
  readonly mac: string;
  readonly address: string;
  readonly peer: () => Port;
}

/** Chance, by a seed. */
export class Chance {
  readonly #random: Random;

  constructor(seed: string) {
    this.#random = new Random(seed);
  }

  below(bound: number): number {
    return this.#random.below(bound);
  }

  /** Whole numbers from `least` to `most`. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** True in `percent` of all cases. */
  percent(percent: number): boolean {
    return this.below(100) < percent;
  }

  of<T>(items: readonly T[]): T {
    if (items.length === 0) throw new Error('nothing to choose from');
    return items[this.below(items.length)] as T;
  }
}

/** A plan in the making: each part of the generator reads what is there and adds its own. */
export interface Draft {
  readonly chance: Chance;
  readonly nodes: string[];
  readonly ports: Port[];
  /** Subnets of the links, `10.0.1.0/24`. */
  readonly subnets: { readonly prefix: string; readonly ports: readonly Port[] }[];
  /** Addresses that are no link's. */
  readonly extra: { readonly node: string; readonly address: string }[];
  readonly steps: Step[];
  readonly listeners: Listener[];
  readonly probes: Probe[];
  readonly questions: Step[];
}

export function draft(seed: string): Draft {
  return {
    chance: new Chance(seed),
    nodes: [],
    ports: [],
    subnets: [],
    extra: [],
    steps: [],
    listeners: [],
    probes: [],
    questions: [],
  };
}

export function step(to: Draft, node: string, run: string, stdin?: string): void {
  to.steps.push({ in: node, run, ...(stdin !== undefined && { stdin }) });
}
