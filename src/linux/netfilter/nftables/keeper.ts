import type { Table } from './table.ts';
import type { Transaction } from './transaction.ts';

/**
 * Who else has tables of the family ip in nf_tables (iptables over nf_tables does): nft shows them, and can take them away,
 * but what is in them is the keeper's own affair.
 */
export interface Keeper {
  /** As they are now. */
  tables(): readonly Table[];
  table(name: string): Table | undefined;
  delete(tx: Transaction, table: Table): void;
}
