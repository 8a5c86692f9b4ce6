import { packetLength } from '../../../packet/size.ts';
import { NEXT } from '../verdict.ts';
import { namedObject } from './named.ts';
import { formatQuota, parseQuota } from './quota-spec.ts';
import type { StatementKind } from './statement.ts';

export const quotaStatement: StatementKind = {
  keywords: ['quota'],
  summary: 'matches until so many bytes have come by; `over`: from then on',
  parse: (parser) => {
    const first = parser.next().at;
    if (parser.is('name')) return namedObject(parser, 'quota', first);
    const quota = parseQuota(parser);
    const at = parser.since(first);
    return () => {
      let { used } = quota;
      return {
        print: (style) => `quota ${formatQuota({ ...quota, used: style.stateless === true ? 0 : used })}`,
        compile:
          () =>
          ({ packet }) => {
            used += packetLength(packet);
            return used > quota.bytes === quota.over ? undefined : NEXT;
          },
        at,
      };
    };
  },
};
