import type { RejectWith } from '../../reject.ts';
import { type Location, NftError } from '../parse/location.ts';
import type { Parser } from '../parse/parser.ts';
import type { DataType } from '../type/datatype.ts';
import { icmpCode, icmpv6Code, icmpxCode } from '../type/header.ts';
import type { Context } from '../typing.ts';
import { NEXT, type Verdict } from '../verdict.ts';
import type { Statement, StatementKind } from './statement.ts';

type With = 'default' | 'tcp' | 'icmp' | 'icmpv6' | 'icmpx';

/** ICMP's codes for unreachable, as packets here name them. */
const ICMP_CODES: Readonly<Record<number, RejectWith>> = {
  0: 'net',
  1: 'host',
  2: 'protocol',
  3: 'port',
  9: 'net-prohibited',
  10: 'host-prohibited',
  13: 'admin-prohibited',
};
/** nft_reject_icmp_code: what an abstract code is in IPv4. */
const ICMPX_TO_ICMP: Readonly<Record<number, number>> = { 0: 0, 1: 3, 2: 1, 3: 13 };
const TYPES: Readonly<Record<'icmp' | 'icmpv6' | 'icmpx', DataType>> = {
  icmp: icmpCode,
  icmpv6: icmpv6Code,
  icmpx: icmpxCode,
};
const PORT_UNREACHABLE = { icmp: 3, icmpv6: 4, icmpx: 1 };

export const rejectStatement: StatementKind = {
  keywords: ['reject'],
  summary: 'answers with an ICMP error or a TCP reset, and drops',
  parse: (parser) => {
    const first = parser.next().at;
    let how: With = 'default';
    let code: { readonly text: string; readonly at: Location } | undefined;
    if (parser.take('with')) {
      if (!parser.isAny(['icmp', 'icmpv6', 'tcp', 'icmpx'])) {
        throw parser.unexpected(['icmp', 'icmpv6', 'tcp', 'icmpx']);
      }
      how = parser.next().text as With;
      if (how === 'tcp') parser.expect('reset');
      else code = parseCode(parser, TYPES[how as 'icmp']);
    }
    const at = parser.since(first);
    return (context) => check(context, how, code, at, first);
  },
};

function parseCode(parser: Parser, type: DataType): { readonly text: string; readonly at: Location } {
  const typed = parser.take('type');
  const token = parser.peek();
  if (token.kind === 'number' || (token.kind === 'word' && !token.keyword)) {
    parser.next();
    try {
      type.parse(token.text, { index: () => undefined, name: () => undefined });
    } catch {
      throw new NftError(`Could not parse ${type.description}`, token.at);
    }
    return token;
  }
  throw parser.unexpected(typed ? ['number', 'string'] : ['number', 'string', 'type']);
}

function check(
  context: Context,
  how: With,
  code: { readonly text: string; readonly at: Location } | undefined,
  at: Location,
  first: Location,
): Statement {
  if (how === 'icmpx' && context.family === 'ip') {
    throw new NftError('abstracted ICMP unreachable not supported', code?.at ?? at, first);
  }
  if (how === 'icmpv6' && (context.family === 'ip' || context.network === 'ip')) {
    throw new NftError('conflicting protocols specified: ip vs ip6', code?.at ?? at, first);
  }
  const implied = how === 'tcp' && impliesTcp(context, first);
  const ofIp = context.family === 'ip' || context.network === 'ip';
  const kind = how === 'default' || how === 'tcp' ? (ofIp ? 'icmp' : 'icmpx') : how;
  const devices = { index: () => undefined, name: () => undefined };
  const value = code === undefined ? PORT_UNREACHABLE[kind] : (TYPES[kind].parse(code.text, devices) as number);
  const plain = (kind === 'icmpx' || (kind === 'icmp' && context.family === 'ip')) && value === PORT_UNREACHABLE[kind];
  const icmp = kind === 'icmpx' ? (ICMPX_TO_ICMP[value] ?? 3) : value;
  const answer: RejectWith = how === 'tcp' ? 'tcp-reset' : (ICMP_CODES[icmp] ?? 'port');
  return {
    print: (style) => {
      if (how === 'tcp')
        return `${implied && context.family === 'inet' ? 'meta l4proto tcp ' : ''}reject with tcp reset`;
      return plain ? 'reject' : `reject with ${kind} ${TYPES[kind].format(value, style)}`;
    },
    validate: ({ hook }) => hook !== 'postrouting',
    compile: () => {
      const verdict: Verdict = { kind: 'reject', answer };
      if (kind === 'icmpv6') return () => NEXT;
      if (how !== 'tcp') return () => verdict;
      return ({ packet }) => (packet.payload.protocol === 'tcp' ? verdict : NEXT);
    },
    terminal: true,
    match: {
      headers:
        how === 'icmp' || (how === 'default' && kind === 'icmp')
          ? ['ip']
          : how === 'tcp' && context.family === 'ip'
            ? ['tcp']
            : [],
    },
    at,
  };
}

/** A reset answers TCP alone: the rule then says so. */
function impliesTcp(context: Context, at: Location): boolean {
  const { transport, transportAt } = context;
  if (transport === 'tcp') return false;
  if (transport !== undefined && transport !== 'th') {
    throw new NftError('you cannot use tcp reset with this protocol', at, transportAt);
  }
  return true;
}
