import type { Stack } from '../../ip/stack.ts';
import type { Value } from './element.ts';
import type { Entry, IpSet } from './ip-set.ts';
import { SetProblem, setMessages } from './set-problem.ts';
import type { Part } from './set-type.ts';

/** The sets of one namespace, by name, in the order in which they were made. */
export class Sets {
  readonly #sets = new Map<string, IpSet>();
  readonly #users = new Set<(name: string) => number>();

  /** As they are listed: sets of sets last, so that what they name is there when a file is restored. */
  list(): readonly (readonly [string, IpSet])[] {
    const all = [...this.#sets];
    const lists = all.filter(([, set]) => set.type.name === 'list:set');
    return [...all.filter((one) => !lists.includes(one)), ...lists];
  }

  find(name: string): IpSet | undefined {
    return this.#sets.get(name);
  }

  /** Throws `SetProblem` where there is none. */
  get(name: string): IpSet {
    const set = this.#sets.get(name);
    if (set === undefined) throw new SetProblem(setMessages.noSet);
    return set;
  }

  put(name: string, set: IpSet): void {
    this.#sets.set(name, set);
  }

  /** Who else holds sets (a table's rules) says how often it holds one. */
  usedBy(count: (name: string) => number): void {
    this.#users.add(count);
  }

  /** By rules and by sets of sets. */
  references(name: string): number {
    let count = 0;
    for (const user of this.#users) count += user(name);
    for (const set of this.#sets.values()) {
      if (set.type.name === 'list:set') count += set.entries().filter(({ element }) => element[0] === name).length;
    }
    return count;
  }

  /** Throws `SetProblem` where it is in use. */
  destroy(name: string): void {
    this.get(name);
    if (this.references(name) > 0) {
      throw new SetProblem('Set cannot be destroyed: it is in use by a kernel component');
    }
    this.#sets.delete(name);
  }

  destroyAll(): void {
    for (const name of this.#sets.keys()) {
      const held = [...this.#users].some((user) => user(name) > 0);
      if (held) throw new SetProblem('Set cannot be destroyed: it is in use by a kernel component');
    }
    this.#sets.clear();
  }

  rename(from: string, to: string): void {
    this.get(from);
    if (this.references(from) > 0) throw new SetProblem('Set cannot be renamed: it is in use by another system');
    if (this.#sets.has(to)) throw new SetProblem('Set cannot be renamed: a set with the new name already exists');
    const renamed = [...this.#sets].map(([name, set]) => [name === from ? to : name, set] as const);
    this.#sets.clear();
    for (const [name, set] of renamed) this.#sets.set(name, set);
  }

  /** The contents change names; who holds a name finds the other content. */
  swap(from: string, to: string): void {
    const first = this.get(from);
    const second = this.find(to);
    if (second === undefined) throw new SetProblem('Sets cannot be swapped: the second set does not exist');
    if (first.type !== second.type) throw new SetProblem('The sets cannot be swapped: their type does not match');
    this.#sets.set(from, second);
    this.#sets.set(to, first);
  }

  /** ip_set_test: is the packet in the set, or in one of a set of sets? */
  meets(name: string, asked: Asked): boolean {
    const set = this.#sets.get(name);
    if (set === undefined) return false;
    if (set.type.name !== 'list:set') return meetsSet(set, asked);
    const { counters } = set.options;
    const inSub = { ...asked, takes: asked.takesSub };
    return set.entries().some((entry) => this.meets(String(entry.element[0]), inSub) && asked.takes(entry, counters));
  }
}

/** What a rule asks of a packet. */
export interface Asked {
  /** What the packet has at the place of each part; `undefined`: it has no such thing, or it can't be read. */
  readonly valuesOf: (parts: readonly Part[]) => readonly Value[] | undefined;
  /** How many parts the rule names. */
  readonly most: number;
  /** The other way round: only what a set of networks leaves out counts (--return-nomatch). */
  readonly wantsNomatch: boolean;
  /** ip_set_match_extensions: compares an entry's counters and counts; `counters`: whether its set has any. */
  readonly takes: (entry: Entry, counters: boolean) => boolean;
  /** The same of the sets in a set of sets. */
  readonly takesSub: (entry: Entry, counters: boolean) => boolean;
}

function meetsSet(set: IpSet, { valuesOf, most, wantsNomatch, takes }: Asked): boolean {
  const { parts } = set.type;
  if (parts.length > most) return false;
  const values = valuesOf(parts);
  if (values === undefined) return false;
  const { counters } = set.options;
  const entry = set.lookup(values, (one) => takes(one, counters));
  if (entry === undefined) return false;
  return entry.nomatch === (wantsNomatch && parts.includes('net'));
}

const known = new WeakMap<Stack, Sets>();

/** The namespace's sets. */
export function setsOf(stack: Stack): Sets {
  let sets = known.get(stack);
  if (sets === undefined) known.set(stack, (sets = new Sets()));
  return sets;
}
