import type { Operand } from '../expression/operand.ts';
import { parseData } from '../parse/expression.ts';
import { NftError } from '../parse/location.ts';
import type { Parser } from '../parse/parser.ts';
import { order } from '../set/key.ts';
import type { Expression } from '../syntax.ts';
import { plain16 } from '../type/header.ts';
import { keyPart } from '../typing.ts';
import { NEXT } from '../verdict.ts';
import { bindSets } from './binding.ts';
import { givenOperand } from './mangle.ts';
import type { StatementKind } from './statement.ts';

function parseFlags(parser: Parser, flags: Set<string>): void {
  do {
    if (!parser.isAny(['bypass', 'fanout'])) throw parser.unexpected(['bypass', 'fanout']);
    flags.add(parser.next().text);
  } while (parser.take(','));
}

/** Both spellings, `queue num 1 bypass` and `queue flags bypass to 1`, are listed as the second. */
export const queueStatement: StatementKind = {
  keywords: ['queue'],
  summary: 'a program decides (NFQUEUE); `bypass`: the packet passes where none listens; several queues share the load',
  leavesOut: '`fanout`: the queue is chosen by the connection, as without it',
  parse: (parser) => {
    const first = parser.next().at;
    const flags = new Set<string>();
    let to: Expression | undefined;
    if (parser.take('flags')) parseFlags(parser, flags);
    if (parser.take('num')) {
      if (parser.peek().kind !== 'number' && !parser.is('$')) throw parser.unexpected(['number', "'$'"]);
      to = parseData(parser);
      if (parser.isAny(['bypass', 'fanout'])) parseFlags(parser, flags);
    } else if (parser.take('to')) to = parseData(parser);
    else if (parser.isAny(['bypass', 'fanout'])) parseFlags(parser, flags);
    const at = parser.since(first);
    return (context) => {
      const shown = ['bypass', 'fanout'].filter((flag) => flags.has(flag)).join(',');
      const bypass = flags.has('bypass');
      let computed: Operand | undefined;
      let [from, until] = [0, 0];
      if (to !== undefined && (to.kind === 'selector' || to.kind === 'map')) {
        computed = givenOperand(context, to, plain16, at);
      } else if (to !== undefined) {
        const part = keyPart(context, to, plain16);
        [from, until] = [part.from as number, part.to as number];
        if (order(from, until) > 0) throw new NftError('Range has zero or negative size', to.at);
      }
      const count = until - from + 1;
      const verdicts = Array.from({ length: Math.min(count, 65536) }, (_, i) => ({
        kind: 'queue' as const,
        queue: from + i,
        bypass,
      }));
      return {
        print: (style) => {
          const target =
            computed === undefined ? (count > 1 ? `${from}-${until}` : String(from)) : computed.print(style);
          return `queue${shown === '' ? '' : ` flags ${shown}`} to ${target}`;
        },
        bind: (binding) => bindSets(binding, computed?.sets ?? []),
        compile: (runtime) => {
          const read = computed?.compile(runtime);
          return (passage) => {
            if (read === undefined) {
              return verdicts[count > 1 ? (passage.skb.connection?.entry.id ?? 0) % count : 0];
            }
            const queue = read(passage);
            return queue === undefined ? NEXT : { kind: 'queue', queue: queue as number, bypass };
          };
        },
        terminal: true,
        sets: computed?.sets.map(({ set }) => set) ?? [],
        at,
      };
    };
  },
};
