import type { Nftables } from '../kernel.ts';
import { NftError } from '../parse/location.ts';
import type { Parser } from '../parse/parser.ts';
import { draftElements, type ElementDraft } from '../set/draft.ts';
import type { Element } from '../set/element.ts';
import type { KeyPart } from '../set/key.ts';
import type { NftSet } from '../set/set.ts';
import { setLines, type Table } from '../table.ts';
import { errors, refused, type Transaction } from '../transaction.ts';
import { type Action, type Command, within } from './command.ts';
import { missing, type PartPlace, parsePartPlace } from './place.ts';
import { contextOf, parseElements, setAt } from './set.ts';

/** `add|create|delete|get element [family] table set { ... }` */
export function parseElementCommand(parser: Parser, what: 'add' | 'create' | 'delete' | 'get'): Command {
  const first = parser.last.at;
  const place = parsePartPlace(parser);
  const elements = parseElements(parser);
  const at = parser.since(first);
  return {
    at,
    check: (checking) => {
      if (!checking.hasTable(place.family, place.table.text)) throw missing(place.table);
      const known = checking.set(place.family, place.table.text, place.name.text);
      if (known === undefined) throw new NftError(errors.ENOENT, place.name.at);
      const drafts = draftElements(contextOf(checking, place.family, place.table.text), known.spec, elements);
      if (what === 'get') return [getElements(place, drafts)];
      return [
        ({ kernel, tx }) => {
          const table = kernel.tableAt(place.family, place.table);
          const set = setAt(table, place.name);
          if (what === 'delete') deleteElements(kernel, tx, set, drafts);
          else addElements(kernel, tx, table, set, drafts, what === 'create');
        },
      ];
    },
  };
}

function isIntervalSet({ spec }: NftSet): boolean {
  return spec.flags.has('interval') && spec.types.length === 1;
}

/** Intervals may not overlap; a set that merges by itself grows what is there instead (src/intervals.c). */
export function addElements(
  kernel: Nftables,
  tx: Transaction,
  table: Table,
  set: NftSet,
  drafts: readonly ElementDraft[],
  create: boolean,
): void {
  if (!isIntervalSet(set)) {
    kernel.addElements(tx, table, set, drafts, create);
    return;
  }
  for (const one of drafts) {
    const [part] = one.key as readonly KeyPart[];
    if (one.key === 'any' || part === undefined || part.wildcard === true) {
      kernel.addElements(tx, table, set, [one], create);
      continue;
    }
    if (set.spec.autoMerge === true && set.spec.kind === 'set') {
      kernel.addElements(tx, table, set, [merged(kernel, tx, set, one, part)], create);
      continue;
    }
    const other = overlapping(set, part);
    const same = other !== undefined && samePart(other, part);
    if (other !== undefined && !same) throw new NftError('interval overlaps with an existing one', one.at);
    kernel.addElements(tx, table, set, [one], create);
  }
}

function merged(kernel: Nftables, tx: Transaction, set: NftSet, one: ElementDraft, part: KeyPart): ElementDraft {
  let { from, to } = part;
  for (;;) {
    const wide = typeof from === 'number' ? { from: from - 1, to: (to as number) + 1 } : { from, to };
    const other = overlapping(set, wide);
    if (other === undefined) return { ...one, key: [{ from, to }] };
    const [known] = other.key as [KeyPart];
    if (known.from < from) from = known.from;
    if (known.to > to) to = known.to;
    kernel.deleteElement(tx, set, other);
  }
}

function overlapping(set: NftSet, { from, to }: KeyPart): Element | undefined {
  for (const element of set.elements) {
    if (element.key === 'any') continue;
    const [other] = element.key as [KeyPart];
    if (other.wildcard !== true && other.from <= to && from <= other.to) return element;
  }
  return undefined;
}

function samePart(element: Element, { from, to }: KeyPart): boolean {
  const [other] = element.key as [KeyPart];
  return other.from === from && other.to === to;
}

function deleteElements(kernel: Nftables, tx: Transaction, set: NftSet, drafts: readonly ElementDraft[]): void {
  for (const one of drafts) {
    const found = set.elements.same(probe(one));
    if (found === undefined || set.gone(found)) {
      throw isIntervalSet(set) ? new NftError('element does not exist', one.at) : refused('ENOENT', one.at);
    }
    kernel.deleteElement(tx, set, found);
  }
}

function getElements(place: PartPlace, drafts: readonly ElementDraft[]): Action {
  return ({ kernel, style, print }) => {
    const table = kernel.tableAt(place.family, place.table);
    const set = setAt(table, place.name);
    const found: Element[] = [];
    for (const one of drafts) {
      const [part] = one.key as readonly KeyPart[];
      const element = isIntervalSet(set) && part !== undefined ? overlapping(set, part) : set.elements.same(probe(one));
      if (element === undefined || set.gone(element)) throw refused('ENOENT', undefined);
      found.push(element);
    }
    print(within(table, [setLines(set, style, found)]));
  };
}

function probe({ key }: ElementDraft): Element {
  return { key, data: undefined, comment: undefined, timeout: undefined, expires: undefined, statements: [] };
}
