import type { Rule } from '../../linux/ip/rule.ts';
import { formatIp, formatPrefix, type Prefix } from '../../linux/packet/address.ts';
import type { Names } from '../iproute2/context.ts';
import type { JsonValue } from '../iproute2/json.ts';

/** What printing has to know beside the rule. */
export interface RuleContext {
  readonly details: boolean;
  readonly names: Names;
  readonly hasDevice: (name: string) => boolean;
  readonly hasPriority: (priority: number) => boolean;
}

/** Protocols by their names in /etc/protocols. */
export const PROTOCOLS: Readonly<Record<string, number>> = {
  ip: 0,
  icmp: 1,
  igmp: 2,
  ipencap: 4,
  tcp: 6,
  udp: 17,
  dccp: 33,
  ipv6: 41,
  gre: 47,
  esp: 50,
  ah: 51,
  ospf: 89,
  ipip: 94,
  sctp: 132,
};
const protocolText = (number: number) =>
  Object.entries(PROTOCOLS).find(([, value]) => value === number)?.[0] ?? `ipproto-${number}`;

const hex = (value: number) => `0x${value.toString(16)}`;
/** rtnl_dsfield_n2a. */
const tosText = (value: number) => `0x${value.toString(16).padStart(2, '0')}`;
const prefixText = (prefix: Prefix) => (prefix.length === 32 ? formatIp(prefix.address) : formatPrefix(prefix));

/** One line of `ip rule`. */
export function ruleText(rule: Rule, { details, names, hasDevice, hasPriority }: RuleContext): string {
  const { action, mark } = rule;
  let text = `${rule.priority}:\t${rule.invert ? 'not ' : ''}from ${rule.from === undefined ? 'all' : prefixText(rule.from)} `;
  if (rule.to !== undefined) text += `to ${prefixText(rule.to)} `;
  if (rule.tos !== undefined) text += `tos ${tosText(rule.tos)} `;
  if (mark !== undefined) text += `fwmark ${hex(mark.value)}${mark.mask === 0xffffffff ? '' : `/${hex(mark.mask)}`} `;
  if (rule.iif !== undefined) text += `iif ${rule.iif} ${hasDevice(rule.iif) ? '' : '[detached] '}`;
  if (rule.oif !== undefined) text += `oif ${rule.oif} ${hasDevice(rule.oif) ? '' : '[detached] '}`;
  if (rule.ipProtocol !== undefined) text += `ipproto ${protocolText(rule.ipProtocol)} `;
  if (rule.sourcePorts !== undefined) text += `sport ${portsText(rule.sourcePorts)} `;
  if (rule.destinationPorts !== undefined) text += `dport ${portsText(rule.destinationPorts)} `;
  if (action.kind === 'lookup') {
    text += `lookup ${names.table(action.table)}`;
    if (rule.suppressPrefixLength !== undefined) text += ` suppress_prefixlength ${rule.suppressPrefixLength}`;
  } else if (action.kind === 'goto') {
    text += `goto ${action.priority}${hasPriority(action.priority) ? '' : ' [unresolved]'}`;
  } else text += action.kind;
  if (details || rule.protocol !== 0) {
    if (details || rule.protocol !== 2) text += ` proto ${names.protocolOf(rule.protocol)}`;
  }
  return text;
}

function portsText([low, high]: readonly [number, number]): string {
  return low === high ? String(low) : `${low}-${high}`;
}

/** One object of `ip -j rule`. */
export function ruleJson(rule: Rule, { details, names, hasDevice, hasPriority }: RuleContext): JsonValue {
  const { action, mark, from, to, sourcePorts, destinationPorts } = rule;
  const flag = (on: boolean) => (on ? null : undefined);
  const ports = (range: readonly [number, number] | undefined, name: string) => {
    if (range === undefined) return {};
    return range[0] === range[1] ? { [name]: range[0] } : { [`${name}_start`]: range[0], [`${name}_end`]: range[1] };
  };
  const shortened = (prefix: Prefix | undefined) =>
    prefix === undefined || prefix.length === 32 ? undefined : prefix.length;
  return {
    priority: rule.priority,
    not: flag(rule.invert),
    src: from === undefined ? 'all' : formatIp(from.address),
    srclen: shortened(from),
    dst: to === undefined ? undefined : formatIp(to.address),
    dstlen: shortened(to),
    tos: rule.tos === undefined ? undefined : tosText(rule.tos),
    fwmark: mark === undefined ? undefined : hex(mark.value),
    fwmask: mark === undefined || mark.mask === 0xffffffff ? undefined : hex(mark.mask),
    iif: rule.iif,
    iif_detached: flag(rule.iif !== undefined && !hasDevice(rule.iif)),
    oif: rule.oif,
    oif_detached: flag(rule.oif !== undefined && !hasDevice(rule.oif)),
    ipproto: rule.ipProtocol === undefined ? undefined : protocolText(rule.ipProtocol),
    ...ports(sourcePorts, 'sport'),
    ...ports(destinationPorts, 'dport'),
    table: action.kind === 'lookup' ? names.table(action.table) : undefined,
    suppress_prefixlen: action.kind === 'lookup' ? rule.suppressPrefixLength : undefined,
    goto: action.kind === 'goto' ? action.priority : undefined,
    unresolved: flag(action.kind === 'goto' && !hasPriority(action.priority)),
    nop: flag(action.kind === 'nop'),
    action: ['blackhole', 'unreachable', 'prohibit'].includes(action.kind) ? action.kind : undefined,
    protocol: details || (rule.protocol !== 0 && rule.protocol !== 2) ? names.protocolOf(rule.protocol) : undefined,
  };
}
