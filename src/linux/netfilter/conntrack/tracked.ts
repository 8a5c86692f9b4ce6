import type { IpAddress } from '../../packet/address.ts';

/** One direction of a connection (nf_conntrack_tuple). Ports are an ICMP echo's identifier, type and code where it is one. */
export interface Tuple {
  readonly protocol: 'tcp' | 'udp' | 'sctp' | 'icmp' | 'ipip';
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** TCP, UDP, SCTP: the port; ICMP: the identifier. */
  readonly sourcePort: number;
  /** TCP, UDP, SCTP: the port; ICMP: type * 256 + code. */
  readonly destinationPort: number;
}

/** An entry of the connection tracking table, as rules look at it (nf_conn). `conntrack.ts` makes and changes it. */
export interface ConnectionEntry {
  /** Unique in its namespace; `ct id`. */
  readonly id: number;
  readonly original: Tuple;
  /** Not the mirror of `original` where addresses were translated. */
  readonly reply: Tuple;
  /** `ct mark`, `-m connmark`. */
  mark: number;
  readonly seenReply: boolean;
  readonly assured: boolean;
  readonly confirmed: boolean;
  readonly sourceNat: boolean;
  readonly destinationNat: boolean;
  /** The connection that this one belongs to (RELATED). */
  readonly master: ConnectionEntry | undefined;
}

/** What a packet knows of its connection. A packet without one is INVALID, or nobody tracks. */
export interface Tracked {
  readonly entry: ConnectionEntry;
  readonly direction: 'original' | 'reply';
  readonly state: 'new' | 'established' | 'related' | 'untracked';
}

const nothing: Tuple = { protocol: 'tcp', source: 0, destination: 0, sourcePort: 0, destinationPort: 0 };

/** What a packet has that a rule has exempted (IP_CT_UNTRACKED); its entry stands for none. */
export const UNTRACKED: Tracked = {
  entry: Object.freeze({
    id: 0,
    original: nothing,
    reply: nothing,
    mark: 0,
    seenReply: false,
    assured: false,
    confirmed: false,
    sourceNat: false,
    destinationNat: false,
    master: undefined,
  }),
  direction: 'original',
  state: 'untracked',
};
