import { parseComment } from '../parse/expression.ts';
import { NftError } from '../parse/location.ts';
import type { Parser } from '../parse/parser.ts';
import type { Context } from '../typing.ts';
import { counterStatement } from './counter.ts';
import { limitStatement } from './limit.ts';
import { logStatement } from './log.ts';
import { parseMatch } from './match.ts';
import { natStatements } from './nat.ts';
import { notrackStatement } from './notrack.ts';
import { queueStatement } from './queue.ts';
import { quotaStatement } from './quota.ts';
import { rejectStatement } from './reject.ts';
import { setStatement } from './set-update.ts';
import type { Statement, StatementKind } from './statement.ts';
import { verdictStatement } from './verdict.ts';

/** Every statement but a match: a new one is one line here and one file. */
export const statementKinds: readonly StatementKind[] = [
  verdictStatement,
  counterStatement,
  limitStatement,
  quotaStatement,
  logStatement,
  rejectStatement,
  queueStatement,
  ...natStatements,
  notrackStatement,
  setStatement,
];

const byKeyword = new Map(statementKinds.flatMap((kind) => kind.keywords.map((word) => [word, kind] as const)));

/** Statements of nft's that are refused by name. */
const REFUSED = ['tproxy', 'synproxy', 'dup', 'fwd', 'flow', 'meter', 'xt', 'last', 'secmark', 'reset', 'exthdr'];

/** A rule as it is written, not yet checked. */
export interface RuleSyntax {
  check(context: Context): readonly Statement[];
  readonly comment: string | undefined;
}

/** Reads a rule up to the end of its line. */
export function parseRule(parser: Parser): RuleSyntax {
  const checks: ((context: Context) => Statement)[] = [];
  do checks.push(parseStatement(parser));
  while (!parser.atSeparator && !parser.atEnd && !parser.is('comment') && !parser.is('}'));
  const comment = parser.take('comment') ? parseComment(parser) : undefined;
  return { comment, check: (context) => checkAll(checks, context) };
}

function parseStatement(parser: Parser): (context: Context) => Statement {
  const token = parser.peek();
  if (token.kind === 'word') {
    const kind = byKeyword.get(token.text);
    if (kind !== undefined) return kind.parse(parser);
    if (REFUSED.includes(token.text)) throw parser.refuse(`"${token.text}"`, token.at);
  }
  return parseMatch(parser);
}

function checkAll(checks: readonly ((context: Context) => Statement)[], context: Context): Statement[] {
  const statements: Statement[] = [];
  for (const check of checks) {
    const statement = check(context);
    const last = statements.at(-1);
    if (last?.terminal === true) {
      throw new NftError('Statement after terminal statement has no effect', statement.at, last.at);
    }
    statements.push(statement);
  }
  return statements;
}
