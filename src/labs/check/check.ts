import type { Check, CheckKind } from '../spec/lab.ts';
import { fillIn } from '../spec/text.ts';
import type { KindName } from '../target.ts';
import { answer } from './answer.ts';
import { assert } from './assert.ts';
import { command } from './command.ts';
import type { CheckContext, CheckKindModule, Outcome } from './outcome.ts';
import { probe } from './probe.ts';

export type { CheckContext, Outcome } from './outcome.ts';

type Kinds = { readonly [K in CheckKind]: CheckKindModule<Extract<Check, Readonly<Record<K, unknown>>>> };

/** Every kind of check, under the key that it has in a lab file. */
const kinds: Kinds = { assert, probe, command, answer };

function kindOf(check: Check): CheckKindModule<Check> {
  const key = (Object.keys(kinds) as CheckKind[]).find((kind) => kind in check);
  if (key === undefined) throw new Error(`a check of no known kind: ${Object.keys(check).join(', ')}`);
  return kinds[key] as CheckKindModule<Check>;
}

/** What a check looks at, in words. */
export function describe(check: Check, variables: CheckContext['variables']): string {
  return fillIn(kindOf(check).describe(check), variables);
}

/** @see CheckKindModule.evaluate */
export async function evaluate(check: Check, context: CheckContext): Promise<Outcome> {
  const outcome = await kindOf(check).evaluate(check, context);
  return check.lookAt === undefined ? outcome : { ...outcome, lookAt: fillIn(check.lookAt, context.variables) };
}

export function watches(check: Check): readonly KindName[] {
  return kindOf(check).watches(check);
}

export function acts(check: Check): boolean {
  return kindOf(check).acts;
}
