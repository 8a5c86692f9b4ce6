import type { Named } from '../kernel.ts';
import { NftError } from '../parse/location.ts';
import type { Parser } from '../parse/parser.ts';
import type { Token } from '../parse/scanner.ts';
import type { Family } from '../typing.ts';

/** Which table, and which chain, set or object of it. */
export interface Place {
  readonly family: Family;
  readonly table: Named;
}

export interface PartPlace extends Place {
  readonly name: Named;
}

const FAMILIES = ['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev'];

export function named({ text, at }: Token): Named {
  return { text, at };
}

/** The family in front of a table's name; `ip` where there is none. */
export function parseFamily(parser: Parser): Family {
  return parseAnyFamily(parser) ?? 'ip';
}

/** undefined: none is given. Families that are not modelled are refused by name. */
export function parseAnyFamily(parser: Parser): Family | undefined {
  if (!parser.isAny(FAMILIES)) return undefined;
  const { text, at } = parser.next();
  if (text !== 'ip' && text !== 'inet') throw parser.refuse(`family "${text}"`, at);
  return text;
}

export function parseTablePlace(parser: Parser): Place {
  const family = parseFamily(parser);
  return { family, table: named(parser.name()) };
}

export function parsePartPlace(parser: Parser): PartPlace {
  const { family, table } = parseTablePlace(parser);
  return { family, table, name: named(parser.name()) };
}

/** nft looks into its cache first: without its table a thing can't be there. */
export function missing(what: Named): NftError {
  return new NftError('No such file or directory', what.at);
}
