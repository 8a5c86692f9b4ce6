import type { Plan } from './plan.ts';

/** Which lists of a plan may lose items. In this order: what goes first makes the rest go quicker. */
const LISTS = ['probes', 'questions', 'steps', 'listeners', 'namespaces'] as const;

/**
 * The smallest plan that still shows a fault: half of a list is left out, then a quarter, ... then single items, until
 * nothing more can go (Zeller's ddmin). `shows` carries a plan out; each plan that it is asked about is smaller.
 */
export async function shrink(plan: Plan, shows: (smaller: Plan) => Promise<boolean>): Promise<Plan> {
  let smallest = plan;
  for (let size = -1; size !== sizeOf(smallest); ) {
    size = sizeOf(smallest);
    for (const list of LISTS) smallest = await shrinkList(smallest, list, shows);
  }
  return smallest;
}

async function shrinkList(
  plan: Plan,
  list: (typeof LISTS)[number],
  shows: (smaller: Plan) => Promise<boolean>,
): Promise<Plan> {
  let smallest = plan;
  for (let piece = Math.max(1, smallest[list].length); piece >= 1; piece = piece > 1 ? Math.ceil(piece / 2) : 0) {
    // From the end: what comes later depends on what comes earlier.
    for (let end = smallest[list].length; end > 0; end -= piece) {
      const start = Math.max(0, end - piece);
      const items: readonly unknown[] = smallest[list];
      const smaller = without({ ...smallest, [list]: [...items.slice(0, start), ...items.slice(end)] });
      if (await shows(smaller)) smallest = smaller;
    }
  }
  return smallest;
}

/** What is in a namespace goes with it. */
function without(plan: Plan): Plan {
  const there = ({ in: name }: { readonly in: string }) => plan.namespaces.includes(name);
  return {
    ...plan,
    steps: plan.steps.filter(there),
    listeners: plan.listeners.filter(there),
    probes: plan.probes.filter(there),
    questions: plan.questions.filter(there),
  };
}

function sizeOf(plan: Plan): number {
  return LISTS.reduce((sum, list) => sum + plan[list].length, 0);
}
