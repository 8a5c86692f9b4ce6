import type { Stack } from '../../ip/stack.ts';
import { priorityOf } from '../iptables/evaluate.ts';
import { iptablesOf } from '../iptables/iptables.ts';
import type { Chain, Table } from '../iptables/table.ts';
import { isTableName, type TableName } from '../iptables/table-name.ts';
import type { Tables } from '../iptables/tables.ts';
import type { Base } from '../nftables/chain.ts';
import type { Keeper } from '../nftables/keeper.ts';
import { nftablesOf } from '../nftables/kernel.ts';
import { Chain as NftChain, Table as NftTable } from '../nftables/table.ts';
import type { Transaction } from '../nftables/transaction.ts';
import type { Devices } from '../nftables/type/datatype.ts';
import { baseType } from './base-type.ts';
import { seenByIptables } from './seen-by-iptables.ts';
import { seenByNft } from './seen-by-nft.ts';

/** Both rule languages of Debian 12 stand on nf_tables: lets each see the tables of the other in this namespace. */
export function joinTables(stack: Stack): void {
  const nftables = nftablesOf(stack);
  if (nftables.keeper !== undefined) return;
  const { devices } = nftables.runtime;
  const iptables = iptablesOf(stack);
  nftables.keeper = new IptablesTables(iptables, devices);
  iptables.findStrangers((name) => {
    const table = nftables.tables.get(`ip ${name}`);
    return table === undefined ? undefined : seenByIptables(name, table, stack, { devices });
  });
}

/** The tables of iptables-nft, as nft shows them. */
class IptablesTables implements Keeper {
  readonly #iptables: Tables;
  readonly #devices: Devices;
  /** A table with other content is another object: what was made of it holds as long as it does. */
  readonly #seen = new WeakMap<Table, NftTable>();

  constructor(iptables: Tables, devices: Devices) {
    this.#iptables = iptables;
    this.#devices = devices;
  }

  tables(): readonly NftTable[] {
    return this.#iptables.list().map(([name, table]) => this.#see(name, table));
  }

  table(name: string): NftTable | undefined {
    const table = isTableName(name) ? this.#iptables.get(name) : undefined;
    return table === undefined ? undefined : this.#see(name as TableName, table);
  }

  delete(tx: Transaction, { name }: NftTable): void {
    const before = isTableName(name) ? this.#iptables.get(name) : undefined;
    const put = (table: Table | undefined) => this.#iptables.commit(new Map([[name as TableName, table]]));
    tx.change(
      () => put(undefined),
      () => put(before),
    );
  }

  #see(name: TableName, table: Table): NftTable {
    let seen = this.#seen.get(table);
    if (seen === undefined) {
      seen = new NftTable('ip', name, 'iptables');
      seen.handle = table.handles?.table ?? 0;
      const chains = [...table.chains.values()].filter(({ exists }) => exists).sort((a, b) => a.handle - b.handle);
      for (const chain of chains) seen.chains.set(chain.name, this.#chain(seen, name, chain));
      this.#seen.set(table, seen);
    }
    return seen;
  }

  #chain(table: NftTable, name: TableName, chain: Chain): NftChain {
    const seen = new NftChain(table, chain.name, baseOf(name, chain), undefined);
    seen.handle = chain.handle;
    for (const rule of chain.rules) seen.rules.push(seenByNft(rule, this.#devices));
    return seen;
  }
}

function baseOf(name: TableName, { hook, policy }: Chain): Base | undefined {
  if (hook === undefined) return undefined;
  return {
    type: baseType(name, hook),
    hook,
    priority: priorityOf(name, hook),
    policy: policy === 'DROP' ? 'drop' : 'accept',
  };
}
