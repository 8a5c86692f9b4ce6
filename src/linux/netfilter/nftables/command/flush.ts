import type { Parser } from '../parse/parser.ts';
import type { Command } from './command.ts';
import { parseAnyFamily } from './place.ts';

/** `flush ruleset [family]`: nothing is left. */
export function parseFlushRuleset(parser: Parser): Command {
  const first = parser.last.at;
  const other = parser.isAny(['ip6', 'arp', 'bridge', 'netdev']) && parser.next() !== undefined;
  const family = other ? undefined : parseAnyFamily(parser);
  return {
    at: parser.since(first),
    check: ({ declared }) => {
      declared.clear();
      return [
        ({ kernel, tx }) => {
          if (other) return;
          for (const table of kernel.all()) {
            if (family === undefined || table.family === family) kernel.deleteTable(tx, table);
          }
        },
      ];
    },
  };
}
