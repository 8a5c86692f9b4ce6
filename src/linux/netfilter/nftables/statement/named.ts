import { packetLength } from '../../../packet/size.ts';
import type { Location } from '../parse/location.ts';
import type { Parser } from '../parse/parser.ts';
import type { Context } from '../typing.ts';
import { NEXT } from '../verdict.ts';
import type { StatefulObject, Statement } from './statement.ts';

/** `counter name "x"`: one that several rules share. */
export function namedObject(parser: Parser, kind: string, first: Location): (context: Context) => Statement {
  parser.expect('name');
  const name = parser.string();
  const at = parser.since(first);
  return () => {
    let object: StatefulObject | undefined;
    return {
      print: () => `${kind} name "${name.text}"`,
      bind: (binding) => {
        object = binding.object(kind, name.text, name.at);
      },
      compile:
        ({ stack }) =>
        ({ packet }) =>
          object?.pass(packetLength(packet), stack.clock.now()) === true ? undefined : NEXT,
      at,
    };
  };
}
