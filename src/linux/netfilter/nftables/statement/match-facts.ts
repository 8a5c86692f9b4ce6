import type { Operand } from '../expression/operand.ts';
import { protocolNumber } from '../expression/payload.ts';
import type { Context } from '../typing.ts';
import type { Value } from '../value.ts';
import type { MatchFacts } from './statement.ts';

const byNumber = new Map<number, string>(Object.entries(protocolNumber).map(([name, number]) => [number, name]));
byNumber.set(58, 'icmpv6');

/** What listing and the statements behind it want to know of a match. `value`: the one that it has to equal. */
export function matchFacts(context: Context, left: Operand, equal: boolean, value: Value | undefined): MatchFacts {
  const headers = left.selectors.flatMap(({ header }) => (header === undefined ? [] : [header.protocol]));
  const [selector] = left.selectors;
  if (
    selector === undefined ||
    left.selectors.length > 1 ||
    left.masked !== undefined ||
    !equal ||
    value === undefined
  ) {
    if (selector !== undefined && equal === false && setsTransport(selector.text)) context.transport ??= 'th';
    return { headers };
  }
  const { header, type, text } = selector;
  const field = header !== undefined && type.kind !== 'bitmask' && type.bits % 8 === 0;
  const dependency = dependencyOf(text, value);
  const known = dependency?.layer === 'transport' && dependency.protocol !== '';
  if (known && !(text === 'ct protocol' && context.family === 'inet')) context.transport = dependency.protocol;
  if (dependency?.layer === 'network') context.network ??= dependency.protocol as 'ip' | 'ip6';
  return {
    headers,
    ...(dependency !== undefined && { dependency }),
    ...(field && { field: { protocol: header.protocol, offset: header.offset, bits: type.bits } }),
  };
}

/** A rule for several protocols may speak of ports all the same. */
function setsTransport(text: string): boolean {
  return text === 'meta l4proto' || text === 'ip protocol';
}

function dependencyOf(by: string, value: Value): MatchFacts['dependency'] {
  switch (by) {
    case 'meta l4proto':
    case 'ip protocol':
    case 'ip6 nexthdr':
    case 'ct protocol':
      return { layer: 'transport', protocol: byNumber.get(value as number) ?? '', by };
    case 'meta nfproto':
      return { layer: 'network', protocol: value === 2 ? 'ip' : 'ip6', by };
    case 'meta protocol':
      return { layer: 'network', protocol: value === 0x0800 ? 'ip' : 'ip6', by };
    default:
      return undefined;
  }
}
