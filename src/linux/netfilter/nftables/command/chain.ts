import { type Hook, hooks } from '../../passage.ts';
import { type Base, priorityNamed } from '../chain.ts';
import type { Named } from '../kernel.ts';
import { parseComment } from '../parse/expression.ts';
import { type Location, NftError } from '../parse/location.ts';
import type { Parser } from '../parse/parser.ts';
import { parseRule, type RuleSyntax } from '../statement/statements.ts';
import { errors, refused } from '../transaction.ts';
import type { Action, Checking, Command } from './command.ts';
import { missing, named, type Place, parsePartPlace } from './place.ts';
import { checkRule } from './rule.ts';

interface PrioritySyntax {
  readonly name: string | undefined;
  readonly offset: number;
  readonly at: Location;
}

interface HookSyntax {
  readonly type: 'filter' | 'nat' | 'route';
  readonly hook: Hook;
  readonly priority: PrioritySyntax;
}

/** What stands between a chain's brackets. */
export interface ChainSyntax {
  hook: HookSyntax | undefined;
  policy: 'accept' | 'drop' | undefined;
  policyAt: Location | undefined;
  comment: string | undefined;
  readonly rules: { readonly syntax: RuleSyntax; readonly at: Location }[];
}

/** Reads to behind the closing bracket; what is wrong inside is remembered in `errors`, and reading goes on. */
export function parseChainBlock(parser: Parser, failed: (error: unknown) => void): ChainSyntax {
  const chain: ChainSyntax = { hook: undefined, policy: undefined, policyAt: undefined, comment: undefined, rules: [] };
  parser.expect('{');
  for (;;) {
    try {
      if (parser.take('}')) return chain;
      if (parser.atSeparator) parser.next();
      else parseChainPart(parser, chain);
    } catch (error) {
      failed(error);
      parser.recover();
    }
    if (parser.atEnd) throw parser.unexpected();
  }
}

function parseChainPart(parser: Parser, chain: ChainSyntax): void {
  const first = parser.peek().at;
  if (parser.is('type') && parser.peek(2).text === 'hook') {
    chain.hook = parseHook(parser);
    parser.expect(';', ['semicolon']);
    return;
  }
  if (parser.take('policy')) {
    if (!parser.isAny(['accept', 'drop'])) throw parser.unexpected(['accept', 'drop', "'$'"]);
    chain.policy = parser.next().text as 'accept' | 'drop';
    chain.policyAt = parser.since(first);
  } else if (parser.take('comment')) chain.comment = parseComment(parser);
  else {
    const syntax = parseRule(parser);
    chain.rules.push({ syntax, at: parser.since(first) });
  }
  endOfLine(parser);
}

/** A line ends with a newline or semicolon, even before a closing bracket. */
export function endOfLine(parser: Parser): void {
  if (!parser.atSeparator) throw parser.unexpected(['newline', 'semicolon']);
  parser.next();
}

function parseHook(parser: Parser): HookSyntax {
  parser.next();
  const type = parser.next();
  if (type.text !== 'filter' && type.text !== 'nat' && type.text !== 'route') {
    throw new NftError('unknown chain type', type.at);
  }
  parser.expect('hook');
  const hook = parser.next();
  if (hook.text === 'ingress' || hook.text === 'egress') throw parser.refuse(`hook "${hook.text}"`, hook.at);
  if (!(hooks as readonly string[]).includes(hook.text)) throw new NftError('unknown chain hook', hook.at);
  if (parser.isAny(['device', 'devices'])) throw parser.refuse('a chain of a device', parser.peek().at);
  return { type: type.text, hook: hook.text as Hook, priority: parsePriority(parser) };
}

function parsePriority(parser: Parser): PrioritySyntax {
  const first = parser.expect('priority').at;
  let name: string | undefined;
  let sign = 1;
  const token = parser.peek();
  if (token.kind === 'word' && !token.keyword) {
    name = parser.next().text;
    if (!parser.isAny(['+', '-'])) return { name, offset: 0, at: parser.since(first) };
    sign = parser.next().text === '-' ? -1 : 1;
  } else if (parser.take('-')) sign = -1;
  const offset = sign * parser.number();
  return { name, offset, at: parser.since(first) };
}

/** `add|create chain [family] table name [{ ... }]` */
export function parseAddChain(parser: Parser, create: boolean, failed: (error: unknown) => void): Command {
  const first = parser.last.at;
  const place = parsePartPlace(parser);
  const chain = parser.is('{') ? parseChainBlock(parser, failed) : undefined;
  const at = parser.since(first);
  return {
    at,
    check: (checking) => {
      if (!checking.hasTable(place.family, place.table.text)) throw missing(place.table);
      return [addChain(place, place.name, chain, create), ...rulesOf(checking, place, place.name, chain)];
    },
  };
}

/** nft sends a chain first and its rules later. */
export function addChain(
  place: Place,
  name: Named,
  syntax: ChainSyntax | undefined,
  create: boolean,
  at?: Location,
): Action {
  const hook = syntax?.hook;
  const base = hook === undefined ? undefined : baseOf(hook);
  return ({ kernel, tx }) => {
    const table = kernel.tableAt(place.family, place.table);
    const known = table.chains.get(name.text);
    if (known !== undefined) {
      if (create) throw refused('EEXIST', name.at);
      const known_base = known.base;
      if (base !== undefined) {
        if (known_base === undefined) throw refused('EEXIST', at);
        const same =
          known_base.type === base.type && known_base.hook === base.hook && known_base.priority === base.priority;
        if (!same) throw refused('EOPNOTSUPP', at);
      }
      const policy = syntax?.policy;
      if (policy !== undefined && known_base !== undefined) {
        const before = known_base.policy;
        tx.change(
          () => void (known_base.policy = policy),
          () => void (known_base.policy = before),
        );
      }
      return;
    }
    const policyAt = syntax?.policyAt;
    if (base === undefined && policyAt !== undefined) throw refused('EOPNOTSUPP', policyAt);
    if (base !== undefined && !possible(base)) throw refused('EOPNOTSUPP', at);
    const whole = base === undefined ? undefined : { ...base, policy: syntax?.policy ?? 'accept' };
    kernel.addChain(tx, table, name, whole, syntax?.comment);
  };
}

function baseOf({ type, hook, priority }: HookSyntax): Omit<Base, 'policy'> {
  const { name, offset, at } = priority;
  const named = name === undefined ? 0 : priorityNamed(name, hook);
  if (named === undefined) throw new NftError('invalid priority expression value in this context.', at);
  return { type, hook, priority: named + offset };
}

/** Where each type may stand (nft_chain_filter.c, nft_chain_nat.c, nft_chain_route.c): NAT behind connection tracking. */
function possible({ type, hook, priority }: Omit<Base, 'policy'>): boolean {
  if (type === 'route') return hook === 'output';
  if (type === 'nat') return hook !== 'forward' && priority > -200;
  return true;
}

export function rulesOf(checking: Checking, place: Place, name: Named, chain: ChainSyntax | undefined): Action[] {
  return (chain?.rules ?? []).map(({ syntax, at }) => {
    const rule = checkRule(checking, place, syntax);
    return ({ kernel, tx }) => {
      const found = kernel.chainAt(kernel.tableAt(place.family, place.table), name);
      kernel.addRule(tx, found, rule, found.rules.length, at);
    };
  });
}

/** `delete|flush chain`, `rename chain ... to a new name` */
export function parseChainCommand(parser: Parser, what: 'delete' | 'flush' | 'rename'): Command {
  const first = parser.last.at;
  const place = parsePartPlace(parser);
  const to = what === 'rename' ? named(parser.name()) : undefined;
  const at = parser.since(first);
  return {
    at,
    check: ({ kernel }) => {
      if (to !== undefined && kernel.table(place.family, place.table.text)?.chains.has(place.name.text) !== true) {
        throw new NftError(errors.ENOENT, place.name.at);
      }
      return [
        ({ tx }) => {
          const table = kernel.tableAt(place.family, place.table);
          const chain = table.chains.get(place.name.text);
          if (chain === undefined) throw refused('ENOENT', place.name.at);
          if (what === 'delete') kernel.deleteChain(tx, chain, place.name.at);
          else if (to === undefined) for (const rule of [...chain.rules]) kernel.deleteRule(tx, chain, rule);
          else kernel.renameChain(tx, chain, to);
        },
      ];
    },
  };
}
