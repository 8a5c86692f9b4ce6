import { packetLength } from '../../../packet/size.ts';
import { NEXT } from '../verdict.ts';
import { namedObject } from './named.ts';
import { packetLimit, parseRate } from './rate.ts';
import type { StatementKind } from './statement.ts';

export const limitStatement: StatementKind = {
  keywords: ['limit'],
  summary: 'matches as long as the rate of packets or bytes is not exceeded; `over`: from then on',
  parse: (parser) => {
    const first = parser.next().at;
    if (parser.is('name')) return namedObject(parser, 'limit', first);
    const rate = parseRate(parser, first);
    const at = parser.since(first);
    return () => {
      const limit = packetLimit(rate);
      return {
        print: () => `limit ${limit.text}`,
        compile:
          ({ stack }) =>
          ({ packet }) =>
            limit.pass(packetLength(packet), stack.clock.now()) ? undefined : NEXT,
        at,
      };
    };
  },
};
