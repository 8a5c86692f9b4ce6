import type { Scope } from '../../linux/device/interface-address.ts';
import type { RouteProtocol } from '../../linux/ip/route.ts';
import { type Arguments, notModelled, wrongArgument } from '../iproute2/arguments.ts';
import type { Names } from '../iproute2/context.ts';
import { numberOf } from '../iproute2/context.ts';

/** Words that `ip route` and `ip rule` share. */

/** rtnl_rtprot_a2n: a name of rt_protos or a number up to 255. */
export function protocolArgument(args: Arguments, names: Names, wrong = '"protocol" value is invalid'): RouteProtocol {
  const word = args.next();
  const protocol = names.routeProtocol(word);
  if (protocol === undefined) throw wrongArgument(word, wrong);
  return protocol;
}

export function scopeArgument(args: Arguments, names: Names): Scope {
  const word = args.next();
  const scope = names.scopeOf(word);
  if (scope === undefined) throw wrongArgument(word, 'invalid "scope" value');
  if (typeof scope === 'number') throw notModelled('a scope without a name');
  return scope;
}

export function tableArgument(args: Arguments, names: Names, wrong: string): number {
  const word = args.next();
  const table = names.tableNumber(word);
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
