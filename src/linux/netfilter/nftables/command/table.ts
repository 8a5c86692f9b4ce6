import type { Named } from '../kernel.ts';
import { parseComment } from '../parse/expression.ts';
import { NftError } from '../parse/location.ts';
import { type Parser, Scope } from '../parse/parser.ts';
import type { Table } from '../table.ts';
import { notOwn, refused, type Transaction } from '../transaction.ts';
import { addChain, type ChainSyntax, endOfLine, parseChainBlock, rulesOf } from './chain.ts';
import type { Action, Command } from './command.ts';
import { takeCommon } from './define.ts';
import { addObject, type ObjectSyntax, objectKinds, parseObjectBlock } from './object.ts';
import { named, parseTablePlace } from './place.ts';
import { addSet, parseSetBlock, type SetSyntax } from './set.ts';

interface TableSyntax {
  dormant?: boolean;
  comment?: string;
  readonly chains: { readonly name: Named; readonly chain: ChainSyntax }[];
  readonly sets: {
    readonly name: Named;
    readonly kind: 'set' | 'map';
    readonly set: SetSyntax;
  }[];
  readonly objects: { readonly name: Named; readonly object: ObjectSyntax }[];
}

/** `add|create table [family] name [{ ... }]` */
export function parseAddTable(parser: Parser, create: boolean, failed: (error: unknown) => void): Command {
  const first = parser.last.at;
  const place = parseTablePlace(parser);
  const block = parser.is('{') ? parseTableBlock(parser, failed) : undefined;
  return {
    at: parser.since(first),
    check: (checking) => {
      const { family, table: name } = place;
      checking.declared.set(`${family} ${name.text}`, undefined);
      const add: Action = ({ kernel, tx }) => setOptions(tx, kernel.addTable(tx, family, name, create), block);
      if (block === undefined) return [add];
      // nft sends chains, objects and sets first, then the elements and the rules (nft_cmd_expand).
      const chains = block.chains.map(({ name: own, chain }) => addChain(place, own, chain, false, own.at));
      const objects = block.objects.map(({ name: own, object }) => addObject(place, own, object, false));
      const sets = block.sets.map(({ name: own, kind, set }) => addSet(checking, place, own, kind, set, false));
      const fills = sets.flatMap(({ fill }) => fill ?? []);
      const rules = block.chains.flatMap(({ name: own, chain }) => rulesOf(checking, place, own, chain));
      return [add, ...chains, ...objects, ...sets.map((set) => set.add), ...fills, ...rules];
    },
  };
}

function setOptions(tx: Transaction, table: Table, block: TableSyntax | undefined): void {
  const { comment, dormant } = table;
  if (table.keeper !== undefined) {
    if (block?.comment === undefined && block?.dormant === undefined) return;
    throw notOwn(table, undefined);
  }
  tx.change(
    () => {
      if (block?.comment !== undefined) table.comment ??= block.comment;
      if (block !== undefined) table.dormant = block.dormant === true;
    },
    () => {
      table.comment = comment;
      table.dormant = dormant;
    },
  );
}

function parseTableBlock(parser: Parser, failed: (error: unknown) => void): TableSyntax {
  const table: TableSyntax = { chains: [], sets: [], objects: [] };
  const outer = parser.scope;
  parser.scope = new Scope(outer);
  parser.expect('{');
  for (;;) {
    try {
      if (parser.take('}')) break;
      if (parser.atSeparator) parser.next();
      else parseTablePart(parser, table, failed);
    } catch (error) {
      failed(error);
      parser.recover();
    }
    if (parser.atEnd) throw parser.unexpected();
  }
  parser.scope = outer;
  return table;
}

function parseTablePart(parser: Parser, table: TableSyntax, failed: (error: unknown) => void): void {
  if (takeCommon(parser)) return;
  const token = parser.peek();
  const word = token.kind === 'word' ? token.text : '';
  if (word === 'chain') {
    parser.next();
    const name = named(parser.name());
    const chain = parseChainBlock(parser, failed);
    table.chains.push({ name, chain });
    endOfLine(parser);
  } else if (word === 'set' || word === 'map') {
    parser.next();
    const name = named(parser.name());
    const set = parseSetBlock(parser, word, failed);
    table.sets.push({ name, kind: word, set });
    endOfLine(parser);
  } else if ((objectKinds as readonly string[]).includes(word)) {
    parser.next();
    const name = named(parser.name());
    table.objects.push({ name, object: parseObjectBlock(parser, word as ObjectSyntax['kind']) });
    endOfLine(parser);
  } else if (word === 'flags') {
    parser.next();
    const flag = parser.name();
    if (flag.text !== 'dormant') throw new NftError(`unknown table option ${flag.text}`, flag.at);
    table.dormant = true;
    endOfLine(parser);
  } else if (word === 'comment') {
    parser.next();
    table.comment = parseComment(parser);
    endOfLine(parser);
  } else if (['flowtable', 'ct', 'synproxy', 'secmark'].includes(word)) {
    throw parser.refuse(`"${word}"`, token.at);
  } else throw parser.unexpected();
}

/** `delete|flush table [family] name` */
export function parseTableCommand(parser: Parser, what: 'delete' | 'flush'): Command {
  const first = parser.last.at;
  const { family, table: name } = parseTablePlace(parser);
  return {
    at: parser.since(first),
    check: () => [
      ({ kernel, tx }) => {
        const table = kernel.table(family, name.text);
        if (table === undefined) throw refused('ENOENT', name.at);
        if (what === 'delete') return kernel.deleteTable(tx, table);
        for (const chain of table.chains.values()) {
          for (const rule of [...chain.rules]) kernel.deleteRule(tx, chain, rule);
        }
      },
    ],
  };
}
