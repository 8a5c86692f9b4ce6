import { isIpv6 } from '../type/ipv6.ts';
import type { Location, Source } from './location.ts';

export interface Token {
  /**
   * `word`: letters, an address, a span of time: anything without quotes that is not a number. `symbol`: `{`, `==` and
   * their like. `keyword` of a word: one of the language's own.
   */
  readonly kind: 'word' | 'number' | 'quoted' | 'asterisk' | 'symbol' | 'newline' | 'junk' | 'end';
  /** Quoted texts without their quotes; numbers as they were written. */
  readonly text: string;
  readonly keyword: boolean;
  readonly at: Location;
}

/** Words that are never names (src/scanner.l, its initial state). */
const KEYWORDS = new Set(
  (
    'vmap include define redefine undefine describe hook device devices table tables chain chains rule sets set ' +
    'element map maps flowtable handle ruleset trace socket tproxy accept drop continue jump goto return to inet netdev ' +
    'add replace update create insert delete get list reset flush rename import export monitor position index comment ' +
    'constant interval dynamic auto-merge timeout gc-interval elements expires policy size performance memory flow ' +
    'meter meters flowtables counter name packets bytes counters quotas limits synproxys log queue limit quota reject ' +
    'snat dnat masquerade redirect random th bridge ether saddr daddr type typeof vlan arp ip icmp igmp ip6 ' +
    'icmpv6 ah esp comp flags udp udplite sport dport tcp dccp sctp rt hbh frag dst mh meta mark iif iifname iiftype ' +
    'oif oifname oiftype skuid skgid nftrace rtclassid ibrname obrname pkttype cpu iifgroup oifgroup cgroup ct numgen ' +
    'jhash symhash dup fwd fib osf synproxy notrack exists missing exthdr ipsec secmark last rate burst over until ' +
    'used name state'
  ).split(' '),
);

/** Operators that are spelled with letters. */
const SPELLED: Readonly<Record<string, string>> = {
  eq: '==',
  ne: '!=',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
  and: '&',
  or: '|',
  xor: '^',
  not: '!',
  lshift: '<<',
  rshift: '>>',
};

const SYMBOL = /==|!=|<=|>=|<<|>>|[<>,.:;{}[\]()^&|!/\-*@$=+]/y;
const MAC = /(?:[0-9a-fA-F]{1,2}:){5}[0-9a-fA-F]{1,2}/y;
const IP4 = /(?:\d{1,3}\.){3}\d{1,3}/y;
const IP6 = /\[[0-9a-fA-F:.]+\]|[0-9a-fA-F]*:[0-9a-fA-F:.]*/y;
/** A traffic class, where nothing but these follows: what `meta priority` is compared with. */
const CLASS_ID = /[0-9a-fA-F]{1,4}:[0-9a-fA-F]{1,4}(?=[ \t:\-},]|$)/y;
const TIME = /(?=\d)(?:\d+d)?(?:\d+h)?(?:\d+m(?!s))?(?:\d+s)?(?:\d+ms)?/y;
const NUMBER = /0[xX][0-9a-fA-F]+|\d+/y;
const WORD = /[a-zA-Z_.][a-zA-Z0-9/\-_.]*/y;
const QUOTED = /"[^"\n]*"/y;

function match(pattern: RegExp, line: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(line)?.[0] ?? '';
}

/** Cuts a text into tokens; anything that is none is `junk`. The longest match wins, as in flex. */
export function scan(source: Source): Token[] {
  const tokens: Token[] = [];
  const { lines } = source;
  for (let number = 1; number <= lines.length; number++) {
    const line = lines[number - 1] as string;
    let joined = false;
    for (let i = 0; i < line.length; ) {
      const char = line[i] as string;
      if (char === ' ' || char === '\t') {
        i++;
        continue;
      }
      if (char === '#') break;
      if (char === '\\' && i === line.length - 1) {
        joined = true;
        break;
      }
      const token = tokenAt(line, i);
      tokens.push({
        kind: token.kind,
        text: token.text,
        keyword: token.kind === 'word' && KEYWORDS.has(token.text),
        at: { source, line: number, from: i + 1, to: i + token.length },
      });
      i += token.length;
    }
    if (number < lines.length && !joined) {
      const from = line.length + 1;
      tokens.push({ kind: 'newline', text: '\n', keyword: false, at: { source, line: number, from, to: from } });
    }
  }
  const last = lines.length;
  const from = (lines[last - 1] as string).length + 1;
  tokens.push({ kind: 'end', text: '', keyword: false, at: { source, line: last, from, to: from } });
  return tokens;
}

function tokenAt(line: string, at: number): { kind: Token['kind']; text: string; length: number } {
  const quoted = match(QUOTED, line, at);
  if (quoted !== '') return { kind: 'quoted', text: quoted.slice(1, -1), length: quoted.length };
  const mac = match(MAC, line, at);
  if (mac !== '') return { kind: 'word', text: mac, length: mac.length };
  const ip6 = ipv6At(line, at);
  if (ip6 !== '') return { kind: 'word', text: ip6.replace(/^\[|\]$/g, ''), length: ip6.length };
  const classId = match(CLASS_ID, line, at);
  if (classId !== '') return { kind: 'word', text: classId, length: classId.length };
  const ip4 = match(IP4, line, at);
  if (ip4 !== '') return { kind: 'word', text: ip4, length: ip4.length };
  const number = match(NUMBER, line, at);
  const time = match(TIME, line, at);
  if (time.length > number.length) return { kind: 'word', text: time, length: time.length };
  if (number !== '') return { kind: 'number', text: number, length: number.length };
  const word = match(WORD, line, at);
  if (word !== '' && word !== '.') {
    const star = /^\\?\*/.exec(line.slice(at + word.length, at + word.length + 2))?.[0] ?? '';
    if (star !== '') return { kind: 'asterisk', text: `${word}*`, length: word.length + star.length };
    const spelled = Object.hasOwn(SPELLED, word) ? SPELLED[word] : undefined;
    return spelled === undefined
      ? { kind: 'word', text: word, length: word.length }
      : { kind: 'symbol', text: spelled, length: word.length };
  }
  const symbol = match(SYMBOL, line, at);
  if (symbol !== '') return { kind: 'symbol', text: symbol, length: symbol.length };
  return { kind: 'junk', text: line[at] as string, length: 1 };
}

/** `a:b` alone is a traffic class, or a number, a colon and a number: an IPv6 address has two colons at least. */
function ipv6At(line: string, at: number): string {
  let text = match(IP6, line, at);
  while (text !== '' && !isIpv6(text.replace(/^\[|\]$/g, ''))) {
    if (text.startsWith('[')) return '';
    text = text.slice(0, -1);
    if (!text.includes(':')) return '';
  }
  return text;
}

/** How errors call a token. */
export function nameOf(token: Token): string {
  switch (token.kind) {
    case 'word':
      return token.keyword ? token.text : 'string';
    case 'number':
      return 'number';
    case 'quoted':
      return 'quoted string';
    case 'asterisk':
      return 'string with a trailing asterisk';
    case 'newline':
      return 'newline';
    case 'junk':
      return 'junk';
    case 'end':
      return 'end of file';
    case 'symbol':
      return SYMBOL_NAMES[token.text] ?? token.text;
  }
}

/** Those that the grammar gives a name (src/parser_bison.y); the brackets and `$` have none and are quoted. */
const SYMBOL_NAMES: Readonly<Record<string, string>> = {
  ',': 'comma',
  ':': 'colon',
  ';': 'semicolon',
  '{': "'{'",
  '}': "'}'",
  '(': "'('",
  ')': "')'",
  '[': "'['",
  ']': "']'",
  '|': "'|'",
  $: "'$'",
  '=': "'='",
};
