import { type Location, NftError, source, span } from '../parse/location.ts';
import { Parser } from '../parse/parser.ts';
import { scan } from '../parse/scanner.ts';
import { parseAddChain, parseChainCommand } from './chain.ts';
import type { Command } from './command.ts';
import { includesFrom, type ReadFile, takeCommon } from './define.ts';
import { parseElementCommand } from './element.ts';
import { parseFlushRuleset } from './flush.ts';
import { parseList, parseReset } from './list.ts';
import { type ObjectSyntax, objectKinds, parseAddObject, parseDeleteObject } from './object.ts';
import { parseAddRule, parseDeleteRule, parseReplaceRule } from './rule.ts';
import { parseAddSet, parseSetCommand } from './set.ts';
import { parseAddTable, parseTableCommand } from './table.ts';

/** So many errors are told, then reading ends (parser_max_errors). */
const ERROR_LIMIT = 10;

export interface Read {
  readonly commands: readonly Command[];
  readonly errors: readonly NftError[];
}

/** Reads a whole text: a file, or a command line. */
export function readCommands(name: string | undefined, text: string, readFile: ReadFile): Read {
  const parser = new Parser(scan(source(name, text)));
  includesFrom(parser, readFile);
  const commands: Command[] = [];
  const errors: NftError[] = [];
  const failed = (error: unknown): void => {
    if (!(error instanceof NftError)) throw error;
    errors.push(error);
    if (errors.length >= ERROR_LIMIT) throw new TooMany();
  };
  try {
    while (!parser.atEnd) {
      if (parser.atSeparator) {
        parser.next();
        continue;
      }
      try {
        if (takeCommon(parser)) continue;
        commands.push(parseCommand(parser, failed));
        if (!parser.atSeparator && !parser.atEnd) throw parser.unexpected(['end of file', 'newline', 'semicolon']);
      } catch (error) {
        failed(error);
        parser.recover();
      }
    }
  } catch (error) {
    if (!(error instanceof TooMany)) throw error;
  }
  return { commands, errors };
}

class TooMany extends Error {}

function parseCommand(parser: Parser, failed: (error: unknown) => void): Command {
  const token = parser.peek();
  const word = token.kind === 'word' ? token.text : '';
  switch (word) {
    case 'add':
    case 'create':
      parser.next();
      return whole(parseAdd(parser, word, failed), token.at, parser);
    case 'insert':
      parser.next();
      parser.expect('rule');
      return whole(parseAddRule(parser, 'insert'), token.at, parser);
    case 'replace':
      parser.next();
      parser.expect('rule');
      return whole(parseReplaceRule(parser), token.at, parser);
    case 'delete':
      parser.next();
      return whole(parseDelete(parser), token.at, parser);
    case 'get':
      parser.next();
      parser.expect('element');
      return whole(parseElementCommand(parser, 'get'), token.at, parser);
    case 'flush':
      parser.next();
      return whole(parseFlush(parser), token.at, parser);
    case 'rename':
      parser.next();
      parser.expect('chain');
      return whole(parseChainCommand(parser, 'rename'), token.at, parser);
    case 'list':
      parser.next();
      return parseList(parser);
    case 'reset':
      parser.next();
      return parseReset(parser);
    case 'import':
    case 'export':
    case 'describe':
    case 'monitor':
      throw parser.refuse(`"${word}" in a text`, token.at);
    default:
      return whole(parseAdd(parser, 'add', failed), token.at, parser);
  }
}

/** The command's place goes from its first word to the end of its line. */
function whole(command: Command, first: Location, parser: Parser): Command {
  const end = parser.peek();
  return { ...command, at: end.kind === 'newline' || parser.is(';') ? span(first, end.at) : parser.since(first) };
}

function parseAdd(parser: Parser, what: 'add' | 'create', failed: (error: unknown) => void): Command {
  const token = parser.peek();
  const create = what === 'create';
  switch (token.kind === 'word' ? token.text : '') {
    case 'table':
      parser.next();
      return parseAddTable(parser, create, failed);
    case 'chain':
      parser.next();
      return parseAddChain(parser, create, failed);
    case 'set':
    case 'map':
      parser.next();
      return parseAddSet(parser, token.text as 'set' | 'map', create, failed);
    case 'element':
      parser.next();
      return parseElementCommand(parser, what);
    case 'rule':
      parser.next();
      return parseAddRule(parser, what);
    case 'flowtable':
    case 'ct':
    case 'synproxy':
    case 'secmark':
      throw parser.refuse(`"${token.text}"`, token.at);
    default: {
      const object = objectKinds.find((kind) => parser.is(kind));
      if (object === undefined) return parseAddRule(parser, what);
      parser.next();
      return parseAddObject(parser, object as ObjectSyntax['kind'], create);
    }
  }
}

function parseDelete(parser: Parser): Command {
  const token = parser.peek();
  switch (token.kind === 'word' ? token.text : '') {
    case 'table':
      parser.next();
      return parseTableCommand(parser, 'delete');
    case 'chain':
      parser.next();
      return parseChainCommand(parser, 'delete');
    case 'rule':
      parser.next();
      return parseDeleteRule(parser);
    case 'set':
    case 'map':
      parser.next();
      return parseSetCommand(parser, 'delete');
    case 'element':
      parser.next();
      return parseElementCommand(parser, 'delete');
    default: {
      const object = objectKinds.find((kind) => parser.is(kind));
      if (object === undefined) throw parser.unexpected();
      parser.next();
      return parseDeleteObject(parser, object);
    }
  }
}

function parseFlush(parser: Parser): Command {
  const token = parser.peek();
  switch (token.kind === 'word' ? token.text : '') {
    case 'table':
      parser.next();
      return parseTableCommand(parser, 'flush');
    case 'chain':
      parser.next();
      return parseChainCommand(parser, 'flush');
    case 'set':
    case 'map':
      parser.next();
      return parseSetCommand(parser, 'flush');
    case 'ruleset':
      parser.next();
      return parseFlushRuleset(parser);
    default:
      throw parser.unexpected();
  }
}
