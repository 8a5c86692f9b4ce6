import { parseVerdict } from '../parse/expression.ts';
import { verdictOf } from '../set/draft.ts';
import { formatVerdict, type Verdict } from '../verdict.ts';
import type { StatementKind } from './statement.ts';

export const verdictStatement: StatementKind = {
  keywords: ['accept', 'drop', 'continue', 'return', 'jump', 'goto'],
  summary: 'ends the rule: accept, drop, continue, return, jump and goto a chain',
  leavesOut: 'chains without a name, `jump { ... }`',
  parse: (parser) => {
    const syntax = parseVerdict(parser);
    if (syntax === undefined) throw parser.unexpected();
    return () => {
      let verdict: Verdict | undefined;
      return {
        print: () => (verdict === undefined ? `${syntax.kind} ${syntax.chain ?? ''}`.trim() : formatVerdict(verdict)),
        bind: (binding) => {
          verdict = verdictOf(syntax, binding.chain);
        },
        compile: () => () => verdict,
        terminal: true,
        at: syntax.at,
      };
    };
  },
};
