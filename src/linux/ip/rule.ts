import { contains, type IpAddress, type Prefix } from '../packet/address.ts';
import { protocolNumber } from '../packet/numbers.ts';
import type { Flow } from './flow.ts';
import { tableNumber } from './table.ts';

/** What a rule does with the packets that it matches. */
export type RuleAction =
  | { readonly kind: 'lookup'; readonly table: number }
  /** On with the first rule of that priority. */
  | { readonly kind: 'goto'; readonly priority: number }
  | { readonly kind: 'nop' | 'blackhole' | 'unreachable' | 'prohibit' };

/** A rule of the routing policy database (ip-rule(8), net/core/fib_rules.c). What is absent is not asked. */
export interface Rule {
  /** The lowest comes first. */
  readonly priority: number;
  /** `not`: matches what the rest does not. */
  readonly invert: boolean;
  readonly from?: Prefix;
  readonly to?: Prefix;
  /** Device names: the device may come later. Packets of the namespace's own come from `lo`. */
  readonly iif?: string;
  readonly oif?: string;
  readonly mark?: { readonly value: number; readonly mask: number };
  readonly tos?: number;
  /** By number. */
  readonly ipProtocol?: number;
  readonly sourcePorts?: readonly [number, number];
  readonly destinationPorts?: readonly [number, number];
  readonly action: RuleAction;
  /** Results whose prefix is this short or shorter don't count. */
  readonly suppressPrefixLength?: number;
  /** rtnetlink's protocol: who made it. */
  readonly protocol: number;
}

const RTPROT_KERNEL = 2;
/** INET_DSCP_LEGACY_TOS_MASK: a rule sees no more of a packet's type of service, as RFC 1349 has it. */
const TOS_SEEN = 0x1c;

/** What every namespace starts with (fib_default_rules_init in net/ipv4/fib_rules.c). */
export const defaultRules: readonly Rule[] = [
  [0, tableNumber.local] as const,
  [0x7ffe, tableNumber.main] as const,
  [0x7fff, tableNumber.default] as const,
].map(([priority, table]) => ({
  priority,
  invert: false,
  action: { kind: 'lookup', table },
  protocol: RTPROT_KERNEL,
}));

const inRange = (port: number | undefined, [low, high]: readonly [number, number]) =>
  port !== undefined && port >= low && port <= high;
const inPrefix = (address: IpAddress | undefined, prefix: Prefix) => contains(prefix, address ?? 0);

/** fib_rule_match and fib4_rule_match. */
export function ruleMatches(rule: Rule, flow: Flow): boolean {
  return selects(rule, flow) !== rule.invert;
}

function selects(rule: Rule, { source, destination, in: input, out, mark = 0, tos = 0, payload }: Flow): boolean {
  if (rule.iif !== undefined && rule.iif !== (input?.name ?? 'lo')) return false;
  if (rule.oif !== undefined && rule.oif !== out?.name) return false;
  if (rule.mark !== undefined && ((mark ^ rule.mark.value) & rule.mark.mask) !== 0) return false;
  if (rule.from !== undefined && !inPrefix(source, rule.from)) return false;
  if (rule.to !== undefined && !inPrefix(destination, rule.to)) return false;
  if (rule.tos !== undefined && rule.tos !== (tos & TOS_SEEN)) return false;
  if (rule.ipProtocol !== undefined) {
    if (payload === undefined) return false;
    const { protocol } = payload;
    if ((typeof protocol === 'number' ? protocol : protocolNumber[protocol]) !== rule.ipProtocol) return false;
  }
  if (rule.sourcePorts !== undefined && !inRange(payload?.sourcePort, rule.sourcePorts)) return false;
  return rule.destinationPorts === undefined || inRange(payload?.destinationPort, rule.destinationPorts);
}
