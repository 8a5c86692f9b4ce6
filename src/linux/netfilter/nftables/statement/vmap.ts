import { operand, setText, setUse } from '../expression/operand.ts';
import { type Location, NftError } from '../parse/location.ts';
import type { Expression } from '../syntax.ts';
import { describeType, verdictType } from '../type/types.ts';
import type { Context } from '../typing.ts';
import { NEXT } from '../verdict.ts';
import { bindSets } from './binding.ts';
import { matchFacts } from './match-facts.ts';
import type { Statement } from './statement.ts';

/** `ip saddr vmap @policy`: what the map has for the packet is the verdict. */
export function verdictMap(left: Expression, map: Expression, at: Location): (context: Context) => Statement {
  return (context) => {
    const key = operand(context, left);
    const use = setUse(context, map, key.types, [verdictType], left.at, 'map');
    const { set } = use;
    if (!set.verdicts) {
      throw new NftError(
        `datatype mismatch: expected netfilter verdict, expression has type ${describeType(set.spec.dataTypes)}`,
        at,
      );
    }
    return {
      print: (style) => `${key.print(style)} vmap ${setText(set, style)}`,
      bind: (binding) => bindSets(binding, [...key.sets, use]),
      compile: (runtime) => {
        const read = key.compile(runtime);
        return (passage) => {
          const value = read(passage);
          const data = value === undefined ? undefined : set.find(value)?.data;
          return data !== undefined && 'verdict' in data ? data.verdict : NEXT;
        };
      },
      match: matchFacts(context, key, false, undefined),
      sets: [set],
      at,
    };
  };
}
