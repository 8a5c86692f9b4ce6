import { expect, test } from 'vitest';
import { Lab } from '../network.fixture.ts';
import { Peers } from './peers.ts';

const A = 0x0a000001;
const B = 0x0a000002;

test('six errors at once, then one a second, for each host', async () => {
  const { clock } = new Lab();
  const peers = new Peers(clock);
  const first = Array.from({ length: 8 }, () => peers.allowIcmp(A, 1000));
  expect(first).toEqual([true, true, true, true, true, true, false, false]);
  expect(peers.allowIcmp(B, 1000)).toBe(true);
  await clock.runTo(1000);
  expect([peers.allowIcmp(A, 1000), peers.allowIcmp(A, 1000)]).toEqual([true, false]);
});

test('redirects: twice the time after each, nine at most, and anew after a silence', async () => {
  const { clock } = new Lab();
  const peers = new Peers(clock);
  const times: number[] = [];
  for (let now = 0; now <= 12_000; now += 10) {
    await clock.runTo(now);
    if (peers.allowRedirect(A)) times.push(now);
  }
  // 20 ms << n after the nth, as ip_rt_send_redirect counts.
  expect(times).toEqual([0, 50, 140, 310, 640, 1290, 2580, 5150, 10_280]);
  await clock.runTo(32_490);
  expect(peers.allowRedirect(A)).toBe(true);
});

test('a router without a way spends from the same bucket twice for each answer', () => {
  const peers = new Peers(new Lab().clock);
  const answered = Array.from({ length: 4 }, () => peers.allowUnreachable(A) && peers.allowIcmp(A, 1000));
  expect(answered).toEqual([true, true, false, false]);
});
