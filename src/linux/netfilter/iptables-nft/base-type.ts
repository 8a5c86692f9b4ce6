import type { TableName } from '../iptables/table-name.ts';
import type { Base } from '../nftables/chain.ts';

/** The type of a built-in chain in nf_tables (xtables_ipv4 of iptables/nft.c). */
export function baseType(table: TableName, hook: Base['hook']): Base['type'] {
  if (table === 'nat') return 'nat';
  return table === 'mangle' && hook === 'output' ? 'route' : 'filter';
}
