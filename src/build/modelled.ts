import { filterLanguage } from '../linux/capture/filter/filter.ts';
import { inetSysctls, neighbourSysctls } from '../linux/device/inet-settings.ts';
import { deviceKinds } from '../linux/device/kinds.ts';
import { ipSysctls } from '../linux/ip/sysctls.ts';
import { trackers } from '../linux/netfilter/conntrack/trackers.ts';
import { setTypes } from '../linux/netfilter/ipset/set-type.ts';
import { matches, targets } from '../linux/netfilter/iptables/registry.ts';
import { describedExpressions, describedStatements } from '../linux/netfilter/nftables/described.ts';
import { ctKeys } from '../linux/netfilter/nftables/expression/ct.ts';
import { fibResults } from '../linux/netfilter/nftables/expression/fib.ts';
import { metaKeys } from '../linux/netfilter/nftables/expression/meta.ts';
import { numgenModes } from '../linux/netfilter/nftables/expression/numgen.ts';
import { headers } from '../linux/netfilter/nftables/expression/payload.ts';
import { statementKinds } from '../linux/netfilter/nftables/statement/statements.ts';
import { networkTools } from '../programs/network-tools.ts';
import { protocols } from '../programs/tcpdump/dissect.ts';

/** One thing that is modelled, in the words of its own description: the code that parses, prints and runs it has them. */
export interface Described {
  readonly name: string;
  readonly summary: string;
  /** What of the real thing is left out. */
  readonly leavesOut?: string | undefined;
}

type Fields = Readonly<Record<string, { readonly summary: string; readonly refused?: string }>>;

/** The fields of a table of expressions that rules may have: `meta mark`, `ct state`. */
function fields(before: string, table: Fields): readonly Described[] {
  return Object.entries(table)
    .filter(([, { refused }]) => refused === undefined)
    .map(([name, { summary }]) => ({ name: `${before} ${name}`, summary }));
}

function named(before: string, table: Readonly<Record<string, { readonly summary: string }>>): readonly Described[] {
  return Object.entries(table).map(([name, { summary }]) => ({ name: `${before}${name}`, summary }));
}

/** The tables of the page "What is modelled, and what is not", by the name that `<Modelled part="..." />` asks for. */
export const modelled = {
  devices: () => deviceKinds,
  sysctls: () => [
    ...ipSysctls,
    ...named('net.ipv4.conf.DEVICE.', inetSysctls),
    ...named('net.ipv4.neigh.DEVICE.', neighbourSysctls),
  ],
  conntrack: () => Object.entries(trackers).map(([name, tracker]) => ({ ...tracker, name })),
  iptables: () => [
    ...matches.map((match) => ({ ...match, name: `-m ${match.name}` })),
    ...targets.map((target) => ({ ...target, name: `-j ${target.name}` })),
  ],
  ipset: () => setTypes,
  nftables: () => [
    ...Object.entries(headers).flatMap(([protocol, table]) => fields(protocol, table)),
    ...fields('meta', metaKeys),
    ...fields('ct', ctKeys),
    ...fields('fib', fibResults),
    ...named('numgen ', numgenModes),
    ...statementKinds.map((kind) => ({ ...kind, name: kind.keywords.join(', ') })),
  ],
  captures: () => [...protocols, filterLanguage],
  tools: () => networkTools,
  nftExpressions: describedExpressions,
  nftStatements: describedStatements,
} satisfies Readonly<Record<string, () => readonly Described[]>>;

export type ModelledPart = keyof typeof modelled;
