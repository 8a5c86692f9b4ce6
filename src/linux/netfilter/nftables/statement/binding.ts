import type { SetUse } from '../expression/operand.ts';
import { makeElement } from '../set/draft.ts';
import type { Binding } from './statement.ts';

/** The kernel takes in the sets that a rule brings: they get a number, and their elements their chains. */
export function bindSets(binding: Binding, uses: readonly SetUse[]): void {
  for (const { set, drafts } of uses) {
    if (drafts === undefined) continue;
    binding.bind(set);
    for (const one of drafts) set.elements.add(makeElement(set, one, binding.chain, []));
  }
}
