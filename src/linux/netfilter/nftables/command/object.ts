import type { Named } from '../kernel.ts';
import { parseComment } from '../parse/expression.ts';
import type { Parser } from '../parse/parser.ts';
import { formatQuota, parseQuota, type QuotaSpec } from '../statement/quota-spec.ts';
import { packetLimit, parseRate, type Rate } from '../statement/rate.ts';
import type { NamedObject } from '../table.ts';
import { refused } from '../transaction.ts';
import type { Action, Command } from './command.ts';
import { type Place, parsePartPlace } from './place.ts';

export const objectKinds = ['counter', 'limit', 'quota'] as const;

export interface ObjectSyntax {
  readonly kind: (typeof objectKinds)[number];
  packets: number;
  bytes: number;
  rate?: Rate;
  quota?: QuotaSpec;
  comment?: string;
}

export function parseObjectBlock(parser: Parser, kind: ObjectSyntax['kind']): ObjectSyntax {
  const object: ObjectSyntax = { kind, packets: 0, bytes: 0 };
  parser.expect('{');
  for (;;) {
    while (parser.atSeparator) parser.next();
    if (parser.take('}')) break;
    if (parser.take('comment')) object.comment = parseComment(parser);
    else if (kind === 'counter') {
      parser.expect('packets');
      object.packets = parser.number();
      parser.expect('bytes');
      object.bytes = parser.number();
    } else if (kind === 'limit') object.rate = parseRate(parser);
    else object.quota = parseQuota(parser);
    if (!parser.atSeparator && !parser.is('}')) throw parser.unexpected(['newline', 'semicolon']);
  }
  return object;
}

function makeObject(name: string, syntax: ObjectSyntax): NamedObject {
  const { kind, comment } = syntax;
  let { packets, bytes } = syntax;
  const base = { kind, name, comment, handle: 0, uses: 0 };
  if (kind === 'limit' && syntax.rate !== undefined) {
    const { rate } = syntax;
    const limit = packetLimit(rate);
    return { ...base, pass: limit.pass, lines: () => [limit.text], reset: () => {} };
  }
  if (kind === 'quota' && syntax.quota !== undefined) {
    const { quota } = syntax;
    let { used } = quota;
    return {
      ...base,
      pass: (length) => {
        used += length;
        return used > quota.bytes === quota.over;
      },
      lines: (style) => [formatQuota({ ...quota, used: style.stateless === true ? 0 : used })],
      reset: () => {
        used = 0;
      },
    };
  }
  return {
    ...base,
    pass: (length) => {
      packets++;
      bytes += length;
      return true;
    },
    lines: (style) => (style.stateless === true ? [] : [`packets ${packets} bytes ${bytes}`]),
    reset: () => {
      packets = bytes = 0;
    },
  };
}

export function addObject(place: Place, name: Named, syntax: ObjectSyntax, create: boolean): Action {
  return ({ kernel, tx }) => {
    const table = kernel.tableAt(place.family, place.table);
    const key = `${syntax.kind} ${name.text}`;
    if (table.objects.has(key)) {
      if (create) throw refused('EEXIST', name.at);
      return;
    }
    const object = makeObject(name.text, syntax);
    object.handle = table.nextHandle();
    tx.set(table.objects, key, object);
  };
}

/** `add|create counter|limit|quota [family] table name [{ ... }]` */
export function parseAddObject(parser: Parser, kind: ObjectSyntax['kind'], create: boolean): Command {
  const first = parser.last.at;
  const place = parsePartPlace(parser);
  const syntax: ObjectSyntax =
    parser.is('{') || kind !== 'counter' ? parseObjectBlock(parser, kind) : { kind, packets: 0, bytes: 0 };
  return { at: parser.since(first), check: () => [addObject(place, place.name, syntax, create)] };
}

export function parseDeleteObject(parser: Parser, kind: ObjectSyntax['kind']): Command {
  const first = parser.last.at;
  const place = parsePartPlace(parser);
  return {
    at: parser.since(first),
    check: () => [
      ({ kernel, tx }) => {
        const table = kernel.tableAt(place.family, place.table);
        const object = table.objects.get(`${kind} ${place.name.text}`);
        if (object === undefined) throw refused('ENOENT', place.name.at);
        if (object.uses > 0) throw refused('EBUSY', place.name.at);
        tx.delete(table.objects, `${kind} ${place.name.text}`);
      },
    ],
  };
}
