import type { Stack } from '../../ip/stack.ts';
import { enterNat } from '../nat/enter.ts';
import type { Passage } from '../passage.ts';
import { nextTableHandle } from '../table-handles.ts';
import type { Base } from './chain.ts';
import { evaluateChain } from './evaluate.ts';
import type { Keeper } from './keeper.ts';
import { nearest } from './misspell.ts';
import { type Location, NftError } from './parse/location.ts';
import type { Rule } from './rule.ts';
import { devicesOf, type Runtime } from './runtime.ts';
import { ElementCounter, type ElementDraft, makeElement } from './set/draft.ts';
import type { Element } from './set/element.ts';
import type { NftSet } from './set/set.ts';
import type { VerdictSyntax } from './syntax.ts';
import { Chain, type NamedObject, Table } from './table.ts';
import { errors, notOwn, refused, type Transaction } from './transaction.ts';
import type { Family } from './typing.ts';
import { invalid } from './validate.ts';

/** A name with its place, for errors. */
export interface Named {
  readonly text: string;
  readonly at: Location;
}

/** The nf_tables of one namespace, as netlink messages change it (net/netfilter/nf_tables_api.c). */
export class Nftables {
  readonly runtime: Runtime;
  /** Those that nft has made. */
  readonly tables = new Map<string, Table>();
  /** Who else has tables here. */
  keeper: Keeper | undefined;
  readonly #hooks = new Map<Chain, () => void>();
  /** Counts the transactions that were carried out. */
  generation = 1;

  constructor(stack: Stack) {
    this.runtime = { stack, devices: devicesOf(stack) };
  }

  table(family: Family, name: string): Table | undefined {
    return this.tables.get(`${family} ${name}`) ?? (family === 'ip' ? this.keeper?.table(name) : undefined);
  }

  /** All, whoever has made them, in the order in which they were made. */
  all(): readonly Table[] {
    const own = [...this.tables.values()];
    const others = this.keeper?.tables() ?? [];
    return others.length === 0 ? own : [...own, ...others].sort((a, b) => a.handle - b.handle);
  }

  /** For changing what is in it. */
  tableAt(family: Family, name: Named): Table {
    const table = this.table(family, name.text);
    if (table === undefined) throw refused('ENOENT', name.at);
    if (table.keeper !== undefined) throw notOwn(table, name.at);
    return table;
  }

  chainAt(table: Table, name: Named): Chain {
    const chain = table.chains.get(name.text);
    if (chain !== undefined) return chain;
    const near = nearest(name.text, table.chains.keys());
    if (near === undefined) throw refused('ENOENT', name.at);
    const meant = `did you mean chain ‘${near}’ in table ${table.family} ‘${table.name}’?`;
    throw new NftError(`${errors.ENOENT}; ${meant}`, name.at);
  }

  addTable(tx: Transaction, family: Family, name: Named, create: boolean): Table {
    const known = this.table(family, name.text);
    if (known !== undefined) {
      if (create) throw refused('EEXIST', name.at);
      return known;
    }
    const table = new Table(family, name.text);
    table.handle = nextTableHandle(this.runtime.stack);
    tx.set(this.tables, table.title, table);
    return table;
  }

  deleteTable(tx: Transaction, table: Table): void {
    if (table.keeper !== undefined) this.keeper?.delete(tx, table);
    else tx.delete(this.tables, table.title);
  }

  addChain(tx: Transaction, table: Table, name: Named, base: Base | undefined, comment?: string): Chain {
    const chain = new Chain(table, name.text, base, comment);
    chain.handle = table.nextHandle();
    tx.set(table.chains, name.text, chain);
    return chain;
  }

  deleteChain(tx: Transaction, chain: Chain, at: Location): void {
    if (chain.uses > 0 || chain.rules.length > 0) {
      // The rules go with their chain, unless somebody jumps to it.
      if (chain.uses > 0) throw refused('EBUSY', at);
      for (const rule of [...chain.rules]) this.deleteRule(tx, chain, rule);
    }
    tx.delete(chain.table.chains, chain.name);
  }

  renameChain(tx: Transaction, chain: Chain, to: Named): void {
    const { chains } = chain.table;
    if (chains.has(to.text)) throw refused('EEXIST', to.at);
    const from = chain.name;
    const rekey = (name: string) => {
      chain.name = name;
      const all = [...chains.values()];
      chains.clear();
      for (const one of all) chains.set(one.name, one);
    };
    tx.change(
      () => rekey(to.text),
      () => rekey(from),
    );
  }

  /** Takes a checked rule in: its sets and itself get their numbers, its jumps their chains. */
  addRule(tx: Transaction, chain: Chain, rule: Rule, position: number, at?: Location, handle?: number): void {
    const { table } = chain;
    const binding = {
      at,
      chain: (verdict: VerdictSyntax) => {
        const target = this.#target(table, verdict);
        rule.targets.push(target);
        return target;
      },
      object: (kind: string, name: string, nameAt: Location) => {
        const object = this.#object(table, kind, { text: name, at: nameAt });
        rule.objects.push(object);
        return object;
      },
      bind: (set: NftSet) => {
        set.handle = table.nextHandle();
      },
    };
    for (const statement of rule.statements) statement.bind?.(binding);
    rule.handle = handle ?? table.nextHandle();
    rule.compile(this.runtime);
    for (const target of rule.targets) tx.use(target);
    for (const used of [...rule.sets, ...rule.objects]) tx.use(used);
    tx.insert(chain.rules, position, rule);
    tx.touched.add(table);
    if (tx.validating.has(table.title)) {
      const wrong = invalid(table);
      if (wrong !== undefined) throw refused(wrong, at);
    }
  }

  deleteRule(tx: Transaction, chain: Chain, rule: Rule): void {
    if (chain.table.keeper !== undefined) throw notOwn(chain.table, undefined);
    for (const target of rule.targets) tx.use(target, -1);
    for (const used of [...rule.sets, ...rule.objects]) tx.use(used, -1);
    tx.remove(chain.rules, rule);
  }

  #target(table: Table, { chain, chainAt, at }: VerdictSyntax): Chain {
    const named = { text: chain ?? '', at: chainAt ?? at };
    const target = table.chains.get(named.text);
    if (target === undefined) throw refused('ENOENT', named.at);
    if (target.base !== undefined) throw refused('EOPNOTSUPP', named.at);
    return target;
  }

  #object(table: Table, kind: string, name: Named): NamedObject {
    const object = table.objects.get(`${kind} ${name.text}`);
    if (object === undefined) throw refused('ENOENT', name.at);
    return object;
  }

  addSet(tx: Transaction, table: Table, set: NftSet): void {
    set.handle = table.nextHandle();
    tx.set(table.sets, set.name, set);
  }

  /** Adds what isn't there yet; `create` refuses what is. */
  addElements(tx: Transaction, table: Table, set: NftSet, drafts: readonly ElementDraft[], create: boolean): void {
    set.collect();
    for (const one of drafts) {
      if (
        (one.timeout !== undefined || one.expires !== undefined) &&
        !set.spec.flags.has('timeout') &&
        set.spec.timeout === undefined
      ) {
        throw refused('EINVAL', one.at);
      }
      if (set.spec.kind === 'map' && one.verdict === undefined && one.value === undefined)
        throw refused('EINVAL', one.at);
      const chain = (verdict: VerdictSyntax) => this.#target(table, { ...verdict, chainAt: one.at });
      const own = one.counter === undefined ? [] : [new ElementCounter(one.counter.packets, one.counter.bytes)];
      const statements = own.length > 0 ? own : set.spec.statements.map((statement) => statement.make());
      const element = makeElement(set, one, chain, statements);
      const known = set.elements.same(element);
      if (known !== undefined) {
        if (create || !sameData(known, element)) throw refused('EEXIST', one.at);
        continue;
      }
      this.#insert(tx, table, set, element);
    }
  }

  #insert(tx: Transaction, table: Table, set: NftSet, element: Element): void {
    if (element.data !== undefined && 'verdict' in element.data && 'chain' in element.data.verdict) {
      tx.use(element.data.verdict.chain as Chain);
    }
    tx.touched.add(table);
    tx.change(
      () => set.elements.add(element),
      () => set.elements.remove(element),
    );
  }

  deleteElement(tx: Transaction, set: NftSet, element: Element): void {
    if (element.data !== undefined && 'verdict' in element.data && 'chain' in element.data.verdict) {
      tx.use(element.data.verdict.chain as Chain, -1);
    }
    tx.change(
      () => set.elements.remove(element),
      () => set.elements.add(element),
    );
  }

  /** Lets what has been changed take effect: base chains enter and leave the hooks. */
  commit(): void {
    this.generation++;
    const wanted = new Set<Chain>();
    for (const table of this.tables.values()) {
      if (table.dormant) continue;
      for (const chain of table.chains.values()) if (chain.base !== undefined) wanted.add(chain);
    }
    for (const [chain, leave] of this.#hooks) {
      if (wanted.has(chain)) continue;
      leave();
      this.#hooks.delete(chain);
    }
    for (const chain of wanted) if (!this.#hooks.has(chain)) this.#hooks.set(chain, this.#enter(chain));
  }

  #enter(chain: Chain): () => void {
    const { stack } = this.runtime;
    const { type, hook, priority: at } = chain.base as Base;
    const name = `nftables ${chain.table.title} ${chain.name}`;
    if (type === 'nat' && hook !== 'forward') {
      const nat = { name, priority: at, run: (passage: Passage) => evaluateChain(this.runtime, chain, passage) };
      return enterNat(stack, hook, nat);
    }
    if (type === 'route') {
      return stack.hooks.register(hook, {
        name,
        priority: at,
        run: (passage) => {
          const { packet } = passage;
          const { mark } = passage.skb;
          const verdict = evaluateChain(this.runtime, chain, passage);
          if (packet !== passage.packet || mark !== passage.skb.mark) passage.reroute = true;
          return verdict;
        },
      });
    }
    return stack.hooks.register(hook, {
      name,
      priority: at,
      run: (passage) => evaluateChain(this.runtime, chain, passage),
    });
  }
}

function sameData(a: Element, b: Element): boolean {
  if (a.data === undefined || b.data === undefined) return a.data === b.data;
  if ('verdict' in a.data && 'verdict' in b.data) {
    const [x, y] = [a.data.verdict, b.data.verdict];
    return x.kind === y.kind && ('chain' in x ? x.chain : undefined) === ('chain' in y ? y.chain : undefined);
  }
  return 'value' in a.data && 'value' in b.data && String(a.data.value) === String(b.data.value);
}

const known = new WeakMap<Stack, Nftables>();

/** The namespace's nf_tables. */
export function nftablesOf(stack: Stack): Nftables {
  let nftables = known.get(stack);
  if (nftables === undefined) known.set(stack, (nftables = new Nftables(stack)));
  return nftables;
}
