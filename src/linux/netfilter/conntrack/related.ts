import type { IcmpError, IpPacket } from '../../packet/packet.ts';
import type { TupleNode } from './connection.ts';
import type { ConnectionTable } from './table.ts';
import { emptyTuple, invertInto, readTuple } from './tuple.ts';

const inner = emptyTuple();
const answer = emptyTuple();

/**
 * nf_conntrack_inet_error: which connection an ICMP error belongs to. It is the one whose answers look like answers to
 * the packet inside, and only if the error goes where such an answer would.
 * @returns the direction that the error itself goes in; or why it belongs to none
 */
export function relatedTo(table: ConnectionTable, outer: IpPacket, { original }: IcmpError): TupleNode | string {
  if (!readTuple(original, inner)) return 'it is about a packet that no connection has';
  invertInto(inner, answer);
  const found = table.find(answer);
  if (found === undefined) return 'it is about no connection that is known';
  if (found.destination !== outer.destination) return 'outer daddr != inner saddr';
  return found;
}
