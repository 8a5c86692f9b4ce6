import { FilterError, SYNTAX_ERROR } from './error.ts';
import { constants, keywords } from './words.ts';

/** As libpcap's scanner.l names them: `word` is ID, `dotted` HID, `mac` EID. */
export interface Token {
  readonly kind: 'word' | 'number' | 'dotted' | 'mac' | 'ip6' | 'keyword' | 'operator' | 'end';
  readonly text: string;
  readonly value: number;
  readonly at: number;
}

const byte = '[0-9A-Fa-f]{1,2}';
const number = /0[xX][0-9A-Fa-f]+|[0-9]+/y;
const mac = new RegExp(
  `${[':', '-', '\\.'].map((mark) => `${byte}(?:${mark}${byte}){5}`).join('|')}|[0-9A-Fa-f]{4}\\.[0-9A-Fa-f]{4}\\.[0-9A-Fa-f]{4}|[0-9A-Fa-f]{12}`,
  'y',
);
const dotted = /(?:0[xX][0-9A-Fa-f]+|[0-9]+)(?:\.(?:0[xX][0-9A-Fa-f]+|[0-9]+)){1,3}/y;
const ip6 = /(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}|[0-9A-Fa-f:]*::[0-9A-Fa-f:.]*/y;
const word = /[A-Za-z0-9](?:[-_.A-Za-z0-9]*[.A-Za-z0-9])?/y;
const escaped = /\\[^ !()\n\t]+/y;
const operator = /&&|\|\||>=|<=|!=|==|<<|>>|[+\-*/%:[\]!<>()&|^=]/y;

/** Longest match, and of equally long ones the first, as flex has it. Throws `FilterError`. */
export function tokens(text: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  for (;;) {
    while (at < text.length && ' \r\n\t'.includes(text[at] as string)) at++;
    if (at >= text.length) break;
    const token = next(text, at);
    found.push(token);
    at += token.text.length;
  }
  found.push({ kind: 'end', text: '', value: 0, at });
  return found;
}

function next(text: string, at: number): Token {
  let best: Token | undefined;
  const offer = (kind: Token['kind'], pattern: RegExp) => {
    pattern.lastIndex = at;
    const match = pattern.exec(text)?.[0];
    if (match !== undefined && match.length > (best?.text.length ?? 0)) best = { kind, text: match, value: 0, at };
  };
  offer('operator', operator);
  offer('mac', mac);
  offer('number', number);
  offer('dotted', dotted);
  offer('ip6', ip6);
  const before = best;
  offer('word', word);
  if (best !== undefined && best !== before) {
    const known = keywords.get(best.text);
    const constant = constants.get(best.text);
    if (known !== undefined) return { ...best, kind: 'keyword' };
    if (constant !== undefined) return { ...best, kind: 'number', value: constant };
  }
  offer('word', escaped);
  if (best === undefined) throw new FilterError(SYNTAX_ERROR, at);
  return best.kind === 'number' ? { ...best, value: numeric(best) } : best;
}

/** A number as in C. */
function numeric({ text, at }: Token): number {
  const octal = /^0[0-9]/.test(text);
  if (octal && /[89]/.test(text)) throw new FilterError(`number ${text} contains non-octal digit`, at);
  const value = octal ? Number.parseInt(text, 8) : Number(text);
  if (value > 0xffffffff) throw new FilterError(`number ${text} overflows 32 bits`, at);
  return value;
}
