import type { Connection, TupleNode } from './connection.ts';
import type { Tuple } from './tracked.ts';
import { hashTuple, sameTuple } from './tuple.ts';

const LEAST_BUCKETS = 64;
/** NF_CT_EVICTION_RANGE: this many buckets are searched for a connection that may go. */
const EVICTION_RANGE = 8;

/** All confirmed connections, found by the tuple of either direction (nf_conntrack_hash). It grows with its entries. */
export class ConnectionTable {
  #buckets: (TupleNode | undefined)[] = new Array<TupleNode | undefined>(LEAST_BUCKETS).fill(undefined);
  #nodes = 0;
  /** In the order in which they were confirmed. */
  readonly #connections = new Set<Connection>();

  get size(): number {
    return this.#connections.size;
  }

  values(): IterableIterator<Connection> {
    return this.#connections.values();
  }

  find(tuple: Tuple): TupleNode | undefined {
    const hash = hashTuple(tuple);
    for (let node = this.#buckets[hash & (this.#buckets.length - 1)]; node !== undefined; node = node.next) {
      if (node.hash === hash && sameTuple(node, tuple)) return node;
    }
    return undefined;
  }

  /** Both directions; neither may be there. */
  add(connection: Connection): void {
    this.#connections.add(connection);
    this.#insert(connection.original);
    this.#insert(connection.reply);
  }

  /** Its answers alone are found (hlist_nulls_add_fake in nf_ct_resolve_clash_harder), and no list shows it. */
  addReply(connection: Connection): void {
    this.#insert(connection.reply);
  }

  /** @returns false when it isn't there. */
  remove(connection: Connection): boolean {
    const listed = this.#connections.delete(connection);
    if (listed) this.#remove(connection.original);
    return this.#remove(connection.reply) || listed;
  }

  /** Those that `may` go, of the first bucket from this tuple's own on that has any (early_drop). */
  near(tuple: Tuple, may: (connection: Connection) => boolean): Connection[] {
    const start = hashTuple(tuple);
    for (let i = 0; i < EVICTION_RANGE; i++) {
      const found: Connection[] = [];
      let node = this.#buckets[(start + i) & (this.#buckets.length - 1)];
      for (; node !== undefined; node = node.next) {
        if (may(node.connection) && !found.includes(node.connection)) found.push(node.connection);
      }
      if (found.length > 0) return found;
    }
    return [];
  }

  #insert(node: TupleNode): void {
    if (this.#nodes >= this.#buckets.length) this.#grow();
    node.hash = hashTuple(node);
    const at = node.hash & (this.#buckets.length - 1);
    node.next = this.#buckets[at];
    this.#buckets[at] = node;
    this.#nodes++;
  }

  #remove(gone: TupleNode): boolean {
    const at = gone.hash & (this.#buckets.length - 1);
    let before: TupleNode | undefined;
    for (let node = this.#buckets[at]; node !== undefined; before = node, node = node.next) {
      if (node !== gone) continue;
      if (before === undefined) this.#buckets[at] = node.next;
      else before.next = node.next;
      node.next = undefined;
      this.#nodes--;
      return true;
    }
    return false;
  }

  #grow(): void {
    const old = this.#buckets;
    const buckets = new Array<TupleNode | undefined>(old.length * 2).fill(undefined);
    for (const first of old) {
      for (let node = first; node !== undefined; ) {
        const { next } = node;
        const at = node.hash & (buckets.length - 1);
        node.next = buckets[at];
        buckets[at] = node;
        node = next;
      }
    }
    this.#buckets = buckets;
  }
}
