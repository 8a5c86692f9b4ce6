import { expect, test } from 'vitest';
import { Between } from './tracker.fixture.ts';

/** What the kernel makes of the same chunks is compared in tests/differential/conntrack.test.ts. */
test('an association, its data and its end', () => {
  const between = new Between();
  expect([
    between.sctp(true, 0, { type: 'init', initiateTag: 11 }),
    between.sctp(false, 11, { type: 'init-ack', initiateTag: 22 }),
    between.sctp(true, 22, { type: 'cookie-echo' }),
    between.sctp(false, 11, { type: 'cookie-ack' }),
    between.sctp(true, 22, { type: 'data', sequence: 1, data: new Uint8Array(1) }),
    between.sctp(true, 22, { type: 'shutdown' }),
    between.sctp(false, 11, { type: 'shutdown-ack' }),
    between.sctp(true, 22, { type: 'shutdown-complete' }),
  ]).toEqual([
    'new CLOSED 10',
    'established COOKIE_WAIT 3',
    'established COOKIE_ECHOED 3',
    'established ESTABLISHED 210 assured',
    'established ESTABLISHED 210 assured',
    'established SHUTDOWN_SENT 3 assured',
    'established SHUTDOWN_ACK_SENT 3 assured',
    'established CLOSED 10 assured',
  ]);
});

test("another association's tag, chunks out of place and what begins nothing are INVALID", () => {
  const between = new Between();
  between.sctp(true, 0, { type: 'init', initiateTag: 11 });
  between.sctp(false, 11, { type: 'init-ack', initiateTag: 22 });
  expect(between.sctp(true, 5, { type: 'cookie-echo' })).toBe('- COOKIE_WAIT 3');
  expect(between.sctp(true, 5, { type: 'data', sequence: 1 })).toBe('- COOKIE_WAIT 3');
  expect(between.sctp(true, 22, { type: 'sack' }, { type: 'cookie-ack' })).toBe('- COOKIE_WAIT 3');
  expect(new Between().sctp(true, 5, { type: 'abort' })).toBe('- NONE 0');
  expect(new Between().sctp(true, 5, { type: 'init', initiateTag: 1 })).toBe('- NONE 0');
});

test('a heartbeat over another path passes, and its answer brings the new tag', () => {
  const between = new Between();
  expect(between.sctp(true, 7, { type: 'heartbeat' })).toBe('new HEARTBEAT_SENT 30');
  expect(between.sctp(false, 8, { type: 'heartbeat-ack' })).toBe('established ESTABLISHED 210 assured');
  expect(between.sctp(true, 9, { type: 'heartbeat' })).toBe('established ESTABLISHED 210 assured');
  expect(between.sctp(false, 10, { type: 'heartbeat-ack' })).toBe('established ESTABLISHED 210 assured');
});
