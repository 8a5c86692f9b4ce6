import { compare, compareChance, type Mismatch } from './compare.ts';
import type { Outcome, Plan } from './plan.ts';
import type { RealNetworks } from './real.ts';
import { shrink } from './shrink.ts';
import { simulate } from './simulated.ts';

/** Milliseconds of quiet that a mismatch must survive: a busy machine may be late. */
const PATIENT = 15;
/** While shrinking, where hundreds of plans are carried out. */
const LESS_PATIENT = 5;

/** Carries out plans in the simulation; another one where a test breaks something on purpose. */
export type Simulate = (plan: Plan, listen?: undefined, run?: number) => Promise<Outcome>;

/** Tells where the kernel and the simulation differ. */
export class Judge {
  readonly #networks: RealNetworks;
  readonly #simulate: Simulate;

  constructor(networks: RealNetworks, simulated: Simulate = simulate) {
    this.#networks = networks;
    this.#simulate = simulated;
  }

  async once(plan: Plan, quiet?: number): Promise<readonly Mismatch[]> {
    if (plan.runs !== undefined) return this.#chance(plan, plan.runs, quiet);
    const [real, simulated] = await Promise.all([this.#networks.carryOut(plan, quiet), this.#simulate(plan)]);
    return compare(plan, real, simulated);
  }

  async #chance(plan: Plan, runs: number, quiet: number | undefined): Promise<readonly Mismatch[]> {
    const real = this.#networks.carryOut(plan, quiet);
    const simulated: Outcome[] = [];
    for (let run = 0; run < runs; run++) simulated.push(await this.#simulate(plan, undefined, run));
    return compareChance(plan, await real, simulated);
  }

  /** A mismatch counts only when it comes again with all patience. */
  async judge(plan: Plan): Promise<readonly Mismatch[]> {
    const first = await this.once(plan);
    return first.length === 0 ? first : this.once(plan, PATIENT);
  }

  /** The smallest plan with a mismatch of the kind of `mismatches`' first, and what differs in it. */
  async smallest(
    plan: Plan,
    mismatches: readonly Mismatch[],
  ): Promise<{ plan: Plan; mismatches: readonly Mismatch[] }> {
    const kind = mismatches[0]?.kind;
    let smallest = { plan, mismatches };
    await shrink(plan, async (smaller) => {
      const found = await this.once(smaller, LESS_PATIENT);
      const shown = found.some((mismatch) => mismatch.kind === kind);
      if (shown) smallest = { plan: smaller, mismatches: found };
      return shown;
    });
    return smallest;
  }
}

export function report(plan: Plan, mismatches: readonly Mismatch[]): string {
  const lines = [`Seed ${plan.seed}: the kernel and the simulation differ.`, JSON.stringify(plan, null, 1)];
  for (const { kind, where, real, simulated } of mismatches.slice(0, 3)) {
    lines.push(`--- ${kind}: ${where}`, 'kernel:', indent(real), 'simulation:', indent(simulated));
  }
  if (mismatches.length > 3) lines.push(`... and ${mismatches.length - 3} more`);
  return lines.join('\n');
}

function indent(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, '    ');
}
