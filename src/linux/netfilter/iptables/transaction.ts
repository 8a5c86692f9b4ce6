import { nextTableHandle } from '../table-handles.ts';
import type { Command } from './command.ts';
import type { Place } from './extension.ts';
import { type Added, type KernelProblem, refusedByKernel } from './kernel-check.ts';
import { listChain, verboseText } from './list.ts';
import { Problem, Refusal, refusals } from './problem.ts';
import { chainOf, Rule, type RuleSpec } from './rule.ts';
import { listRules } from './save.ts';
import { strangerNote, strangerProblem } from './stranger.ts';
import { Chain, Handles, type Policy, type Table } from './table.ts';
import type { TableName } from './table-name.ts';
import { emptyTable, type Tables } from './tables.ts';

/**
 * Commands that are carried out together: on copies of the tables, which take the tables' places when all has gone
 * well. What `iptables` does in one call and `iptables-restore` between `*TABLE` and COMMIT.
 */
export class Transaction {
  readonly #tables: Tables;
  readonly #changed = new Map<TableName, Table | undefined>();
  readonly #added: Added[] = [];
  readonly #problems: KernelProblem[] = [];
  /** What it makes, in the order in which the kernel numbers it. */
  readonly #made: { readonly table: TableName; readonly part: Chain | Rule }[] = [];

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  /** Carries out one command. @returns what it prints. Throws `Problem` and `Refusal`. */
  run(command: Command, line = 0): string {
    const name = command.table as TableName;
    const { chain = '' } = command;
    if (command.name !== 'list' && command.name !== 'list-rules') this.#requireOwn(name);
    switch (command.name) {
      case 'append':
      case 'insert':
      case 'replace':
        return this.#add(name, command, line);
      case 'delete':
      case 'check':
        return this.#remove(name, command);
      case 'delete-number': {
        const found = this.#existing(name, chain);
        if (command.number > found.rules.length) throw new Refusal('Index of deletion too big');
        found.rules = found.rules.filter((_, i) => i !== command.number - 1);
        return '';
      }
      case 'list':
      case 'list-rules':
        return this.#list(name, command);
      case 'flush':
        return this.#flush(name, command);
      case 'zero':
        return this.#zero(name, command.chain, command.verbose > 0);
      case 'zero-number':
        this.#zeroRule(name, chain, command.number);
        return '';
      case 'new-chain':
        this.#newChain(name, chain);
        return '';
      case 'delete-chain':
        return this.#deleteChains(name, command, line);
      case 'rename-chain':
        this.#rename(name, chain, command.newName ?? '');
        return '';
      case 'policy':
        if (command.policy === '-') throw new Refusal(refusals.badPolicy);
        this.setPolicy(name, chain, command.policy ?? '');
        return '';
    }
  }

  /** Puts the changes in force, or @returns what the kernel refuses; then nothing has changed. */
  commit(): readonly KernelProblem[] {
    const place: Place = { stack: this.#tables.stack };
    this.#number();
    const refused = refusedByKernel(this.#changed, this.#added, place);
    const problems = [...this.#problems, ...refused.problems];
    if (problems.length === 0) this.#tables.commit(this.#changed);
    else if (refused.replayed) for (const { table } of this.#made) this.#changed.get(table)?.handles?.next();
    return problems;
  }

  /** `*TABLE` of a restore that flushes: the table begins anew. */
  clear(name: TableName, verbose: boolean): string {
    let text = '';
    if (verbose) for (const chain of this.#look(name).list()) text += `Flushing chain \`${chain.name}'\n`;
    this.#requireOwn(name);
    this.#changed.set(name, undefined);
    return text;
  }

  /** `:CHAIN - [0:0]` of a restore: made, or emptied where it is there. */
  declare(name: TableName, chain: string): void {
    const table = this.#change(name);
    const found = table.chains.get(chain);
    if (found === undefined) this.#addChain(name, table, chain);
    else found.rules = [];
  }

  isBuiltIn(name: TableName, chain: string): boolean {
    return this.#look(name).chains.get(chain)?.hook !== undefined;
  }

  /** `-` keeps the policy. What the chain has counted begins anew. */
  setPolicy(name: TableName, chain: string, policy: string, counters?: { packets: number; bytes: number }): void {
    if (policy !== 'ACCEPT' && policy !== 'DROP' && policy !== '-') throw new Refusal(refusals.badPolicy);
    if (!this.isBuiltIn(name, chain)) throw new Refusal(refusals.notBuiltin);
    const found = this.#change(name).chains.get(chain) as Chain;
    this.#exist(name, found);
    if (policy !== '-') found.policy = policy as Policy;
    found.counts = true;
    found.packets = counters?.packets ?? 0;
    found.bytes = counters?.bytes ?? 0;
  }

  #addChain(name: TableName, table: Table, chain: string): void {
    const made = new Chain(chain, undefined);
    table.chains.set(chain, made);
    this.#made.push({ table: name, part: made });
  }

  /** A built-in chain is made when it is first needed. */
  #exist(name: TableName, chain: Chain): void {
    if (!chain.exists) this.#made.push({ table: name, part: chain });
    chain.exists = true;
  }

  /** Numbers are given before the kernel judges: what it refuses has used its numbers all the same. */
  #number(): void {
    for (const table of this.#changed.values()) {
      if (table !== undefined) table.handles ??= new Handles(nextTableHandle(this.#tables.stack));
    }
    for (const { table, part } of this.#made) part.handle ||= this.#changed.get(table)?.handles?.next() ?? 0;
  }

  /** As it is now, also where it is not there yet. */
  #look(name: TableName): Table {
    if (this.#changed.has(name)) return this.#changed.get(name) ?? emptyTable(name);
    return this.#tables.get(name) ?? emptyTable(name);
  }

  /** For changing. */
  #change(name: TableName): Table {
    this.#requireOwn(name);
    const changed = this.#changed.get(name);
    if (changed !== undefined) return changed;
    const known = this.#changed.has(name) ? undefined : this.#tables.get(name);
    const table = known?.copy() ?? emptyTable(name);
    this.#changed.set(name, table);
    return table;
  }

  #requireOwn(name: TableName): void {
    if (this.#tables.stranger(name) === undefined) return;
    throw new Problem(`table \`${name}' is of nft; changing it is not modelled in this simulation`, 1);
  }

  #existing(name: TableName, chain: string): Chain {
    const known = this.#look(name).chains.get(chain);
    if (known?.exists !== true) throw new Refusal(refusals.noChain);
    return this.#change(name).chains.get(chain) as Chain;
  }

  #add(name: TableName, command: Command, line: number): string {
    const { chain: chainName = '', number } = command;
    this.#assertJump(name, command.rules);
    const known = this.#look(name).chains.get(chainName);
    if (known === undefined) throw new Refusal(refusals.noChain);
    const operation = `RULE_${command.name.toUpperCase()}` as Added['operation'];
    if (operation === 'RULE_REPLACE' && !known.exists) throw new Refusal(refusals.noChain);
    const chain = this.#change(name).chains.get(chainName) as Chain;
    this.#exist(name, chain);
    let text = '';
    for (const spec of command.rules) {
      const rule = new Rule(spec, command.counters.packets, command.counters.bytes);
      const rules = [...chain.rules];
      if (operation === 'RULE_APPEND') rules.push(rule);
      else {
        if (operation === 'RULE_INSERT' && number > rules.length + 1) throw new Refusal(refusals.index);
        if (operation === 'RULE_REPLACE' && number > rules.length) throw new Refusal('Index of replacement too big');
        const [old] = rules.splice(number - 1, operation === 'RULE_REPLACE' ? 1 : 0, rule);
        rule.handle = old?.handle ?? 0;
      }
      chain.rules = rules;
      if (rule.handle === 0) this.#made.push({ table: name, part: rule });
      this.#added.push({ operation, table: name, chain: chainName, rule, line });
      if (command.verbose > 0) text += verboseText(spec);
    }
    return text;
  }

  /** Deletes the first rule that is the same, for each one asked for; or only looks for it. */
  #remove(name: TableName, command: Command): string {
    const { chain: chainName = '' } = command;
    this.#assertJump(name, command.rules);
    let text = '';
    for (const spec of command.rules) {
      const wanted = new Rule(spec).text;
      const at = this.#look(name)
        .chains.get(chainName)
        ?.rules.findIndex((rule) => rule.text === wanted);
      if (at === undefined || at < 0) throw new Refusal(refusals.badRule);
      if (command.verbose > 0) text += verboseText(spec);
      if (command.name === 'check') continue;
      const chain = this.#change(name).chains.get(chainName) as Chain;
      chain.rules = chain.rules.filter((_, i) => i !== at);
    }
    return text;
  }

  #assertJump(name: TableName, rules: readonly RuleSpec[]): void {
    const target = rules[0] === undefined ? undefined : chainOf(rules[0]);
    if (target !== undefined && !this.#look(name).chains.has(target)) {
      throw new Problem(`Chain '${target}' does not exist`);
    }
  }

  #list(name: TableName, command: Command): string {
    const stranger = this.#tables.stranger(name);
    const problem = stranger === undefined ? undefined : strangerProblem(name, stranger, command.chain);
    if (problem !== undefined) throw new Problem(problem, 1);
    const table = stranger?.table ?? this.#look(name);
    let chains = table.list();
    if (command.chain !== undefined) {
      const found = table.chains.get(command.chain);
      if (found === undefined) {
        const where = `chain \`${command.chain}' in table \`${name}'`;
        throw new Problem(`${where} is incompatible, use 'nft' tool.`, 1);
      }
      chains = [found];
    }
    const note = stranger === undefined ? '' : strangerNote(name, stranger);
    const text =
      command.name === 'list-rules'
        ? listRules(chains, command.number, command.verbose > 0)
        : chains.map((chain) => listChain(table, chain, command, command.number)).join('\n');
    if (command.andZero) {
      // Listing makes the built-in chains ready; only what changes something puts them into the kernel, too.
      const changed = this.#change(name).chains;
      for (const chain of chains) this.#exist(name, changed.get(chain.name) as Chain);
      this.#zero(name, command.chain, false);
    }
    return note + text;
  }

  #flush(name: TableName, { chain, verbose }: Command): string {
    if (chain !== undefined && !this.#look(name).chains.has(chain)) throw new Refusal(refusals.noChain);
    let text = '';
    for (const one of this.#change(name).list()) {
      if (chain !== undefined && one.name !== chain) continue;
      one.rules = [];
      if (chain !== undefined || verbose > 0) this.#exist(name, one);
      if (verbose > 0) text += `Flushing chain \`${one.name}'\n`;
    }
    return text;
  }

  #zero(name: TableName, chain: string | undefined, verbose: boolean): string {
    if (chain !== undefined && !this.#look(name).chains.has(chain)) throw new Refusal(refusals.noChain);
    let text = '';
    for (const one of this.#look(name).list()) {
      if (chain !== undefined && one.name !== chain) continue;
      if (verbose) text += `Zeroing chain \`${one.name}'\n`;
      if (!one.exists && chain === undefined) continue;
      const changed = this.#change(name).chains.get(one.name) as Chain;
      this.#exist(name, changed);
      changed.packets = 0;
      changed.bytes = 0;
      for (const rule of changed.rules) zero(rule);
    }
    return text;
  }

  #zeroRule(name: TableName, chain: string, number: number): void {
    const found = this.#look(name).chains.get(chain);
    if (found === undefined) throw new Refusal(refusals.noChain);
    const rule = found.rules[number - 1];
    if (rule !== undefined) zero(rule);
  }

  #newChain(name: TableName, chain: string): void {
    if (this.#look(name).chains.has(chain)) throw new Refusal(refusals.chainExists);
    this.#addChain(name, this.#change(name), chain);
  }

  #deleteChains(name: TableName, { chain, verbose }: Command, line: number): string {
    const known = chain === undefined ? undefined : this.#look(name).chains.get(chain);
    if (chain !== undefined && known?.exists !== true) throw new Refusal(refusals.noChain);
    if (known?.hook !== undefined && known.policy !== 'ACCEPT') throw new Refusal('Directory not empty');
    const table = this.#change(name);
    let text = '';
    for (const one of table.list()) {
      if (chain !== undefined && one.name !== chain) continue;
      const used = one.rules.length > 0 || table.references(one.name) > 0;
      if (one.hook !== undefined) {
        if (chain === undefined && (used || one.policy !== 'ACCEPT')) continue;
        if (!used) table.chains.set(one.name, new Chain(one.name, one.hook));
      } else {
        if (verbose > 0) text += `Deleting chain \`${one.name}'\n`;
        if (!used) table.chains.delete(one.name);
      }
      if (used) {
        this.#problems.push({ line, text: `CHAIN_DEL failed (Device or resource busy): chain ${one.name}` });
        break;
      }
    }
    return text;
  }

  #rename(name: TableName, from: string, to: string): void {
    const { chains } = this.#look(name);
    if (chains.has(to)) throw new Refusal(refusals.fileExists);
    const chain = chains.get(from);
    if (chain === undefined || chain.hook !== undefined) throw new Refusal(refusals.noChain);
    this.#change(name).rename(from, to);
  }
}

function zero(rule: Rule): void {
  rule.packets = 0;
  rule.bytes = 0;
}
