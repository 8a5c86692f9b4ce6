import type { Milliseconds } from '../../../simulation/clock.ts';
import type { IpPacket, Segment } from '../../packet/packet.ts';
import type { Connection } from './connection.ts';
import type { Settings } from './settings.ts';

/** What the trackers of the protocols work with. */
export interface Tracking {
  readonly settings: Readonly<Settings>;
  now(): Milliseconds;
  /** Takes it out of the table (nf_ct_kill). @returns false when it is gone already. */
  kill(connection: Connection): boolean;
}

/**
 * What a protocol's tracker says of a packet. `undefined`: it belongs to its connection. `invalid`: to none, whatever its
 * addresses say. `repeat`: its connection is over and out of the table, it begins another.
 */
export type Outcome = undefined | { readonly invalid: string } | 'repeat';

/** One protocol's part of connection tracking (struct nf_conntrack_l4proto). */
export interface Tracker<Payload extends Segment = Segment> {
  readonly protocol: Payload['protocol'];
  /** For the reference page. */
  readonly summary: string;
  readonly leavesOut?: string;
  /** A new connection with an existing one's tuple gives way to it, and its packet goes on (allow_clash). */
  readonly allowsClash: boolean;
  /** Sees each packet; sets the state and the timeout. `connection` is new when it isn't confirmed. */
  packet(connection: Connection, reply: boolean, payload: Payload, tracking: Tracking, packet: IpPacket): Outcome;
  /** The state as tools print it, where the protocol has states. */
  state?(connection: Connection): string;
  /** A rule has refused the connection itself, on behalf of an end (nf_conntrack_set_closing). */
  close?(connection: Connection, tracking: Tracking): void;
  /** May even an assured one go when the table is full? */
  mayDropEarly?(connection: Connection): boolean;
}
