import type { Hook } from '../passage.ts';
import { chainOf, Rule, type RuleSpec } from './rule.ts';

export type Policy = 'ACCEPT' | 'DROP';

/** A chain: built in (at a hook, with a policy) or made by a user. */
export class Chain {
  readonly name: string;
  /** Where it is asked; absent: a user's chain. */
  readonly hook: Hook | undefined;
  rules: readonly Rule[];
  policy: Policy;
  /** What has come to its end, once somebody has named a policy: the kernel's chain has no counters until then. */
  counts: boolean;
  packets: number;
  bytes: number;
  /** A built-in chain is in the kernel from its first rule or policy on; until then tools only show it. */
  exists: boolean;
  /** Its number in nf_tables; 0: it is not there yet. */
  handle = 0;

  constructor(name: string, hook: Hook | undefined) {
    this.name = name;
    this.hook = hook;
    this.rules = [];
    this.policy = 'ACCEPT';
    this.counts = false;
    this.packets = 0;
    this.bytes = 0;
    this.exists = hook === undefined;
  }

  /** A copy that can be changed on its own; rules (and their counters) are the same. */
  copy(name = this.name): Chain {
    const copy = new Chain(name, this.hook);
    copy.rules = this.rules;
    copy.policy = this.policy;
    copy.counts = this.counts;
    copy.packets = this.packets;
    copy.bytes = this.bytes;
    copy.exists = this.exists;
    copy.handle = this.handle;
    return copy;
  }
}

/** The numbers that nf_tables gives a table, and its chains and rules together. */
export class Handles {
  readonly table: number;
  #last = 0;

  constructor(table: number) {
    this.table = table;
  }

  next(): number {
    return ++this.#last;
  }
}

/** One table with its chains: built-in ones by hook, then the users' by name. */
export class Table {
  readonly name: string;
  readonly chains: Map<string, Chain>;
  /** Of the table in nf_tables: its next contents go on counting. Absent: it is not there yet. */
  handles: Handles | undefined;

  constructor(name: string, chains: Iterable<Chain>, handles?: Handles) {
    this.name = name;
    this.handles = handles;
    this.chains = new Map([...chains].map((chain) => [chain.name, chain]));
  }

  copy(): Table {
    return new Table(
      this.name,
      [...this.chains.values()].map((chain) => chain.copy()),
      this.handles,
    );
  }

  /** In the order in which tools list them. */
  list(): readonly Chain[] {
    const chains = [...this.chains.values()];
    const users = chains.filter(({ hook }) => hook === undefined);
    users.sort((a, b) => (a.name < b.name ? -1 : 1));
    return [...chains.filter(({ hook }) => hook !== undefined), ...users];
  }

  /** How many rules lead to a chain. */
  references(name: string): number {
    let count = 0;
    for (const chain of this.chains.values()) {
      for (const { spec } of chain.rules) if (chainOf(spec) === name) count++;
    }
    return count;
  }

  /** Gives a user's chain another name; the rules that lead to it follow. */
  rename(from: string, to: string): void {
    const chain = this.chains.get(from);
    if (chain === undefined) return;
    this.chains.delete(from);
    this.chains.set(to, chain.copy(to));
    for (const other of this.chains.values()) other.rules = other.rules.map((rule) => led(rule, from, to));
  }
}

function led(rule: Rule, from: string, to: string): Rule {
  const { action } = rule.spec;
  if (chainOf(rule.spec) !== from || (action.kind !== 'jump' && action.kind !== 'goto')) return rule;
  const spec: RuleSpec = { ...rule.spec, action: { kind: action.kind, chain: to } };
  return new Rule(spec, rule.packets, rule.bytes, rule.handle);
}
