import { ctKeys, ctSelector, refusedCtKeys } from '../expression/ct.ts';
import { type FibQuery, fibSelector } from '../expression/fib.ts';
import { knownMetaKeys, metaKeys, metaSelector } from '../expression/meta.ts';
import { numgenSelector } from '../expression/numgen.ts';
import { headerSelector, headers, refusedHeaders } from '../expression/payload.ts';
import type { HeaderProtocol, Selector } from '../expression/selector.ts';
import type { Expression } from '../syntax.ts';
import { NftError } from './location.ts';
import type { Parser } from './parser.ts';

/** Words that begin an expression that isn't modelled. */
const REFUSED = ['exthdr', 'socket', 'rt', 'osf', 'ipsec', 'hbh', 'frag', 'dst', 'mh', 'jhash', 'symhash', 'tunnel'];

/** Reads a selector where one begins; undefined: what comes next is none. */
export function parseSelector(parser: Parser): Expression | undefined {
  const first = parser.peek();
  if (parser.is('@')) return parseRaw(parser);
  if (first.kind !== 'word') return undefined;
  const word = first.text;
  if (REFUSED.includes(word)) throw parser.refuse(`"${word}"`, first.at);
  if (refusedHeaders.includes(word)) throw parser.refuse(`"${word}"`, first.at);
  const selector = parseKnown(parser, word);
  return selector === undefined ? undefined : { kind: 'selector', selector, at: parser.since(first.at) };
}

function parseKnown(parser: Parser, word: string): Selector | undefined {
  if (word === 'meta') return parseMeta(parser);
  if (word === 'ct') return parseCt(parser);
  if (word === 'fib') return parseFib(parser);
  if (word === 'numgen') return parseNumgen(parser);
  if (Object.hasOwn(headers, word)) return parseHeader(parser, word as HeaderProtocol);
  if (Object.hasOwn(metaKeys, word) && metaKeys[word]?.spelled !== undefined) {
    parser.next();
    return metaSelector(word);
  }
  return undefined;
}

function parseHeader(parser: Parser, protocol: HeaderProtocol): Selector {
  parser.next();
  const token = parser.peek();
  if (protocol === 'tcp' && token.text === 'option') throw parser.refuse('"tcp option"', token.at);
  if (protocol === 'ip' && token.text === 'option') throw parser.refuse('"ip option"', token.at);
  const selector = token.kind === 'word' ? headerSelector(protocol, token.text) : undefined;
  if (selector === undefined) throw parser.unexpected();
  const refused = headers[protocol][token.text]?.refused;
  parser.next();
  if (refused !== undefined) throw new NftError(`"${selector.text}" is not modelled: ${refused}`, token.at);
  return selector;
}

function parseMeta(parser: Parser): Selector {
  const first = parser.next();
  const token = parser.peek();
  if (token.kind !== 'word') throw parser.unexpected();
  const selector = metaSelector(token.text);
  parser.next();
  if (selector !== undefined) return selector;
  if (knownMetaKeys.split(', ').includes(token.text)) throw parser.refuse(`"meta ${token.text}"`, token.at);
  throw new NftError(`syntax error, unexpected ${token.text}, known keys are ${knownMetaKeys}`, parser.since(first.at));
}

function parseCt(parser: Parser): Selector {
  const first = parser.next();
  let direction: 'original' | 'reply' | undefined;
  if (parser.isAny(['original', 'reply'])) direction = parser.next().text as 'original' | 'reply';
  if (direction !== undefined && parser.isAny(['ip', 'ip6'])) {
    if (parser.next().text === 'ip6') throw parser.refuse('"ct ip6"', parser.last.at);
  }
  const token = parser.peek();
  if (token.kind !== 'word') throw parser.unexpected();
  if (refusedCtKeys.includes(token.text)) throw parser.refuse(`"ct ${token.text}"`, token.at);
  const key = Object.hasOwn(ctKeys, token.text) ? ctKeys[token.text] : undefined;
  if (key === undefined) throw parser.unexpected();
  const selector = ctSelector(token.text, key.directed === true ? direction : undefined);
  parser.next();
  if (selector === undefined) {
    throw new NftError('you must specify ct direction: "original" or "reply"', parser.since(first.at));
  }
  return selector;
}

function parseFib(parser: Parser): Selector {
  parser.next();
  const first = parser.peek();
  let address: FibQuery['address'] | undefined;
  const asked: FibQuery['with'][number][] = [];
  do {
    if (parser.isAny(['saddr', 'daddr'])) address = parser.next().text as FibQuery['address'];
    else if (parser.isAny(['mark', 'iif', 'oif'])) asked.push(parser.next().text as 'mark' | 'iif' | 'oif');
    else throw parser.unexpected();
  } while (parser.take('.'));
  const tuple = parser.since(first.at);
  if (!parser.isAny(['type', 'oif', 'oifname'])) throw parser.unexpected(['type', 'oif', 'oifname']);
  const result = parser.next().text as FibQuery['result'];
  if (address === undefined) throw new NftError('fib: neither saddr nor daddr are set', tuple);
  if (asked.includes('iif') && asked.includes('oif')) {
    throw new NftError('fib: iif and oif are mutually exclusive', tuple);
  }
  const order = ['mark', 'iif', 'oif'] as const;
  return fibSelector({ address, with: order.filter((one) => asked.includes(one)), result });
}

function parseNumgen(parser: Parser): Selector {
  parser.next();
  if (!parser.isAny(['random', 'inc'])) throw parser.unexpected(['random', 'inc']);
  const mode = parser.next().text as 'random' | 'inc';
  parser.expect('mod');
  const at = parser.peek().at;
  const modulus = parser.number();
  const offset = parser.take('offset') ? parser.number() : 0;
  if (modulus === 0) throw new NftError('Could not process rule: Numerical result out of range', at);
  if (modulus + offset > 2 ** 32)
    throw new NftError('Could not process rule: Value too large for defined data type', at);
  return numgenSelector({ mode, modulus, offset });
}

/** `@th,16,16`: bits of a header, counted. */
function parseRaw(parser: Parser): Expression | undefined {
  if (!parser.is('@')) return undefined;
  const base = parser.peek(1);
  if (!['ll', 'nh', 'th'].includes(base.text) || base.kind !== 'word') {
    parser.next();
    if (base.kind === 'word' && !base.keyword) throw new NftError('unknown raw payload base', base.at);
    throw parser.unexpected(['string', 'll', 'nh', 'th']);
  }
  throw parser.refuse('a raw payload expression', base.at);
}
