import type { Nftables } from '../kernel.ts';
import { NftError } from '../parse/location.ts';
import type { Parser } from '../parse/parser.ts';
import { objectLines, setLines, type Table } from '../table.ts';
import { errors, refused } from '../transaction.ts';
import type { Family } from '../typing.ts';
import { type Action, type Command, type Doing, within } from './command.ts';
import type { ObjectSyntax } from './object.ts';
import { missing, parseAnyFamily, parsePartPlace, parseTablePlace } from './place.ts';

const SINGLE = ['chain', 'set', 'map', 'counter', 'limit', 'quota'] as const;
const PLURAL = ['chains', 'sets', 'maps', 'counters', 'limits', 'quotas'] as const;

/** `list ruleset|table|chain|set|...|tables|chains|sets|...` */
export function parseList(parser: Parser): Command {
  const first = parser.last.at;
  const check = parseListed(parser, 'list');
  return { at: parser.since(first), check };
}

/** `reset counter|counters|quota|quotas`: prints them, and sets them back. */
export function parseReset(parser: Parser): Command {
  const first = parser.last.at;
  const word = parser.peek();
  if (!['counter', 'counters', 'quota', 'quotas'].includes(word.text)) throw parser.unexpected();
  const check = parseListed(parser, 'reset');
  return { at: parser.since(first), check };
}

function parseListed(parser: Parser, what: 'list' | 'reset'): Command['check'] {
  const token = parser.peek();
  const word = token.kind === 'word' ? token.text : '';
  if (word === 'ruleset' || word === 'tables') {
    parser.next();
    const family = parseListFamily(parser);
    return () => [word === 'ruleset' ? listRuleset(family) : listTables(family)];
  }
  if (word === 'table') {
    parser.next();
    const place = parseTablePlace(parser);
    return ({ kernel }) => {
      if (kernel.table(place.family, place.table.text) === undefined) throw missing(place.table);
      return [
        (doing) => {
          const table = kernel.table(place.family, place.table.text);
          if (table === undefined) throw refused('ENOENT', place.table.at);
          printTable(table, doing);
        },
      ];
    };
  }
  if ((SINGLE as readonly string[]).includes(word)) return parseSingle(parser, what);
  if ((PLURAL as readonly string[]).includes(word)) return parsePlural(parser, what);
  if (word === 'hooks' || word === 'flowtables' || word === 'meters' || word === 'ct' || word === 'flowtable') {
    throw parser.refuse(`"list ${word}"`, token.at);
  }
  throw parser.unexpected();
}

/** A family that isn't modelled has nothing in it. */
function parseListFamily(parser: Parser): Family | 'other' | undefined {
  if (parser.isAny(['ip6', 'arp', 'bridge', 'netdev'])) {
    parser.next();
    return 'other';
  }
  return parseAnyFamily(parser);
}

function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

function tablesOf(kernel: Nftables, family: Family | 'other' | undefined): readonly Table[] {
  return kernel.all().filter((table) => family === undefined || table.family === family);
}

function listRuleset(family: Family | 'other' | undefined): Action {
  return (doing) => {
    for (const table of tablesOf(doing.kernel, family)) printTable(table, doing);
  };
}

function printTable(table: Table, { print, warn, style }: Doing): void {
  if ([...table.chains.values()].some(({ foreign }) => foreign)) warn(managed(table));
  print(text(table.lines(style)));
}

/** Of what it can't say in its own language, nft only warns. */
function managed({ title }: Table): string {
  return `# Warning: table ${title} is managed by iptables-nft, do not touch!\n`;
}

function listTables(family: Family | 'other' | undefined): Action {
  return ({ kernel, print, style }) => {
    for (const table of tablesOf(kernel, family)) {
      print(`table ${table.title}${style.handles === true ? ` # handle ${table.handle}` : ''}\n`);
    }
  };
}

function parseSingle(parser: Parser, what: 'list' | 'reset'): Command['check'] {
  const kind = parser.next().text as (typeof SINGLE)[number];
  const place = parsePartPlace(parser);
  return ({ kernel }) => {
    const table = kernel.table(place.family, place.table.text);
    if (table === undefined) throw missing(place.table);
    const lines = partLines(table, kind, place.name.text);
    if (lines === undefined) throw new NftError(errors.ENOENT, place.name.at);
    return [
      ({ print, warn, style }: Doing) => {
        if (kind === 'chain' && table.chains.get(place.name.text)?.foreign) warn(managed(table));
        print(within(table, [lines(style)]));
        if (what === 'reset') table.objects.get(`${kind} ${place.name.text}`)?.reset();
      },
    ];
  };
}

type Lines = (style: Doing['style']) => readonly string[];

function partLines(table: Table, kind: (typeof SINGLE)[number], name: string): Lines | undefined {
  if (kind === 'chain') {
    const chain = table.chains.get(name);
    return chain === undefined ? undefined : (style) => chain.lines(style);
  }
  if (kind === 'set' || kind === 'map') {
    const set = table.sets.get(name);
    return set === undefined || set.spec.kind !== kind ? undefined : (style) => setLines(set, style);
  }
  const object = table.objects.get(`${kind} ${name}`);
  return object === undefined ? undefined : (style) => objectLines(object, style);
}

function parsePlural(parser: Parser, what: 'list' | 'reset'): Command['check'] {
  const kind = parser.next().text.slice(0, -1) as (typeof SINGLE)[number];
  // Only some of them can be asked for by table.
  const place = kind !== 'chain' && kind !== 'map' && parser.take('table') ? parseTablePlace(parser) : undefined;
  const family = place?.family ?? parseListFamily(parser);
  return ({ kernel: now }) => {
    if (place !== undefined && now.table(place.family, place.table.text) === undefined) throw missing(place.table);
    return [
      ({ kernel, print, style }) => {
        for (const one of tablesOf(kernel, family)) {
          if (place !== undefined && one.name !== place.table.text) continue;
          const parts = partsOf(one, kind);
          // Of objects, tables that have none are left out.
          if (parts.length === 0 && !['chain', 'set', 'map'].includes(kind)) continue;
          print(
            within(
              one,
              parts.map((lines) => lines(style)),
            ),
          );
          if (what === 'reset') for (const object of one.objects.values()) if (object.kind === kind) object.reset();
        }
      },
    ];
  };
}

function partsOf(table: Table, kind: (typeof SINGLE)[number]): Lines[] {
  if (kind === 'chain') return [...table.chains.values()].map((chain) => (style) => chain.lines(style, false));
  if (kind === 'set' || kind === 'map') {
    return [...table.sets.values()]
      .filter(({ spec }) => spec.kind === kind)
      .map((set) => (style) => setLines(set, style));
  }
  return [...table.objects.values()]
    .filter((object) => object.kind === (kind as ObjectSyntax['kind']))
    .map((object) => (style) => objectLines(object, style));
}
