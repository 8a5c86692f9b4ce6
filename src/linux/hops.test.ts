import { expect, test } from 'vitest';
import { measureHops } from './hops.bench.ts';

test.each([false, true])('the bench of hops counts what comes to the end of its row (traced: %s)', async (traced) => {
  const { hops, seconds } = await measureHops({ traced, milliseconds: 50 });
  expect(hops).toBeGreaterThan(1000);
  expect(seconds).toBeGreaterThan(0.04);
});
