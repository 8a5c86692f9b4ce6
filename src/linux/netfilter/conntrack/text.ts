import type { Milliseconds } from '../../../simulation/clock.ts';
import { formatIp } from '../../packet/address.ts';
import type { Connection, ConnectionCounter } from './connection.ts';
import type { Tuple } from './tracked.ts';
import { trackers } from './trackers.ts';
import { PROTOCOL_NUMBERS } from './tuple.ts';

/** What `-o` adds. */
export interface ConnectionTextOptions {
  /** `-o extended`: the network protocol too. */
  readonly extended?: boolean;
  readonly id?: boolean;
  /** Events have no `use`, and `mark` only where there is one; what ends by itself has no time left. */
  readonly event?: 'NEW' | 'UPDATE' | 'DESTROY';
}

/** protoname of libnetfilter_conntrack: the others are `unknown`. */
function protocolName({ protocol }: Tuple): string {
  return protocol === 'ipip' ? 'unknown' : protocol;
}

function tupleText(tuple: Tuple): string {
  const { protocol, source, destination, sourcePort, destinationPort } = tuple;
  const addresses = `src=${formatIp(source)} dst=${formatIp(destination)} `;
  switch (protocol) {
    case 'ipip':
      return addresses;
    case 'icmp':
      return `${addresses}type=${destinationPort >> 8} code=${destinationPort & 255} id=${sourcePort} `;
    default:
      return `${addresses}sport=${sourcePort} dport=${destinationPort} `;
  }
}

function counterText(counter: ConnectionCounter | undefined): string {
  return counter === undefined ? '' : `packets=${counter.packets} bytes=${counter.bytes} `;
}

/** One line of `conntrack -L` or `-E` (libnetfilter_conntrack, conntrack/snprintf_default.c). */
export function connectionText(connection: Connection, now: Milliseconds, options: ConnectionTextOptions = {}): string {
  const { original, reply, counters, mark, seenReply, assured, id } = connection;
  const state = trackers[original.protocol].state?.(connection);
  let text = options.extended === true ? 'ipv4     2 ' : '';
  text += `${protocolName(original).padEnd(8)} ${PROTOCOL_NUMBERS[original.protocol]} `;
  const timeout = connection.timeout(now);
  if (options.event !== 'DESTROY' || timeout > 0) text += `${timeout} `;
  if (state !== undefined) text += `${state} `;
  text += `${tupleText(original)}${counterText(counters?.[0])}`;
  if (!seenReply) text += '[UNREPLIED] ';
  text += `${tupleText(reply)}${counterText(counters?.[1])}`;
  if (assured) text += '[ASSURED] ';
  if (options.event === undefined || mark !== 0) text += `mark=${mark} `;
  if (options.event === undefined) text += 'use=1 ';
  if (options.id === true) text += `id=${id} `;
  return text.trimEnd();
}
