import type { Connection, TupleNode } from './connection.ts';
import type { ConnectionTable } from './table.ts';
import { trackers } from './trackers.ts';
import { sameTuple } from './tuple.ts';

/** What became of a new connection at the end of its first packet's way. */
export type Confirmed = 'confirmed' | 'hidden' | { readonly instead: TupleNode } | 'clash';

/** nf_ct_match: the same both ways. */
function same(a: Connection, b: Connection): boolean {
  return sameTuple(a.original, b.original) && sameTuple(a.reply, b.reply);
}

/**
 * __nf_conntrack_confirm: into the table, where no other connection has its tuples by now. Where one has
 * (nf_ct_resolve_clash): the packet goes on with the other one, or this one is found by its answers only, or it is a
 * clash and the packet is dropped.
 */
export function confirm(
  table: ConnectionTable,
  connection: Connection,
  find: (tuple: TupleNode) => TupleNode | undefined,
): Confirmed {
  const taken = find(connection.original) ?? find(connection.reply);
  if (taken === undefined) {
    table.add(connection);
    return 'confirmed';
  }
  if (!trackers[connection.original.protocol].allowsClash) return 'clash';
  const first = taken.connection;
  const translated = first.sourceNatDone || first.destinationNatDone;
  if (!translated || same(first, connection)) return { instead: taken };
  const answered = find(connection.reply);
  if (answered !== undefined) {
    const other = answered.connection;
    const free = !other.sourceNatDone && !other.destinationNatDone;
    return free || same(other, connection) ? { instead: answered } : 'clash';
  }
  table.addReply(connection);
  return 'hidden';
}
