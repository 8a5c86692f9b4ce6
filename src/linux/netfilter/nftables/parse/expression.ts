import type { BinaryOperator, ElementSyntax, Expression, VerdictSyntax } from '../syntax.ts';
import { parseTime } from '../type/time.ts';
import { NftError, span } from './location.ts';
import type { Parser } from './parser.ts';
import { parseSelector } from './selector.ts';

type Primary = (parser: Parser) => Expression;

const LEVELS: readonly (readonly BinaryOperator[])[] = [['|'], ['^'], ['&'], ['<<', '>>']];

/** Keywords that are values too: `meta l4proto tcp`, `icmp type redirect`. */
const VALUE_KEYWORDS = new Set(
  'tcp udp udplite esp ah icmp igmp icmpv6 comp dccp sctp redirect ip ip6 arp vlan ether snat dnat ecn reset original reply label exists missing host'.split(
    ' ',
  ),
);

function binary(parser: Parser, primary: Primary, level = 0, behind: Primary = primary): Expression {
  const operators = LEVELS[level];
  if (operators === undefined) return primary(parser);
  let left = binary(parser, primary, level + 1, behind);
  while (parser.isAny(operators)) {
    const operator = parser.next().text as BinaryOperator;
    const right = binary(parser, behind, level + 1);
    left = { kind: 'binary', operator, left, right, at: span(left.at, right.at) };
  }
  return left;
}

function concatenation(parser: Parser, part: Primary): Expression {
  const first = part(parser);
  if (!parser.is('.')) return first;
  const parts = [first];
  while (parser.take('.')) parts.push(part(parser));
  return { kind: 'concat', parts, at: span(first.at, (parts.at(-1) as Expression).at) };
}

/** How deep brackets may stand in each other. */
const DEPTH_LIMIT = 100;
const depths = new WeakMap<Parser, number>();

function inBrackets(parser: Parser, inner: Primary): Expression {
  const depth = (depths.get(parser) ?? 0) + 1;
  if (depth > DEPTH_LIMIT) throw new NftError('memory exhausted', parser.peek().at);
  depths.set(parser, depth);
  parser.expect('(');
  const found = inner(parser);
  parser.expect(')');
  depths.set(parser, depth - 1);
  return found;
}

/** A word, number, text in quotes or variable. */
function constant(parser: Parser, keywords: boolean): Expression | undefined {
  const token = parser.peek();
  if (parser.is('$')) {
    parser.next();
    const name = parser.name();
    const value = parser.scope.get(name.text);
    if (value === undefined) throw new NftError(`unknown identifier '${name.text}'`, name.at);
    return value;
  }
  const plain = token.kind === 'word' && (!token.keyword || (keywords && VALUE_KEYWORDS.has(token.text)));
  if (!plain && token.kind !== 'number' && token.kind !== 'quoted' && token.kind !== 'asterisk') return undefined;
  parser.next();
  if (token.kind === 'asterisk') return { kind: 'symbol', text: token.text.slice(0, -1), wildcard: true, at: token.at };
  if (token.kind === 'quoted' && token.text.endsWith('*') && !token.text.endsWith('\\*')) {
    return { kind: 'symbol', text: token.text.slice(0, -1), wildcard: true, at: token.at };
  }
  // Numbers are handed on in decimal, as nft does.
  const text = token.kind === 'number' && /^0x/i.test(token.text) ? BigInt(token.text).toString() : token.text;
  return { kind: 'symbol', text, at: token.at };
}

/** What is looked at: the left side of a match. */
export function parseLeft(parser: Parser): Expression {
  return concatenation(parser, (inner) => binary(inner, leftPrimary, 0, dataPrimary));
}

function leftPrimary(parser: Parser): Expression {
  if (parser.is('(')) return inBrackets(parser, (inner) => binary(inner, leftPrimary));
  const selector = parseSelector(parser);
  if (selector !== undefined) return selector;
  const found = constant(parser, false);
  if (found === undefined) throw parser.unexpected();
  return found;
}

function rightPrimary(parser: Parser): Expression {
  if (parser.is('(')) return inBrackets(parser, (inner) => binary(inner, rightPrimary));
  const found = constant(parser, true);
  if (found === undefined) throw parser.unexpected();
  return found;
}

/** A value, prefix or range. */
function multiton(parser: Parser): Expression {
  if (parser.is('*')) return { kind: 'any', at: parser.next().at };
  return ranged(parser, binary(parser, rightPrimary), rightPrimary);
}

function ranged(parser: Parser, base: Expression, primary: Primary): Expression {
  if (parser.is('/') && parser.peek(1).kind === 'number') {
    parser.next();
    const length = parser.number();
    return { kind: 'prefix', base, length, at: span(base.at, parser.last.at) };
  }
  if (!parser.take('-')) return base;
  const to = binary(parser, primary);
  return { kind: 'range', from: base, to, at: span(base.at, to.at) };
}

/** What it is compared with: a value, several with commas, a set or the name of one. */
export function parseRight(parser: Parser): Expression {
  if (parser.is('{')) return parseSet(parser);
  if (parser.is('@')) return parseReference(parser);
  const first = concatenation(parser, multiton);
  if (!parser.is(',')) return first;
  const items = [first];
  while (parser.take(',')) items.push(multiton(parser));
  return { kind: 'list', items, at: span(first.at, (items.at(-1) as Expression).at) };
}

export function parseReference(parser: Parser): Expression {
  const first = parser.expect('@');
  const name = parser.peek();
  if (name.kind === 'word' && ['ll', 'nh', 'th'].includes(name.text))
    throw parser.refuse('a raw payload expression', name.at);
  parser.name();
  return { kind: 'reference', name: name.text, at: span(first.at, name.at) };
}

/** What is given to something: a constant, something of the packet, or what a map has for it. */
export function parseData(parser: Parser): Expression {
  const first = concatenation(parser, (inner) => ranged(inner, binary(inner, dataPrimary), dataPrimary));
  if (!parser.take('map')) return first;
  const map = parser.is('{') ? parseSet(parser) : parseReference(parser);
  return { kind: 'map', key: first, map, at: span(first.at, map.at) };
}

function dataPrimary(parser: Parser): Expression {
  if (parser.is('(')) return inBrackets(parser, (inner) => binary(inner, dataPrimary));
  const selector = parseSelector(parser);
  if (selector !== undefined) return selector;
  const found = constant(parser, true);
  if (found === undefined) throw parser.unexpected();
  return found;
}

/** `{ 10.0.0.1, 10.0.0.2 : drop }`; `verdicts`: each has to have one. */
export function parseSet(parser: Parser, verdicts = false): Expression {
  const first = parser.expect('{');
  parser.skipNewlines();
  const elements: ElementSyntax[] = [];
  for (;;) {
    elements.push(...parseElement(parser, verdicts));
    parser.skipNewlines();
    if (parser.take(',')) {
      parser.skipNewlines();
      if (parser.is('}')) break;
      continue;
    }
    if (!parser.is('}')) throw parser.unexpected(['comma', "'}'"]);
    break;
  }
  parser.next();
  return { kind: 'set', elements, at: parser.since(first.at) };
}

/** A variable that stands for a set brings all its elements. */
function parseElement(parser: Parser, verdicts: boolean): readonly ElementSyntax[] {
  const first = parser.peek();
  const key = concatenation(parser, multiton);
  const options = parseElementOptions(parser);
  if (key.kind === 'set') return key.elements;
  if (!parser.take(':')) {
    if (verdicts) throw parser.unexpected(['colon']);
    return [{ key, ...options, at: key.at }];
  }
  const verdict = parseVerdict(parser);
  if (verdict === undefined && verdicts) throw parser.unexpected();
  const data = verdict === undefined ? concatenation(parser, multiton) : { verdict };
  return [{ key, ...options, data, at: parser.since(first.at) }];
}

type ElementOptions = Pick<ElementSyntax, 'timeout' | 'expires' | 'comment' | 'counter'>;

function parseElementOptions(parser: Parser): ElementOptions {
  const options: { -readonly [K in keyof ElementOptions]: ElementOptions[K] } = {};
  for (;;) {
    if (parser.take('timeout')) options.timeout = parseDuration(parser);
    else if (parser.take('expires')) options.expires = parseDuration(parser);
    else if (parser.take('comment')) options.comment = parseComment(parser);
    else if (parser.take('counter')) {
      const packets = parser.take('packets') ? parser.number() : 0;
      options.counter = { packets, bytes: parser.take('bytes') ? parser.number() : 0 };
    } else if (parser.isAny(['limit', 'quota', 'last'])) {
      throw parser.refuse(`"${parser.peek().text}" of an element`, parser.peek().at);
    } else return options;
  }
}

export function parseDuration(parser: Parser): number {
  const token = parser.peek();
  const time = token.kind === 'word' || token.kind === 'number' ? parseTime(token.text) : undefined;
  if (time === undefined) throw parser.unexpected(['string']);
  parser.next();
  return time;
}

/** NFTNL_UDATA_COMMENT_MAXLEN */
const COMMENT_LIMIT = 128;

export function parseComment(parser: Parser): string {
  const token = parser.string();
  if (token.text.length > COMMENT_LIMIT) {
    throw new NftError(`comment too long, ${COMMENT_LIMIT} characters maximum allowed`, token.at);
  }
  return token.text;
}

/** Reads a verdict where one begins. */
export function parseVerdict(parser: Parser): VerdictSyntax | undefined {
  const first = parser.peek();
  if (first.kind !== 'word') return undefined;
  switch (first.text) {
    case 'accept':
    case 'drop':
    case 'continue':
    case 'return':
      parser.next();
      return { kind: first.text, at: first.at };
    case 'jump':
    case 'goto': {
      parser.next();
      if (parser.is('{')) throw parser.refuse(`a chain without a name behind "${first.text}"`, parser.peek().at);
      const name = parser.name(["'{'"]);
      return { kind: first.text, chain: name.text, chainAt: name.at, at: parser.since(first.at) };
    }
    default:
      return undefined;
  }
}
