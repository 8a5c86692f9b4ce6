import type { TcpSegment } from '../../packet/packet.ts';

/** RFC 7323, 2.3 */
const MOST_SCALE = 14;

/** What is known of one side of a TCP connection (struct ip_ct_tcp_state). Sequence numbers are unsigned 32-bit. */
export class TcpSide {
  /** Behind the last byte that it has sent. */
  end = 0;
  /** Behind the last byte that the other side lets it send. */
  maxEnd = 0;
  /** The largest window that it has offered; 0: nothing has come from it. */
  maxWindow = 0;
  /** The highest acknowledgement that it has sent, where it has sent one. */
  maxAck: number | undefined = undefined;
  scale = 0;
  /** It has offered window scaling (IP_CT_TCP_FLAG_WINDOW_SCALE). */
  scales = false;
  /** It takes selective acknowledgements (IP_CT_TCP_FLAG_SACK_PERM). */
  sacks = false;
  /** It was the first to close (IP_CT_TCP_FLAG_CLOSE_INIT). */
  closes = false;
  /** Its window isn't checked: it was picked up in the middle (IP_CT_TCP_FLAG_BE_LIBERAL). */
  liberal = false;
  /** It has sent what nobody has acknowledged (IP_CT_TCP_FLAG_DATA_UNACKNOWLEDGED). */
  unacknowledged = false;

  /** tcp_options: what a SYN says of windows and acknowledgements to come. */
  readOptions({ windowScale, sackPermitted, mss, timestamps }: TcpSegment): void {
    const none = windowScale === undefined && sackPermitted === undefined;
    if (none && mss === undefined && timestamps === undefined) return;
    // All flags go but that of a side that was picked up.
    this.maxAck = undefined;
    this.closes = false;
    this.unacknowledged = false;
    this.scale = Math.min(windowScale ?? 0, MOST_SCALE);
    this.scales = windowScale !== undefined;
    this.sacks = sackPermitted === true;
  }

  /** nf_ct_tcp_state_reset */
  reset(): void {
    this.end = 0;
    this.maxEnd = 0;
    this.maxWindow = 0;
    this.maxAck = undefined;
    this.scale = 0;
    this.scales = false;
    this.sacks = false;
    this.closes = false;
    this.unacknowledged = false;
  }
}

/** Which flags of a segment the table of states looks at (enum tcp_bit_set). */
export type SegmentKind = 'syn' | 'synack' | 'fin' | 'ack' | 'rst' | 'none';

export const TCP_STATES = [
  'NONE',
  'SYN_SENT',
  'SYN_RECV',
  'ESTABLISHED',
  'FIN_WAIT',
  'CLOSE_WAIT',
  'LAST_ACK',
  'TIME_WAIT',
  'CLOSE',
  'SYN_SENT2',
] as const;
export type TcpStateName = (typeof TCP_STATES)[number];

/** A TCP connection as it looks from the middle (struct ip_ct_tcp). */
export class TcpState {
  state: TcpStateName = 'NONE';
  readonly original = new TcpSide();
  readonly reply = new TcpSide();
  /** The last segment that was looked at. */
  lastKind: SegmentKind = 'none';
  lastReply = false;
  lastSequence = 0;
  lastAck = 0;
  lastEnd = 0;
  lastWindow = 0;
  lastScale = 0;
  lastScales = false;
  lastSacks = false;
  /** The same acknowledgement so many times. */
  retransmissions = 0;
  /** The answer to a SYN that was let through may be a challenge ACK (RFC 5961; IP_CT_EXP_CHALLENGE_ACK). */
  challenge = false;
  simultaneous = false;
}

/** Sequence numbers wrap (RFC 9293, 3.4). */
export function before(a: number, b: number): boolean {
  return ((a - b) | 0) < 0;
}

export function after(a: number, b: number): boolean {
  return ((b - a) | 0) < 0;
}
