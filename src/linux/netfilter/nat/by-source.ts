import type { Connection } from '../conntrack/connection.ts';
import type { Tuple } from '../conntrack/tracked.ts';
import { invertInto, type TupleFields } from '../conntrack/tuple.ts';

/**
 * The translated connections by what they came from (nf_nat_bysource): the next one from the same address and port gets
 * the same translation, whoever it goes to.
 */
export class BySource {
  readonly #connections = new Map<string, Connection[]>();

  add(connection: Connection): void {
    const key = keyOf(connection.original);
    const list = this.#connections.get(key);
    if (list === undefined) this.#connections.set(key, [connection]);
    else list.unshift(connection);
  }

  remove(connection: Connection): void {
    const key = keyOf(connection.original);
    const list = this.#connections.get(key);
    const at = list?.indexOf(connection) ?? -1;
    if (list === undefined || at < 0) return;
    if (list.length === 1) this.#connections.delete(key);
    else list.splice(at, 1);
  }

  /** find_appropriate_src: `tuple` with the source that an earlier connection from there was given, if that is `right`. */
  find(tuple: Tuple, right: (mapped: TupleFields) => boolean): TupleFields | undefined {
    for (const { reply } of this.#connections.get(keyOf(tuple)) ?? []) {
      const mapped = { ...tuple };
      invertInto(reply, mapped);
      mapped.destination = tuple.destination;
      mapped.destinationPort = tuple.destinationPort;
      if (right(mapped)) return mapped;
    }
    return undefined;
  }
}

function keyOf({ protocol, source, sourcePort }: Tuple): string {
  return `${protocol} ${source} ${sourcePort}`;
}
