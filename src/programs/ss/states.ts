import type { SocketEntry } from '../../linux/socket/entry.ts';

type State = SocketEntry['state'];

/** A state: what the filter calls it, and what the column says. `CLOSED` is what the kernel has for UDP's UNCONN. */
const STATES: readonly (readonly [state: State, filter: string, column: string])[] = [
  ['ESTABLISHED', 'established', 'ESTAB'],
  ['SYN_SENT', 'syn-sent', 'SYN-SENT'],
  ['SYN_RECV', 'syn-recv', 'SYN-RECV'],
  ['FIN_WAIT1', 'fin-wait-1', 'FIN-WAIT-1'],
  ['FIN_WAIT2', 'fin-wait-2', 'FIN-WAIT-2'],
  ['TIME_WAIT', 'time-wait', 'TIME-WAIT'],
  ['UNCONN', 'unconnected', 'UNCONN'],
  ['CLOSE_WAIT', 'close-wait', 'CLOSE-WAIT'],
  ['LAST_ACK', 'last-ack', 'LAST-ACK'],
  ['LISTEN', 'listening', 'LISTEN'],
  ['CLOSING', 'closing', 'CLOSING'],
];

export const ALL: ReadonlySet<State> = new Set(STATES.map(([state]) => state));
const CONNECTED = without(ALL, ['LISTEN', 'UNCONN']);
/** What is shown when nothing else is asked for. */
export const DEFAULT = without(CONNECTED, ['TIME_WAIT', 'SYN_RECV']);
export const LISTENING: ReadonlySet<State> = new Set(['LISTEN', 'UNCONN']);

/** ss(8), STATE-FILTER. */
const GROUPS: Readonly<Record<string, ReadonlySet<State>>> = {
  all: ALL,
  connected: CONNECTED,
  synchronized: without(CONNECTED, ['SYN_SENT']),
  bucket: new Set(['SYN_RECV', 'TIME_WAIT']),
  big: without(ALL, ['SYN_RECV', 'TIME_WAIT']),
  close: new Set(['UNCONN']),
  closed: new Set(['UNCONN']),
  'syn-rcv': new Set(['SYN_RECV']),
};

function without(states: ReadonlySet<State>, left: readonly State[]): ReadonlySet<State> {
  return new Set([...states].filter((state) => !left.includes(state)));
}

/** The states that a word of the filter means; undefined for a wrong one. */
export function statesNamed(word: string): ReadonlySet<State> | undefined {
  const group = GROUPS[word.toLowerCase()];
  if (group !== undefined) return group;
  const found = STATES.find(([, name]) => name === word.toLowerCase());
  return found === undefined ? undefined : new Set([found[0]]);
}

export function stateColumn(state: State): string {
  return STATES.find(([known]) => known === state)?.[2] ?? 'UNCONN';
}
