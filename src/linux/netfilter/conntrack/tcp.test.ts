import { expect, test } from 'vitest';
import { Between } from './tracker.fixture.ts';

/** What the kernel makes of the same segments is compared in tests/differential/conntrack.test.ts. */
function open(): Between {
  const between = new Between();
  between.tcp(true, 'S', 100);
  between.tcp(false, 'SA', 500, 101);
  between.tcp(true, 'A', 101, 501);
  return between;
}

test('a handshake, and a close from the client', () => {
  const between = new Between();
  expect([
    between.tcp(true, 'S', 100),
    between.tcp(false, 'SA', 500, 101),
    between.tcp(true, 'A', 101, 501),
    between.tcp(true, 'AF', 101, 501),
    between.tcp(false, 'A', 501, 102),
    between.tcp(false, 'AF', 501, 102),
    between.tcp(true, 'A', 102, 502),
  ]).toEqual([
    'new SYN_SENT 120',
    'established SYN_RECV 60',
    'established ESTABLISHED 432000 assured',
    'established FIN_WAIT 120 assured',
    'established CLOSE_WAIT 60 assured',
    'established LAST_ACK 30 assured',
    'established TIME_WAIT 120 assured',
  ]);
});

test('data that nobody acknowledges shortens the timeout', () => {
  const between = open();
  expect(between.tcp(true, 'A', 101, 501, { data: new Uint8Array(10) })).toBe('established ESTABLISHED 300 assured');
  expect(between.tcp(false, 'A', 501, 111)).toBe('established ESTABLISHED 432000 assured');
});

test('the same acknowledgement four times, or a closed window, shortens it too', () => {
  const between = open();
  for (let i = 0; i < 3; i++) between.tcp(false, 'A', 501, 101);
  expect(between.tcp(false, 'A', 501, 101)).toBe('established ESTABLISHED 300 assured');
  const other = open();
  expect(other.tcp(false, 'A', 501, 101, { window: 0 })).toBe('established ESTABLISHED 300 assured');
});

test('segments outside the window are INVALID, unless nf_conntrack_tcp_be_liberal says otherwise', () => {
  const between = open();
  expect(between.tcp(true, 'A', 200_000, 501)).toBe('- ESTABLISHED 432000 assured');
  expect(between.tcp(true, 'A', 101, 900)).toBe('- ESTABLISHED 432000 assured');
  between.conntrack.settings.tcp_be_liberal = 1;
  expect(between.tcp(true, 'A', 101, 900)).toBe('established ESTABLISHED 432000 assured');
});

test('windows are scaled when both sides offer it', () => {
  const between = new Between();
  between.tcp(true, 'S', 100, 0, { windowScale: 7 });
  between.tcp(false, 'SA', 500, 101, { windowScale: 7 });
  between.tcp(true, 'A', 101, 501);
  between.tcp(false, 'A', 501, 101);
  expect(between.tcp(true, 'A', 101 + 120_000, 501)).toContain('established');
  expect(open().tcp(true, 'A', 101 + 120_000, 501)).toContain('-');
});

test('a reset ends it at the expected sequence number only', () => {
  const between = open();
  expect(between.tcp(false, 'R', 400)).toBe('- ESTABLISHED 432000 assured');
  expect(between.tcp(false, 'R', 600)).toBe('established ESTABLISHED 10 assured');
  expect(between.tcp(false, 'R', 501)).toBe('established CLOSE 10 assured');
});

test('a SYN reopens what was closed in order, and is let through where the connection goes on', () => {
  const between = open();
  expect(between.tcp(true, 'S', 900)).toBe('established ESTABLISHED 432000 assured');
  between.tcp(true, 'AF', 101, 501);
  between.tcp(false, 'AF', 501, 102);
  expect(between.tcp(true, 'A', 102, 502)).toBe('established TIME_WAIT 120 assured');
  expect(between.tcp(true, 'S', 9000)).toBe('new SYN_SENT 120');
});

test('a SYN/ACK to a SYN that was let through: both sides have a new connection', () => {
  const between = open();
  between.tcp(true, 'S', 900);
  expect(between.tcp(false, 'SA', 7000, 901)).toBe('established SYN_RECV 60 assured');
  expect(between.tcp(true, 'A', 901, 7001)).toBe('established ESTABLISHED 432000 assured');
});

test('what begins in the middle is picked up, where nf_conntrack_tcp_loose lets it', () => {
  const between = new Between();
  expect(between.tcp(true, 'A', 101, 501)).toBe('new ESTABLISHED 300');
  expect(between.tcp(false, 'A', 501, 101)).toBe('established ESTABLISHED 300');
  expect(between.tcp(true, 'A', 101, 501)).toBe('established ESTABLISHED 432000 assured');
  const strict = new Between();
  strict.conntrack.settings.tcp_loose = 0;
  expect(strict.tcp(true, 'A', 101, 501)).toBe('- NONE 0');
});

test('flags that are never together, and answers to nothing, are INVALID', () => {
  expect(new Between().tcp(true, 'SF', 1)).toBe('- NONE 0');
  expect(new Between().tcp(true, '', 1)).toBe('- NONE 0');
  expect(new Between().tcp(true, 'R', 1)).toBe('- NONE 0');
  expect(new Between().tcp(true, 'SA', 1, 1)).toBe('- NONE 0');
});

test('a refused connection is gone with the RST', () => {
  const between = new Between();
  between.tcp(true, 'S', 100);
  expect(between.tcp(false, 'RA', 0, 101)).toBe('established NONE 0');
});
