import { conntrackOf } from '../../conntrack/conntrack.ts';
import type { StatementKind } from './statement.ts';

export const notrackStatement: StatementKind = {
  keywords: ['notrack'],
  summary: 'nobody tracks the packet',
  parse: (parser) => {
    const { at } = parser.next();
    return () => ({
      print: () => 'notrack',
      compile: ({ stack }) => {
        const conntrack = conntrackOf(stack);
        return ({ skb }) => {
          conntrack.untrack(skb);
          return undefined;
        };
      },
      changes: 'nobody tracks it',
      at,
    });
  },
};
