import type { Milliseconds } from '../../../simulation/clock.ts';
import type { IpAddress } from '../../packet/address.ts';
import type { SctpState } from './sctp-state.ts';
import type { TcpState } from './tcp-state.ts';
import type { ConnectionEntry, Tracked, Tuple } from './tracked.ts';
import { type Direction, invertInto, type TrackedProtocol, type TupleFields } from './tuple.ts';

/** What has happened to a connection since its listeners were last told (enum ip_conntrack_events). */
export const CHANGED = { new: 1, reply: 2, assured: 4, protocol: 8, mark: 16 } as const;

/** Packets and bytes of one direction (nf_conn_counter). */
export interface ConnectionCounter {
  packets: number;
  bytes: number;
}

/** One direction of a connection where it hangs in the table (nf_conntrack_tuple_hash). */
export class TupleNode implements TupleFields {
  readonly connection: Connection;
  readonly direction: Direction;
  protocol: TrackedProtocol;
  source: IpAddress;
  destination: IpAddress;
  sourcePort: number;
  destinationPort: number;
  hash = 0;
  next: TupleNode | undefined = undefined;

  constructor(connection: Connection, direction: Direction, tuple: Tuple) {
    this.connection = connection;
    this.direction = direction;
    this.protocol = tuple.protocol;
    this.source = tuple.source;
    this.destination = tuple.destination;
    this.sourcePort = tuple.sourcePort;
    this.destinationPort = tuple.destinationPort;
  }
}

/** One connection (struct nf_conn). */
export class Connection implements ConnectionEntry {
  readonly id: number;
  readonly original: TupleNode;
  readonly reply: TupleNode;
  mark = 0;
  seenReply = false;
  assured = false;
  confirmed = false;
  sourceNat = false;
  destinationNat = false;
  /** A binding is made, be it that nothing is translated (IPS_SRC_NAT_DONE, IPS_DST_NAT_DONE). */
  sourceNatDone = false;
  destinationNatDone = false;
  /** The timeout stays as it is (IPS_FIXED_TIMEOUT): it has lost against a connection with the same tuple. */
  clashed = false;
  dying = false;
  readonly master: Connection | undefined = undefined;
  /** When it ends, by the clock; before it is confirmed: how long it will live. */
  expires: Milliseconds = 0;
  /** When it was confirmed. */
  since: Milliseconds = 0;
  /** `CHANGED` bits. */
  changed = 0;
  /** The device that it was masqueraded to the address of (masq_index). */
  masqueradeDevice: number | undefined = undefined;
  /** TCP's own; UDP's: when it becomes a stream. */
  tcp: TcpState | undefined = undefined;
  sctp: SctpState | undefined = undefined;
  streamFrom: Milliseconds = 0;
  /** With net.netfilter.nf_conntrack_acct: the original direction's, then the reply's. */
  counters: readonly [ConnectionCounter, ConnectionCounter] | undefined = undefined;
  #new: Tracked | undefined = undefined;
  #established: Tracked | undefined = undefined;
  #answered: Tracked | undefined = undefined;

  constructor(id: number, original: Tuple) {
    this.id = id;
    this.original = new TupleNode(this, 'original', original);
    this.reply = new TupleNode(this, 'reply', original);
    invertInto(original, this.reply);
  }

  /** `conntrack -L -z` */
  resetCounters(): void {
    for (const counter of this.counters ?? []) {
      counter.packets = 0;
      counter.bytes = 0;
    }
  }

  /** What a packet of it gets; made once, as packets are many. */
  tracked(direction: Direction): Tracked {
    if (direction === 'reply') {
      this.#answered ??= { entry: this, direction, state: 'established' };
      return this.#answered;
    }
    if (this.seenReply) {
      this.#established ??= { entry: this, direction, state: 'established' };
      return this.#established;
    }
    this.#new ??= { entry: this, direction, state: 'new' };
    return this.#new;
  }

  /** __nf_ct_refresh_acct. */
  refresh(now: Milliseconds, seconds: number): void {
    if (this.clashed) return;
    this.expires = this.confirmed ? now + seconds * 1000 : seconds * 1000;
  }

  /** Seconds until it ends, as tools print them. */
  timeout(now: Milliseconds): number {
    return Math.max(0, Math.floor((this.confirmed ? this.expires - now : this.expires) / 1000));
  }
}
