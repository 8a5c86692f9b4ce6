import type { Stack } from '../../ip/stack.ts';
import { setsOf } from '../ipset/sets.ts';
import { enterNat } from '../nat/enter.ts';
import { prepare } from './compile.ts';
import { Evaluation, priorityOf } from './evaluate.ts';
import { usesSet } from './match/set.ts';
import type { Table } from './table.ts';
import type { TableName } from './table-name.ts';
import { Tables } from './tables.ts';

const known = new WeakMap<Stack, Tables>();

/** The namespace's iptables; its chains are asked from their first rule or policy on. */
export function iptablesOf(stack: Stack): Tables {
  const before = known.get(stack);
  if (before !== undefined) return before;
  const tables = new Tables(stack);
  known.set(stack, tables);
  setsOf(stack).usedBy((name) => references(tables, name));
  const standing = new Map<TableName, readonly (() => void)[]>();
  tables.onCommit((name, table) => {
    for (const leave of standing.get(name) ?? []) leave();
    standing.set(name, table === undefined ? [] : stand(stack, name, table));
  });
  return tables;
}

/** Puts a table's chains at their hooks. @returns what takes them away. */
function stand(stack: Stack, name: TableName, table: Table): readonly (() => void)[] {
  const leaves: (() => void)[] = [];
  for (const chain of table.chains.values()) {
    for (const rule of chain.rules) prepare(rule, stack);
    const { hook } = chain;
    if (hook === undefined || !chain.exists) continue;
    let evaluation: Evaluation | undefined;
    const asked = {
      name: `iptables ${name}`,
      priority: priorityOf(name, hook),
      // Made ready when the first packet comes: a row of commands compiles once.
      run: (passage: Parameters<Evaluation['run']>[0]) => {
        evaluation ??= new Evaluation(stack, name, table, chain);
        return evaluation.run(passage);
      },
    };
    if (name === 'nat' && hook !== 'forward') leaves.push(enterNat(stack, hook, asked));
    else leaves.push(stack.hooks.register(hook, asked));
  }
  return leaves;
}

/** How many rules name a set of ipset. */
function references(tables: Tables, set: string): number {
  let count = 0;
  for (const [, table] of tables.list()) {
    for (const { rules } of table.chains.values()) {
      for (const { spec } of rules) count += spec.matches.filter((use) => usesSet(use, set)).length;
    }
  }
  return count;
}
