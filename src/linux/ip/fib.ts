import { scopeNumber } from '../device/interface-address.ts';
import { type IpAddress, netmask, type Prefix } from '../packet/address.ts';
import type { Flow } from './flow.ts';
import { choosePath, type HashPolicy } from './multipath.ts';
import type { Route } from './route.ts';
import { defaultRules, type Rule, ruleMatches } from './rule.ts';
import { tableNumber } from './table.ts';

type Bucket = Map<number, Route[]>;

/** The look-ups of this many destinations are remembered. */
const CACHE_LIMIT = 4096;

/** One routing table: by prefix length, then by network; in a slot the lowest metric comes first. */
class Table {
  /** Index = prefix length. */
  readonly #byLength: (Bucket | undefined)[] = [];

  /** The route that the longest matching prefix has, of those that the flow may take. */
  lookup(destination: number, flow: Flow | undefined): Route | undefined {
    for (let length = 32; length >= 0; length--) {
      const found = this.#byLength[length]?.get((destination & netmask(length)) >>> 0);
      if (found === undefined) continue;
      for (const route of found) {
        const usable = flow === undefined ? alive(route) : permitted(route, flow);
        if (usable !== undefined) return usable;
      }
    }
    return undefined;
  }

  get empty(): boolean {
    return this.#byLength.every((bucket) => bucket === undefined);
  }

  slot({ address, length }: Prefix): readonly Route[] {
    return this.#byLength[length]?.get(address as number) ?? [];
  }

  /** Behind those of the same or a lower metric, or before those of the same. */
  insert(route: Route, first: boolean): void {
    const { address, length } = route.destination;
    const bucket: Bucket = this.#byLength[length] ?? new Map();
    this.#byLength[length] = bucket;
    const slot = bucket.get(address as number);
    if (slot === undefined) {
      bucket.set(address as number, [route]);
      return;
    }
    const at = slot.findIndex((other) => (first ? other.metric >= route.metric : other.metric > route.metric));
    slot.splice(at < 0 ? slot.length : at, 0, route);
  }

  remove(route: Route): void {
    const { address, length } = route.destination;
    const bucket = this.#byLength[length];
    const slot = bucket?.get(address as number);
    const at = slot?.indexOf(route) ?? -1;
    if (at < 0) return;
    slot?.splice(at, 1);
    if (slot?.length === 0) bucket?.delete(address as number);
    if (bucket?.size === 0) this.#byLength[length] = undefined;
  }

  /** Puts a route exactly where another one with its destination was. */
  replace(old: Route, route: Route): void {
    const slot = this.slot(old.destination) as Route[];
    slot[slot.indexOf(old)] = route;
  }

  /** As the kernel's trie dumps them: by network, for one network the longest prefix first. */
  list(): Route[] {
    const all: Route[] = [];
    for (const bucket of this.#byLength)
      if (bucket !== undefined) for (const slot of bucket.values()) all.push(...slot);
    return all.sort((a, b) => {
      const network = (a.destination.address as number) - (b.destination.address as number);
      return network !== 0 ? network : b.destination.length - a.destination.length;
    });
  }
}

function ignored({ device }: Route): boolean {
  return device !== undefined && device.inet.ignore_routes_with_linkdown !== 0 && !device.carrier;
}

/** fib_table_lookup's look at one route without a device that is asked for. */
function alive(route: Route): Route | undefined {
  const { paths } = route;
  if (paths === undefined) return ignored(route) ? undefined : route;
  return paths.every((path) => path.device?.up !== true || ignored(path)) ? undefined : route;
}

function permitted(route: Route, { out, leastScope }: Flow): Route | undefined {
  if (leastScope !== undefined && scopeNumber[route.scope] < leastScope) return undefined;
  if (out === undefined || route.device === undefined) return route.paths === undefined ? route : alive(route);
  if (route.paths !== undefined) return route.paths.find((path) => path.device === out && out.up);
  return route.device === out && !ignored(route) ? route : undefined;
}

/** What a rule leads to that does not look into a table: fib4_rule_action in net/ipv4/fib_rules.c. */
function ruleRoute(rule: Rule, type: 'blackhole' | 'unreachable' | 'prohibit'): Route {
  return {
    type,
    destination: { address: 0, length: 0 },
    table: 0,
    protocol: 'boot',
    scope: 'global',
    metric: 0,
    onlink: false,
    rule,
  };
}

/** The forwarding information base: all tables, and the rules that say which of them are asked. */
export class Fib {
  readonly #tables = new Map<number, Table>();
  readonly #cache = new Map<IpAddress, Route | null>();
  #rules: readonly Rule[] = defaultRules;
  /** local and main are one trie until somebody changes the rules (fib_unmerge): the longest prefix of both wins. */
  #merged = true;
  /** What shares out flows among next hops; the namespace sets it. */
  hash: HashPolicy = { policy: 0, seed: 0 };

  /** Only the rules that every namespace starts with: the destination alone decides. */
  get plain(): boolean {
    return this.#rules === defaultRules;
  }

  /** Are local and main still one? `ip route get` then takes what it finds for main's. */
  get merged(): boolean {
    return this.#merged;
  }

  /** In the order in which they are asked. */
  get rules(): readonly Rule[] {
    return this.#rules;
  }

  /** Replaces the rule list; its order is by priority. */
  setRules(rules: readonly Rule[]): void {
    const usual = rules.length === defaultRules.length && rules.every((rule, i) => rule === defaultRules[i]);
    this.#rules = usual ? defaultRules : rules;
    this.#merged = false;
    this.#cache.clear();
  }

  /**
   * Which route a packet takes (fib_lookup): of a multipath route, the path of its flow. `undefined`: there is none.
   * With the default rules alone any packet is flow enough.
   */
  lookup(flow: Flow): Route | undefined {
    let route: Route | undefined;
    if (this.#rules === defaultRules && flow.out === undefined && flow.leastScope === undefined) {
      const { destination } = flow;
      const known = this.#cache.get(destination);
      if (known !== undefined) route = known ?? undefined;
      else {
        route = this.#unmemorized(destination as number, undefined);
        if (this.#cache.size >= CACHE_LIMIT) this.#cache.clear();
        this.#cache.set(destination, route ?? null);
      }
    } else if (this.#rules === defaultRules) route = this.#unmemorized(flow.destination as number, flow);
    else route = this.#byRules(flow);
    return route?.paths === undefined ? route : choosePath(route.paths, flow, this.hash);
  }

  #unmemorized(destination: number, flow: Flow | undefined): Route | undefined {
    const local = this.#tables.get(tableNumber.local)?.lookup(destination, flow);
    const main = this.#tables.get(tableNumber.main)?.lookup(destination, flow);
    let best = local ?? main;
    if (this.#merged && main !== undefined && main.destination.length > (best?.destination.length ?? 0)) best = main;
    if (best !== undefined && best.type !== 'throw') return best;
    const last = this.#tables.get(tableNumber.default)?.lookup(destination, flow);
    return last?.type === 'throw' ? undefined : last;
  }

  #byRules(flow: Flow): Route | undefined {
    const rules = this.#rules;
    for (let i = 0; i < rules.length; i++) {
      const rule = rules[i] as Rule;
      if (!ruleMatches(rule, flow)) continue;
      const { action } = rule;
      if (action.kind === 'lookup') {
        const route = this.#tables.get(action.table)?.lookup(flow.destination as number, flow);
        if (route === undefined || route.type === 'throw') continue;
        if (route.destination.length <= (rule.suppressPrefixLength ?? -1)) continue;
        return route;
      }
      if (action.kind === 'goto') {
        // Only forwards: fib_nl2rule refuses the rest. Without a target the rule does nothing.
        const target = rules.findIndex(({ priority }) => priority === action.priority);
        if (target > i) i = target - 1;
      } else if (action.kind !== 'nop') return ruleRoute(rule, action.kind);
    }
    return undefined;
  }

  /** Is this one of the namespace's own addresses? (inet_addr_type: the local table alone says so.) */
  isLocal(address: IpAddress): boolean {
    return this.addressType(address) === 'local';
  }

  /** `unicast` is everybody else. */
  addressType(address: IpAddress): 'local' | 'broadcast' | 'unicast' {
    let route: Route | undefined | null;
    // __inet_dev_addr_type: before there was any address, everybody.
    if (!this.#tables.has(tableNumber.local)) return 'broadcast';
    if (this.#rules === defaultRules) route = this.#cache.get(address) ?? this.lookup({ destination: address });
    else route = this.#tables.get(tableNumber.local)?.lookup(address as number, undefined);
    return route?.type === 'local' || route?.type === 'broadcast' ? route.type : 'unicast';
  }

  /** Adds behind, or before, what is there with the same destination and metric. */
  insert(route: Route, first = false): void {
    let table = this.#tables.get(route.table);
    if (table === undefined) this.#tables.set(route.table, (table = new Table()));
    table.insert(route, first);
    this.#cache.clear();
  }

  /** Both have the same table, destination and metric. */
  replace(old: Route, route: Route): void {
    this.#tables.get(old.table)?.replace(old, route);
    this.#cache.clear();
  }

  remove(route: Route): void {
    this.#tables.get(route.table)?.remove(route);
    this.#cache.clear();
  }

  /** A device's state has changed: what was remembered may not hold. */
  forget(): void {
    this.#cache.clear();
  }

  /** One table's longest match, whatever the rules say. */
  lookupIn(table: number, flow: Flow): Route | undefined {
    return this.#tables.get(table)?.lookup(flow.destination as number, flow);
  }

  /** The routes of one table with this very destination, lowest metric first. */
  exact(destination: Prefix, table: number): readonly Route[] {
    return this.#tables.get(table)?.slot(destination) ?? [];
  }

  /** Has anything ever been in it? The kernel makes a table with its first route, and keeps it. */
  hasTable(table: number): boolean {
    return this.#tables.has(table);
  }

  /** One table, or (as `ip route show table all`) every one of them. */
  routes(table?: number): readonly Route[] {
    if (table !== undefined) return this.#tables.get(table)?.list() ?? [];
    const numbers = [...this.#tables.keys()].sort((a, b) => a - b);
    return numbers.flatMap((number) => this.#tables.get(number)?.list() ?? []);
  }

  removeWhere(gone: (route: Route) => boolean): void {
    for (const route of this.routes()) if (gone(route)) this.remove(route);
  }
}
