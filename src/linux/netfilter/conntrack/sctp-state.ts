export const SCTP_STATES = [
  'NONE',
  'CLOSED',
  'COOKIE_WAIT',
  'COOKIE_ECHOED',
  'ESTABLISHED',
  'SHUTDOWN_SENT',
  'SHUTDOWN_RECD',
  'SHUTDOWN_ACK_SENT',
  'HEARTBEAT_SENT',
] as const;
export type SctpStateName = (typeof SCTP_STATES)[number];

/** An SCTP association as it looks from the middle (struct ip_ct_sctp): of each pair the original side's comes first. */
export interface SctpState {
  state: SctpStateName;
  /** The verification tag that packets of each side carry; 0: not known. */
  readonly tags: [number, number];
  /** Which sides have sent an INIT. */
  readonly init: [boolean, boolean];
  /** This side sent a HEARTBEAT with another tag, which an answer will confirm (SCTP_FLAG_HEARTBEAT_VTAG_FAILED). */
  heartbeat: 0 | 1 | undefined;
}
