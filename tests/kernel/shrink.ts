import type { Plan } from './plan.ts';

/** Which lists of a plan may lose items. In this order: what goes first makes the rest go quicker. */
const LISTS = ['probes', 'questions', 'steps', 'listeners', 'namespaces'] as const;

/**
 * The smallest plan that still shows a fault: half of a list is left out, then a quarter, ... then single items, until
 * nothing more can go (Zeller's ddmin). `shows` carries a plan out; each plan that it is asked about is smaller.
 */
export async function shrink(plan: Plan, shows: Shows): Promise<Plan> {
  let smallest = plan;
  for (let size = -1; size !== sizeOf(smallest); ) {
    size = sizeOf(smallest);
    for (const list of LISTS) smallest = await shrinkList(smallest, list, shows);
    for (let i = 0; i < smallest.steps.length; i++) smallest = await shrinkText(smallest, i, shows);
  }
  return smallest;
}

type Shows = (smaller: Plan) => Promise<boolean>;

function shrinkList(plan: Plan, list: (typeof LISTS)[number], shows: Shows): Promise<Plan> {
  return shorten<unknown>(plan, plan[list], (items) => without({ ...plan, [list]: items }), shows);
}

/** The lines that a step reads. */
function shrinkText(plan: Plan, i: number, shows: Shows): Promise<Plan> {
  const text = plan.steps[i]?.stdin;
  if (text === undefined) return Promise.resolve(plan);
  const put = (lines: readonly string[]): Plan => ({
    ...plan,
    steps: plan.steps.map((step, at) => (at === i ? { ...step, stdin: lines.join('') } : step)),
  });
  return shorten(plan, text.split(/(?<=\n)/), put, shows);
}

async function shorten<T>(
  plan: Plan,
  all: readonly T[],
  put: (items: readonly T[]) => Plan,
  shows: Shows,
): Promise<Plan> {
  let smallest = plan;
  let items = all;
  for (let piece = Math.max(1, items.length); piece >= 1; piece = piece > 1 ? Math.ceil(piece / 2) : 0) {
    // From the end: what comes later depends on what comes earlier.
    for (let end = items.length; end > 0; end -= piece) {
      const fewer = [...items.slice(0, Math.max(0, end - piece)), ...items.slice(end)];
      const smaller = put(fewer);
      if (!(await shows(smaller))) continue;
      smallest = smaller;
      items = fewer;
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
