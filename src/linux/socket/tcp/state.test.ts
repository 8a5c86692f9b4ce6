import { expect, test } from 'vitest';
import type { TcpState } from '../entry.ts';
import { stateAfter } from './state.ts';

/** RFC 9293, figure 5. */
const ways: readonly [string, TcpState[]][] = [
  ['close, fin acknowledged, fin', ['FIN_WAIT1', 'FIN_WAIT2', 'TIME_WAIT']],
  ['close, fin, fin acknowledged', ['FIN_WAIT1', 'CLOSING', 'TIME_WAIT']],
  ['fin, close, fin acknowledged', ['CLOSE_WAIT', 'LAST_ACK', 'CLOSED']],
];

test.each(ways)('an established connection that meets %s ends', (events, states) => {
  let state: TcpState = 'ESTABLISHED';
  const passed = events.split(', ').map((event) => {
    state = stateAfter(state, event as 'close') ?? state;
    return state;
  });
  expect(passed).toEqual(states);
});

test('what is over, or closed already, closes no further', () => {
  for (const state of ['CLOSED', 'TIME_WAIT', 'FIN_WAIT1', 'FIN_WAIT2', 'LAST_ACK'] as const) {
    expect(stateAfter(state, 'close')).toBeUndefined();
  }
  expect(stateAfter('TIME_WAIT', 'fin')).toBeUndefined();
  expect(stateAfter('ESTABLISHED', 'fin acknowledged')).toBeUndefined();
});
