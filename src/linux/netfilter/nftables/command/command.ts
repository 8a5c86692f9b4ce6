import type { Nftables } from '../kernel.ts';
import type { Location } from '../parse/location.ts';
import type { NftSet } from '../set/set.ts';
import type { Table } from '../table.ts';
import type { Transaction } from '../transaction.ts';
import type { Style } from '../type/datatype.ts';
import type { Family } from '../typing.ts';

/**
 * What a command is checked against before anything is done: what is there, and what the commands before it in the same
 * text will have made (nft's cache).
 */
export interface Checking {
  readonly kernel: Nftables;
  readonly style: Style;
  /** Tables, and chains and sets as `ip table name`, that the text declares. */
  readonly declared: Map<string, NftSet | undefined>;
  hasTable(family: Family, name: string): boolean;
  set(family: Family, table: string, name: string): NftSet | undefined;
}

/** What a command does when all are right. */
export type Action = (doing: Doing) => void;

export interface Doing {
  readonly kernel: Nftables;
  readonly tx: Transaction;
  readonly style: Style;
  /** Text for the standard output. */
  print(text: string): void;
  /** Text for the standard error. */
  warn(text: string): void;
}

/** A command as it was read. */
export interface Command {
  readonly at: Location;
  /** Checks it. Throws `NftError`. @returns what is then asked of the kernel, in this order. */
  check(checking: Checking): readonly Action[];
}

export function checking(kernel: Nftables, style: Style): Checking {
  const declared = new Map<string, NftSet | undefined>();
  return {
    kernel,
    style,
    declared,
    hasTable: (family, name) => kernel.table(family, name) !== undefined || declared.has(`${family} ${name}`),
    set: (family, table, name) =>
      declared.get(`set ${family} ${table} ${name}`) ?? kernel.table(family, table)?.sets.get(name),
  };
}

/** Lines of one table around some of its parts, as `list chain` and its like print them. */
export function within(table: Table, parts: readonly (readonly string[])[]): string {
  const lines = parts.flat().map((line) => (line === '' ? '' : `\t${line}`));
  return `${[`table ${table.title} {`, ...lines, '}'].join('\n')}\n`;
}
