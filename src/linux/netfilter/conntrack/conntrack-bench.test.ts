import { expect, test } from 'vitest';
import { measureTrackedHops, trackConnections } from './conntrack.bench.ts';

test.each([false, true])('the bench of tracked hops counts what comes to the end of its row (nat: %s)', async (nat) => {
  const { hops, seconds } = await measureTrackedHops({ nat, milliseconds: 50 });
  expect(hops).toBeGreaterThan(1000);
  expect(seconds).toBeGreaterThan(0.04);
});

test('the bench of memory tracks as many connections as it says', () => {
  expect(trackConnections(5000).count).toBe(5000);
});
