import type { Milliseconds } from '../../simulation/clock.ts';
import type { Endpoint, SocketOwner } from './endpoint.ts';

/** RFC 9293, 3.3.2, in the words of `ss` and /proc/net/tcp. */
export type TcpState =
  | 'SYN_SENT'
  | 'SYN_RECV'
  | 'ESTABLISHED'
  | 'FIN_WAIT1'
  | 'FIN_WAIT2'
  | 'CLOSE_WAIT'
  | 'CLOSING'
  | 'LAST_ACK'
  | 'TIME_WAIT'
  | 'CLOSED';

/** A socket as the kernel tells of it (sock_diag(7)). */
export interface SocketEntry {
  readonly protocol: 'tcp' | 'udp' | 'sctp' | 'icmp';
  readonly state: TcpState | 'LISTEN' | 'UNCONN';
  readonly local: Endpoint;
  readonly remote: Endpoint | undefined;
  /** SO_BINDTODEVICE. */
  readonly device?: string | undefined;
  /** Bytes that the program has not read; of a listener the connections that wait to be accepted. */
  readonly receiveQueue: number;
  /** Bytes that are not acknowledged; of a listener its backlog. */
  readonly sendQueue: number;
  /** Absent where no process has it any more. */
  readonly owner: SocketOwner | undefined;
  readonly fd: number;
  readonly inode: number;
  readonly uid: number;
  readonly mark?: number | undefined;
  readonly timer?: SocketTimer | undefined;
  readonly tcp?: TcpFigures | undefined;
}

export interface SocketTimer {
  /** `on`: retransmission. */
  readonly name: 'on' | 'keepalive' | 'timewait' | 'persist';
  /** From now. */
  readonly expires: Milliseconds;
  readonly retries: number;
}

/** struct tcp_info, as far as it is modelled. */
export interface TcpFigures {
  readonly timestamps: boolean;
  readonly sack: boolean;
  /** Absent without the option. */
  readonly scales?: { readonly send: number; readonly receive: number } | undefined;
  readonly timeout: Milliseconds;
  readonly backOff: number;
  readonly roundTrip?: { readonly smoothed: Milliseconds; readonly variation: Milliseconds } | undefined;
  readonly segment: number;
  readonly pathMtu: number;
  readonly advertisedSegment: number;
  /** In segments. */
  readonly congestion: number;
  readonly threshold?: number | undefined;
  readonly bytesSent: number;
  readonly bytesAcknowledged: number;
  readonly bytesReceived: number;
  readonly segmentsOut: number;
  readonly segmentsIn: number;
  readonly dataSegmentsOut: number;
  readonly dataSegmentsIn: number;
  readonly sinceSent: Milliseconds;
  readonly sinceReceived: Milliseconds;
  readonly sinceAcknowledged: Milliseconds;
  readonly unacknowledged: number;
  readonly repeated: number;
  readonly sendWindow: number;
}
