import type { Device } from '../device/device.ts';
import { type IpAddress, netmask, type Prefix } from '../packet/address.ts';
import { type Route, tableNumber } from './route.ts';

type Bucket = Map<number, Route[]>;

/** One routing table: by prefix length, then by network; in a slot the lowest metric comes first. */
class Table {
  /** Index = prefix length. */
  readonly #byLength: (Bucket | undefined)[] = [];

  /** The route that the longest matching prefix has; with `device`, only routes out of that one count. */
  lookup(destination: number, device: Device | undefined): Route | undefined {
    for (let length = 32; length >= 0; length--) {
      const found = this.#byLength[length]?.get((destination & netmask(length)) >>> 0);
      if (found === undefined) continue;
      for (const route of found) {
        if (device === undefined || route.device === undefined || route.device === device) return route;
      }
    }
    return undefined;
  }

  slot({ address, length }: Prefix): readonly Route[] {
    return this.#byLength[length]?.get(address as number) ?? [];
  }

  /** Behind those of the same or a lower metric. */
  insert(route: Route): void {
    const { address, length } = route.destination;
    const bucket: Bucket = this.#byLength[length] ?? new Map();
    this.#byLength[length] = bucket;
    const slot = bucket.get(address as number);
    if (slot === undefined) {
      bucket.set(address as number, [route]);
      return;
    }
    const at = slot.findIndex((other) => other.metric > route.metric);
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

/** The look-ups of this many destinations are remembered. */
const CACHE_LIMIT = 4096;

/** The forwarding information base: all tables, and the rule list `0: local, 32766: main, 32767: default`. */
export class Fib {
  readonly #tables = new Map<number, Table>();
  readonly #cache = new Map<IpAddress, Route | null>();

  /** Which route a packet to `destination` takes; `device` asks for one out of that device alone. */
  lookup(destination: IpAddress, device?: Device): Route | undefined {
    if (device !== undefined) return this.#lookup(destination as number, device);
    const known = this.#cache.get(destination);
    if (known !== undefined) return known ?? undefined;
    const route = this.#lookup(destination as number, undefined);
    if (this.#cache.size >= CACHE_LIMIT) this.#cache.clear();
    this.#cache.set(destination, route ?? null);
    return route;
  }

  #lookup(destination: number, device: Device | undefined): Route | undefined {
    for (const number of [tableNumber.local, tableNumber.main, tableNumber.default]) {
      // A device that is asked for is the packet's way out; the local table is about the way in.
      const asked = number === tableNumber.local ? undefined : device;
      const route = this.#tables.get(number)?.lookup(destination, asked);
      if (route !== undefined) return route;
    }
    return undefined;
  }

  /** Is this one of the namespace's own addresses? */
  isLocal(address: IpAddress): boolean {
    return this.lookup(address)?.type === 'local';
  }

  /** Adds behind what is there with the same destination and metric. */
  append(route: Route): void {
    let table = this.#tables.get(route.table);
    if (table === undefined) this.#tables.set(route.table, (table = new Table()));
    table.insert(route);
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

  /** The routes of one table with this very destination, lowest metric first. */
  exact(destination: Prefix, table: number): readonly Route[] {
    return this.#tables.get(table)?.slot(destination) ?? [];
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
