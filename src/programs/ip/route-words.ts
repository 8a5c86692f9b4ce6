import { type Scope, scopeNumber } from '../../linux/device/interface-address.ts';
import { protocolNames, type RouteProtocol } from '../../linux/ip/route.ts';
import { parseTable } from '../../linux/ip/table.ts';
import { type Arguments, notModelled, wrongArgument } from '../iproute2/arguments.ts';
import { numberOf } from '../iproute2/context.ts';

/** Words that `ip route` and `ip rule` share. */

const byNumber = new Map(Object.entries(protocolNames).map(([name, number]) => [number, name]));

/** rtnl_rtprot_a2n: a name of rt_protos or a number up to 255, as it is then printed. */
export function protocolArgument(args: Arguments, wrong = '"protocol" value is invalid'): RouteProtocol {
  const word = args.next();
  if (Object.hasOwn(protocolNames, word)) return word;
  const number = numberOf(word);
  if (number === undefined || number > 255) throw wrongArgument(word, wrong);
  return byNumber.get(number) ?? String(number);
}

export function protocolName(number: number): string {
  return byNumber.get(number) ?? String(number);
}

export function scopeArgument(args: Arguments): Scope {
  const word = args.next();
  if (Object.hasOwn(scopeNumber, word)) return word as Scope;
  const number = numberOf(word);
  const known = Object.entries(scopeNumber).find(([, value]) => value === number);
  if (known !== undefined) return known[0] as Scope;
  if (number !== undefined && number < 256) throw notModelled('a scope without a name');
  throw wrongArgument(word, 'invalid "scope" value');
}

export function tableArgument(args: Arguments, wrong: string): number {
  const word = args.next();
  const table = parseTable(word);
  if (table === undefined) throw wrongArgument(word, wrong);
  return table;
}

/** An unsigned number in any of C's notations, named in the refusal. */
export function numberArgument(args: Arguments, wrong: string, most?: number): number {
  const word = args.next();
  const value = numberOf(word, most);
  if (value === undefined) throw wrongArgument(word, wrong);
  return value;
}
