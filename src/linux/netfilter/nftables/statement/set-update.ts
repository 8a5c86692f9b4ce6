import { packetLength } from '../../../packet/size.ts';
import { operand, sameTypes } from '../expression/operand.ts';
import { parseComment, parseDuration, parseLeft, parseReference } from '../parse/expression.ts';
import { type Location, NftError } from '../parse/location.ts';
import type { Parser } from '../parse/parser.ts';
import { ElementCounter } from '../set/draft.ts';
import type { Element, ElementStatement } from '../set/element.ts';
import { single } from '../set/key.ts';
import type { NftSet } from '../set/set.ts';
import { refused } from '../transaction.ts';
import { formatTime } from '../type/time.ts';
import { describeType } from '../type/types.ts';
import type { Scalar, Value } from '../value.ts';
import { NEXT } from '../verdict.ts';
import { formatRate, packetLimit, parseRate, type Rate } from './rate.ts';
import type { StatementKind } from './statement.ts';

/** What an element gets for itself: `{ ip saddr limit rate 5/second }`. */
interface Own {
  readonly text: string;
  make(): ElementStatement;
}

function limitOf(rate: Rate, now: () => number): ElementStatement {
  const limit = packetLimit(rate);
  return { print: () => `limit ${limit.text}`, pass: (bytes) => limit.pass(bytes, now()) };
}

function parseOwn(parser: Parser, now: () => number): Own | undefined {
  if (parser.take('counter')) return { text: 'counter', make: () => new ElementCounter() };
  if (parser.take('limit')) {
    const rate = parseRate(parser);
    return { text: `limit ${formatRate(rate)}`, make: () => limitOf(rate, now) };
  }
  if (parser.isAny(['ct', 'quota', 'last']))
    throw parser.refuse(`"${parser.peek().text}" of an element`, parser.peek().at);
  return undefined;
}

/** `update @recent { ip saddr timeout 1m }`: packets put themselves into a set (net/netfilter/nft_dynset.c). */
export const setStatement: StatementKind = {
  keywords: ['add', 'update', 'delete', 'set'],
  summary:
    'adds to a set, renews or deletes in it what the packet has; an element may have a counter or limit of its own',
  leavesOut: '`ct count` of an element, and maps',
  parse: (parser) => {
    const first = parser.peek().at;
    let now = () => 0;
    // `set add ip saddr @s` is the older spelling.
    const old = parser.take('set');
    if (old && !parser.isAny(['add', 'update', 'delete'])) throw parser.unexpected(['add', 'update', 'delete']);
    const operation = parser.next().text as 'add' | 'update' | 'delete';
    const named = old ? undefined : parseReference(parser);
    if (!old) parser.expect('{');
    const key = parseLeft(parser);
    let timeout: number | undefined;
    let comment: string | undefined;
    const own: Own[] = [];
    for (;;) {
      if (parser.take('timeout')) timeout = parseDuration(parser);
      else if (parser.take('comment')) comment = parseComment(parser);
      else {
        const one = parseOwn(parser, () => now());
        if (one === undefined) break;
        own.push(one);
      }
    }
    if (parser.is(':')) throw parser.refuse('adding to a map', parser.peek().at);
    if (!old) parser.expect('}');
    const reference = named ?? parseReference(parser);
    const at = parser.since(first);
    return (context) => {
      if (reference.kind !== 'reference') throw new NftError('Expression does not refer to a set', reference.at);
      const set = context.set(reference.name);
      if (set === undefined) throw new NftError('No such file or directory', reference.at);
      const looked = operand(context, key);
      if (!sameTypes(set.spec.types, looked.types)) {
        const words = `expected ${describeType(set.spec.types)}, expression has type ${describeType(looked.types)}`;
        throw new NftError(`datatype mismatch: ${words}`, key.at, at);
      }
      set.filled();
      return {
        print: (style) => {
          let text = looked.print(style);
          if (timeout !== undefined) text += ` timeout ${formatTime(timeout, style)}`;
          if (comment !== undefined) text += ` comment "${comment}"`;
          for (const { text: one } of own) text += ` ${one}`;
          return `${operation} @${set.name} { ${text} }`;
        },
        bind: ({ at: rule }) => mayUpdate(set, timeout, rule),
        compile: (runtime) => {
          now = () => runtime.stack.clock.now();
          const read = looked.compile(runtime);
          return (passage) => {
            const value = read(passage);
            if (value === undefined) return NEXT;
            if (operation === 'delete') return remove(set, value) ? undefined : NEXT;
            const element = put(set, value, { operation, timeout, comment, own });
            if (element === undefined) return NEXT;
            const bytes = packetLength(passage.packet);
            return element.statements.every((one) => one.pass(bytes)) ? undefined : NEXT;
          };
        },
        sets: [set],
        at,
      };
    };
  },
};

function mayUpdate({ spec }: NftSet, timeout: number | undefined, at: Location | undefined): void {
  if (spec.flags.has('constant') || (timeout !== undefined && !spec.flags.has('timeout')))
    throw refused('EOPNOTSUPP', at);
}

function remove(set: NftSet, value: Value): boolean {
  const found = set.find(value);
  if (found === undefined) return false;
  set.elements.remove(found);
  return true;
}

/** @returns undefined: the set is full. */
function put(
  set: NftSet,
  value: Value,
  {
    operation,
    timeout,
    comment,
    own,
  }: {
    readonly operation: 'add' | 'update';
    readonly timeout: number | undefined;
    readonly comment: string | undefined;
    readonly own: readonly Own[];
  },
): Element | undefined {
  const found = set.elements.find(value);
  const lives = timeout ?? set.spec.timeout;
  const expires = lives === undefined || lives === 0 ? undefined : set.now() + lives;
  if (found !== undefined && !set.gone(found)) {
    if (operation === 'update' && expires !== undefined) {
      found.timeout = lives;
      found.expires = expires;
    }
    return found;
  }
  if (found !== undefined) set.elements.remove(found);
  if (set.size !== undefined && set.elements.size >= set.size) {
    set.collect();
    if (set.elements.size >= set.size) return undefined;
  }
  const parts = typeof value === 'object' ? value : [value];
  const statements = own.length > 0 ? own.map((one) => one.make()) : set.spec.statements.map((one) => one.make());
  const element: Element = {
    key: parts.map((part: Scalar) => single(part)),
    data: undefined,
    comment,
    timeout: lives,
    expires,
    statements,
  };
  set.elements.add(element);
  return element;
}
