import type { Location } from '../parse/location.ts';
import type { Parser } from '../parse/parser.ts';
import { Rule } from '../rule.ts';
import { NftSet } from '../set/set.ts';
import { parseRule, type RuleSyntax } from '../statement/statements.ts';
import type { Chain } from '../table.ts';
import { refused } from '../transaction.ts';
import type { Context, Family } from '../typing.ts';
import type { Action, Checking, Command, Doing } from './command.ts';
import { type PartPlace, parsePartPlace } from './place.ts';

/** Where in its chain a rule goes: behind or before the one with this number, or in this place. */
interface Position {
  readonly by: 'handle' | 'position' | 'index';
  readonly value: number;
  readonly at: Location;
}

/** Checks a rule's statements for its table. */
export function checkRule(
  checking: Checking,
  place: { family: Family; table: { text: string } },
  syntax: RuleSyntax,
): Rule {
  const { kernel } = checking;
  const context: Context = {
    family: place.family,
    devices: kernel.runtime.devices,
    set: (name) => checking.set(place.family, place.table.text, name),
    makeSet: (spec) => new NftSet(spec, kernel.runtime.stack.clock),
    network: undefined,
    transport: undefined,
    transportAt: undefined,
  };
  return new Rule(syntax.check(context), syntax.comment, place.family);
}

/** `add|insert rule [family] table chain [position N] RULE` */
export function parseAddRule(parser: Parser, mode: 'add' | 'insert' | 'create'): Command {
  const first = parser.last.at;
  const place = parsePartPlace(parser);
  const position = parsePosition(parser);
  const syntax = parseRule(parser);
  const at = parser.since(first);
  return {
    at,
    check: (checking) => {
      const rule = checkRule(checking, place, syntax);
      return [addRule(place, rule, position, mode === 'insert')];
    },
  };
}

function addRule(place: PartPlace, rule: Rule, position: Position | undefined, insert: boolean): Action {
  return ({ kernel, tx }) => {
    const table = kernel.tableAt(place.family, place.table);
    const chain = kernel.chainAt(table, place.name);
    kernel.addRule(tx, chain, rule, placeIn(chain, position, insert));
  };
}

function placeIn(chain: Chain, position: Position | undefined, insert: boolean): number {
  const { rules } = chain;
  if (position === undefined) return insert ? 0 : rules.length;
  const { by, value, at } = position;
  const found =
    by === 'index' ? (value < rules.length ? value : -1) : rules.findIndex(({ handle }) => handle === value);
  if (found < 0) throw refused('ENOENT', at);
  return insert ? found : found + 1;
}

function parsePosition(parser: Parser): Position | undefined {
  if (!parser.isAny(['handle', 'position', 'index'])) return undefined;
  const word = parser.next();
  const value = parser.number();
  const by = word.text as Position['by'];
  return { by, value, at: by === 'handle' ? parser.last.at : parser.since(word.at) };
}

/** `replace rule [family] table chain handle N RULE` */
export function parseReplaceRule(parser: Parser): Command {
  const first = parser.last.at;
  const place = parsePartPlace(parser);
  const handle = parseHandle(parser);
  const syntax = parseRule(parser);
  const at = parser.since(first);
  return {
    at,
    check: (checking) => {
      const rule = checkRule(checking, place, syntax);
      return [
        ({ kernel, tx }) => {
          const chain = kernel.chainAt(kernel.tableAt(place.family, place.table), place.name);
          const old = chain.rules.find((one) => one.handle === handle.value);
          if (old === undefined) throw refused('ENOENT', handle.at);
          const position = chain.rules.indexOf(old);
          kernel.deleteRule(tx, chain, old);
          kernel.addRule(tx, chain, rule, position, undefined, old.handle);
        },
      ];
    },
  };
}

/** `delete rule [family] table chain handle N` */
export function parseDeleteRule(parser: Parser): Command {
  const first = parser.last.at;
  const place = parsePartPlace(parser);
  const handle = parseHandle(parser);
  const at = parser.since(first);
  return {
    at,
    check: () => [
      ({ kernel, tx }: Doing) => {
        const chain = kernel.chainAt(kernel.tableAt(place.family, place.table), place.name);
        const rule = chain.rules.find((one) => one.handle === handle.value);
        if (rule === undefined) throw refused('ENOENT', handle.at);
        kernel.deleteRule(tx, chain, rule);
      },
    ],
  };
}

function parseHandle(parser: Parser): { readonly value: number; readonly at: Location } {
  parser.expect('handle');
  const value = parser.number();
  return { value, at: parser.last.at };
}
