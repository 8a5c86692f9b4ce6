import { operand } from '../expression/operand.ts';
import type { Named } from '../kernel.ts';
import { parseComment, parseDuration, parseLeft, parseSet } from '../parse/expression.ts';
import { type Location, NftError } from '../parse/location.ts';
import type { Parser } from '../parse/parser.ts';
import { draftElements, ElementCounter } from '../set/draft.ts';
import { NftSet, type SetFlag, type SetSpec, setFlags } from '../set/set.ts';
import type { ElementSyntax, Expression } from '../syntax.ts';
import type { Table } from '../table.ts';
import { refused } from '../transaction.ts';
import type { DataType } from '../type/datatype.ts';
import { typeNamed, verdictType } from '../type/types.ts';
import type { Context, Family } from '../typing.ts';
import { endOfLine } from './chain.ts';
import type { Action, Checking, Command } from './command.ts';
import { missing, type Place, parsePartPlace } from './place.ts';

/** What stands between a set's brackets. */
export interface SetSyntax {
  types: readonly DataType[] | undefined;
  dataTypes: readonly DataType[];
  typeOf: { readonly key: Expression; readonly data: Expression | 'verdict' | undefined } | undefined;
  readonly flags: Set<SetFlag>;
  timeout?: number;
  gcInterval?: number;
  size?: number;
  autoMerge?: boolean;
  policy?: 'performance' | 'memory';
  comment?: string;
  counter?: boolean;
  elements: readonly ElementSyntax[];
  /** From its opening bracket up to the closing one. */
  at: Location;
}

export function parseSetBlock(parser: Parser, kind: 'set' | 'map', failed: (error: unknown) => void): SetSyntax {
  const first = parser.expect('{').at;
  const set: SetSyntax = {
    types: undefined,
    dataTypes: [],
    typeOf: undefined,
    flags: new Set(),
    elements: [],
    at: first,
  };
  for (;;) {
    try {
      if (parser.is('}')) {
        set.at = parser.since(first);
        parser.next();
        return set;
      }
      if (parser.atSeparator) parser.next();
      else parsePart(parser, kind, set);
    } catch (error) {
      failed(error);
      parser.recover();
    }
    if (parser.atEnd) throw parser.unexpected();
  }
}

function parsePart(parser: Parser, kind: 'set' | 'map', set: SetSyntax): void {
  const token = parser.peek();
  switch (token.kind === 'word' ? token.text : '') {
    case 'type': {
      parser.next();
      const types = parseTypes(parser);
      if (kind === 'map') {
        if (!parser.take(':')) throw parser.unexpected(['colon', '.']);
        if (parser.isAny(['counter', 'quota', 'limit'])) throw parser.refuse('a map of objects', parser.peek().at);
        set.dataTypes = parseTypes(parser);
      }
      set.types = types;
      endOfLine(parser);
      return;
    }
    case 'typeof': {
      parser.next();
      const key = parseLeft(parser);
      if (kind === 'map') parser.expect(':');
      const verdict = kind === 'map' && parser.peek().text === 'verdict' && parser.next() !== undefined;
      set.typeOf = { key, data: kind === 'set' ? undefined : verdict ? 'verdict' : parseLeft(parser) };
      endOfLine(parser);
      return;
    }
    case 'flags':
      parser.next();
      do {
        if (!parser.isAny(setFlags)) throw parser.unexpected(['constant', 'interval', 'dynamic', 'timeout']);
        set.flags.add(parser.next().text as SetFlag);
      } while (parser.take(','));
      endOfLine(parser);
      return;
    case 'timeout':
      parser.next();
      set.timeout = parseDuration(parser);
      endOfLine(parser);
      return;
    case 'gc-interval':
      parser.next();
      set.gcInterval = parseDuration(parser);
      endOfLine(parser);
      return;
    case 'size':
      parser.next();
      set.size = parser.number();
      endOfLine(parser);
      return;
    case 'policy':
      parser.next();
      if (!parser.isAny(['performance', 'memory'])) throw parser.unexpected(['performance', 'memory']);
      set.policy = parser.next().text as 'performance' | 'memory';
      endOfLine(parser);
      return;
    case 'auto-merge':
      parser.next();
      set.autoMerge = true;
      endOfLine(parser);
      return;
    case 'comment':
      parser.next();
      set.comment = parseComment(parser);
      endOfLine(parser);
      return;
    case 'counter':
      parser.next();
      set.counter = true;
      endOfLine(parser);
      return;
    case 'elements':
      parser.next();
      parser.expect('=');
      set.elements = parseElements(parser);
      // The bracket may follow at once.
      if (!parser.is('}')) endOfLine(parser);
      return;
    default:
      throw parser.unexpected();
  }
}

/** A list of elements, or a variable that stands for one. */
export function parseElements(parser: Parser): readonly ElementSyntax[] {
  if (parser.is('{')) {
    const found = parseSet(parser);
    return found.kind === 'set' ? found.elements : [];
  }
  if (!parser.is('$')) throw parser.unexpected(["'{'", "'$'"]);
  const found = parseLeft(parser);
  return found.kind === 'set' ? found.elements : [{ key: found, at: found.at }];
}

function parseTypes(parser: Parser): DataType[] {
  const types: DataType[] = [];
  do {
    const token = parser.peek();
    if (token.kind !== 'word') throw parser.unexpected();
    const type = typeNamed(token.text);
    parser.next();
    if (type === undefined) throw new NftError(`unknown datatype ${token.text}`, token.at);
    types.push(type);
  } while (parser.take('.'));
  return types;
}

/** The declaration as the kernel gets it. */
export function makeSet(checking: Checking, place: Place, name: Named, kind: 'set' | 'map', set: SetSyntax): NftSet {
  const context = contextOf(checking, place.family, place.table.text);
  const types = set.typeOf === undefined ? set.types : operand(context, set.typeOf.key).types;
  if (types === undefined) throw new NftError('set definition does not specify key', set.at);
  const data = set.typeOf?.data;
  const dataTypes =
    data === undefined ? set.dataTypes : data === 'verdict' ? [verdictType] : operand(context, data).types;
  const spec: SetSpec = {
    name: name.text,
    kind,
    types,
    dataTypes,
    typeOf: set.typeOf === undefined ? undefined : typeOfText(checking, context, set.typeOf),
    flags: set.flags,
    timeout: set.timeout,
    gcInterval: set.gcInterval,
    size: set.size,
    autoMerge: set.autoMerge,
    policy: set.policy,
    comment: set.comment,
    statements: set.counter === true ? [{ print: () => 'counter', make: () => new ElementCounter() }] : [],
    anonymous: false,
  };
  return new NftSet(spec, checking.kernel.runtime.stack.clock);
}

function typeOfText(checking: Checking, context: Context, typeOf: NonNullable<SetSyntax['typeOf']>): string {
  const key = operand(context, typeOf.key).print(checking.style);
  if (typeOf.data === undefined) return key;
  return `${key} : ${typeOf.data === 'verdict' ? 'verdict' : operand(context, typeOf.data).print(checking.style)}`;
}

export function contextOf(checking: Checking, family: Family, table: string): Context {
  const { kernel } = checking;
  return {
    family,
    devices: kernel.runtime.devices,
    set: (name) => checking.set(family, table, name),
    makeSet: (spec) => new NftSet(spec, kernel.runtime.stack.clock),
    network: undefined,
    transport: undefined,
    transportAt: undefined,
  };
}

/** Declares a set for the commands behind it, and adds it. */
export function addSet(
  checking: Checking,
  place: Place,
  name: Named,
  kind: 'set' | 'map',
  syntax: SetSyntax,
  create: boolean,
): { readonly add: Action; readonly fill: Action | undefined } {
  const made = makeSet(checking, place, name, kind, syntax);
  const set = checking.set(place.family, place.table.text, name.text) ?? made;
  checking.declared.set(`set ${place.family} ${place.table.text} ${name.text}`, set);
  const drafts = draftElements(contextOf(checking, place.family, place.table.text), set.spec, syntax.elements);
  const add: Action = ({ kernel, tx }) => {
    const table = kernel.tableAt(place.family, place.table);
    const known = table.sets.get(name.text);
    if (known === undefined) {
      kernel.addSet(tx, table, set);
      return;
    }
    if (create || !sameDeclaration(known, made)) throw refused('EEXIST', name.at);
  };
  if (drafts.length === 0) return { add, fill: undefined };
  const fill: Action = ({ kernel, tx }) => {
    const table = kernel.tableAt(place.family, place.table);
    kernel.addElements(tx, table, setAt(table, name), drafts, false);
  };
  return { add, fill };
}

function sameDeclaration(a: NftSet, b: NftSet): boolean {
  const names = (types: readonly DataType[]) => types.map(({ name }) => name).join();
  const flags = ({ spec }: NftSet) => setFlags.filter((flag) => spec.flags.has(flag)).join();
  return (
    a.spec.kind === b.spec.kind &&
    names(a.spec.types) === names(b.spec.types) &&
    names(a.spec.dataTypes) === names(b.spec.dataTypes) &&
    flags(a) === flags(b)
  );
}

export function setAt(table: Table, name: Named, kind?: 'set' | 'map'): NftSet {
  const set = table.sets.get(name.text);
  if (set === undefined || (kind !== undefined && set.spec.kind !== kind)) throw refused('ENOENT', name.at);
  return set;
}

/** `add|create set|map [family] table name { ... }` */
export function parseAddSet(
  parser: Parser,
  kind: 'set' | 'map',
  create: boolean,
  failed: (error: unknown) => void,
): Command {
  const first = parser.last.at;
  const place = parsePartPlace(parser);
  const syntax = parseSetBlock(parser, kind, failed);
  return {
    at: parser.since(first),
    check: (checking) => {
      if (!checking.hasTable(place.family, place.table.text)) throw missing(place.table);
      const { add, fill } = addSet(checking, place, place.name, kind, syntax, create);
      return fill === undefined ? [add] : [add, fill];
    },
  };
}

/** `delete|flush set|map` */
export function parseSetCommand(parser: Parser, what: 'delete' | 'flush'): Command {
  const first = parser.last.at;
  const place = parsePartPlace(parser);
  return {
    at: parser.since(first),
    check: () => [
      ({ kernel, tx }) => {
        const table = kernel.tableAt(place.family, place.table);
        const set = setAt(table, place.name);
        if (what === 'delete' && set.uses > 0) throw refused('EBUSY', place.name.at);
        for (const element of [...set.elements]) kernel.deleteElement(tx, set, element);
        if (what === 'delete') tx.delete(table.sets, set.name);
      },
    ],
  };
}
