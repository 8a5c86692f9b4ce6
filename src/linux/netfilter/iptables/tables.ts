import type { Stack } from '../../ip/stack.ts';
import type { Hook } from '../passage.ts';
import type { Stranger } from './stranger.ts';
import { Chain, Table } from './table.ts';
import { type TableName, tableNames } from './table-name.ts';

/** The chains that each table has by itself, by hook. */
const BUILT_IN: Readonly<Record<TableName, readonly Hook[]>> = {
  raw: ['prerouting', 'output'],
  mangle: ['prerouting', 'input', 'forward', 'output', 'postrouting'],
  nat: ['prerouting', 'input', 'output', 'postrouting'],
  filter: ['input', 'forward', 'output'],
  security: ['input', 'forward', 'output'],
};

export function emptyTable(name: TableName): Table {
  return new Table(
    name,
    BUILT_IN[name].map((hook) => new Chain(hook.toUpperCase(), hook)),
  );
}

/** Told when a table has another content; it makes the hooks ask the new one. */
type Listener = (name: TableName, table: Table | undefined) => void;

/** The tables of one namespace. A table that nobody has written to is not there. */
export class Tables {
  readonly stack: Stack;
  readonly #tables = new Map<TableName, Table>();
  #listener: Listener | undefined;
  #strangers: ((name: TableName) => Stranger | undefined) | undefined;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** Those that are there. */
  list(): readonly (readonly [TableName, Table])[] {
    return tableNames.flatMap((name) => {
      const table = this.#tables.get(name);
      return table === undefined ? [] : [[name, table] as const];
    });
  }

  get(name: TableName): Table | undefined {
    return this.#tables.get(name);
  }

  /** Puts tables in place of those of the same names, all at once; `undefined` takes one away. */
  commit(changed: ReadonlyMap<TableName, Table | undefined>): void {
    for (const [name, table] of changed) {
      if (table === undefined) this.#tables.delete(name);
      else this.#tables.set(name, table);
      this.#listener?.(name, table);
    }
  }

  /** Tells of tables that other tools have made. */
  findStrangers(find: (name: TableName) => Stranger | undefined): void {
    this.#strangers = find;
  }

  stranger(name: TableName): Stranger | undefined {
    return this.#tables.has(name) ? undefined : this.#strangers?.(name);
  }

  /** Who evaluates the tables; there is one. */
  onCommit(listener: Listener): void {
    this.#listener = listener;
  }
}
