import type { TcpState } from '../entry.ts';

/** What ends a connection, step by step. */
type TcpEvent =
  /** The program closes it, or its sending half. */
  | 'close'
  /** The peer's FIN is here, and all that comes before it. */
  | 'fin'
  /** The peer has acknowledged our FIN. */
  | 'fin acknowledged';

/** RFC 9293, figure 5, from the established connection on. */
const TRANSITIONS: Readonly<Record<TcpEvent, Readonly<Partial<Record<TcpState, TcpState>>>>> = {
  close: { SYN_SENT: 'CLOSED', ESTABLISHED: 'FIN_WAIT1', CLOSE_WAIT: 'LAST_ACK' },
  fin: { ESTABLISHED: 'CLOSE_WAIT', FIN_WAIT1: 'CLOSING', FIN_WAIT2: 'TIME_WAIT' },
  'fin acknowledged': { FIN_WAIT1: 'FIN_WAIT2', CLOSING: 'TIME_WAIT', LAST_ACK: 'CLOSED' },
};

/** @returns the state that `event` leads to; undefined: it changes nothing there */
export function stateAfter(state: TcpState, event: TcpEvent): TcpState | undefined {
  return TRANSITIONS[event][state];
}
