import { NetlinkError } from '../netlink-error.ts';
import type { Prefix } from '../packet/address.ts';
import type { Fib } from './fib.ts';
import type { Rule, RuleAction } from './rule.ts';

/** A rule as somebody asks for it. */
export type RuleSpec = Omit<Rule, 'priority'> & { readonly priority?: number };
/** What a rule to be deleted has to have. */
export type RuleFilter = Partial<Omit<Rule, 'action'>> & {
  readonly action?: RuleAction['kind'];
  readonly table?: number;
};

/** fib_nl_newrule: behind all of the same priority. Throws EEXIST, EINVAL. */
export function addRule(fib: Fib, spec: RuleSpec): void {
  const { action, sourcePorts, destinationPorts } = spec;
  const { rules } = fib;
  const rule: Rule = { ...spec, priority: spec.priority ?? nextPriority(rules) };
  if (action.kind === 'goto' && action.priority <= rule.priority) {
    throw new NetlinkError('EINVAL', 'Backward goto not supported.');
  }
  if (sourcePorts !== undefined && !isRange(sourcePorts)) throw new NetlinkError('EINVAL', 'Invalid sport range.');
  if (destinationPorts !== undefined && !isRange(destinationPorts)) {
    throw new NetlinkError('EINVAL', 'Invalid dport range.');
  }
  if (rules.some((other) => other.priority === rule.priority && sameRule(other, rule)))
    throw new NetlinkError('EEXIST');
  const at = rules.findIndex(({ priority }) => priority > rule.priority);
  const place = at < 0 ? rules.length : at;
  fib.setRules([...rules.slice(0, place), rule, ...rules.slice(place)]);
}

/** fib_nl_delrule: the first that has all of it. Throws ENOENT. */
export function deleteRule(fib: Fib, filter: RuleFilter): void {
  const rule = fib.rules.find((one) => fits(one, filter));
  if (rule === undefined) throw new NetlinkError('ENOENT');
  fib.setRules(fib.rules.filter((one) => one !== rule));
}

/** fib_default_rule_pref: just before the second rule. */
function nextPriority(rules: readonly Rule[]): number {
  const second = rules[1]?.priority ?? 0;
  return second > 0 ? second - 1 : 0;
}

/** fib_rule_port_range_valid: 0 is no port. */
function isRange([low, high]: readonly [number, number]): boolean {
  return low > 0 && low <= high;
}

function samePrefix(a: Prefix | undefined, b: Prefix | undefined): boolean {
  return a?.address === b?.address && a?.length === b?.length;
}

function samePorts(a: readonly [number, number] | undefined, b: readonly [number, number] | undefined): boolean {
  return a?.[0] === b?.[0] && a?.[1] === b?.[1];
}

function tableOf({ action }: Rule): number | undefined {
  return action.kind === 'lookup' ? action.table : undefined;
}

/** rule_exists; where a goto leads is not compared. */
function sameRule(a: Rule, b: Rule): boolean {
  return (
    a.action.kind === b.action.kind &&
    a.invert === b.invert &&
    tableOf(a) === tableOf(b) &&
    samePrefix(a.from, b.from) &&
    samePrefix(a.to, b.to) &&
    a.iif === b.iif &&
    a.oif === b.oif &&
    a.mark?.value === b.mark?.value &&
    a.mark?.mask === b.mark?.mask &&
    a.tos === b.tos &&
    a.ipProtocol === b.ipProtocol &&
    samePorts(a.sourcePorts, b.sourcePorts) &&
    samePorts(a.destinationPorts, b.destinationPorts) &&
    a.suppressPrefixLength === b.suppressPrefixLength &&
    a.protocol === b.protocol
  );
}

function fits(rule: Rule, filter: RuleFilter): boolean {
  return (
    (filter.priority === undefined || rule.priority === filter.priority) &&
    (filter.action === undefined || rule.action.kind === filter.action) &&
    (filter.table === undefined || tableOf(rule) === filter.table) &&
    (filter.from === undefined || samePrefix(rule.from, filter.from)) &&
    (filter.to === undefined || samePrefix(rule.to, filter.to)) &&
    (filter.iif === undefined || rule.iif === filter.iif) &&
    (filter.oif === undefined || rule.oif === filter.oif) &&
    (filter.mark === undefined || (rule.mark?.value === filter.mark.value && rule.mark.mask === filter.mark.mask)) &&
    (filter.tos === undefined || rule.tos === filter.tos) &&
    (filter.ipProtocol === undefined || rule.ipProtocol === filter.ipProtocol) &&
    (filter.sourcePorts === undefined || samePorts(rule.sourcePorts, filter.sourcePorts)) &&
    (filter.destinationPorts === undefined || samePorts(rule.destinationPorts, filter.destinationPorts)) &&
    (filter.suppressPrefixLength === undefined || rule.suppressPrefixLength === filter.suppressPrefixLength) &&
    (filter.protocol === undefined || rule.protocol === filter.protocol)
  );
}
