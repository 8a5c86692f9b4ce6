import { expect, test } from 'vitest';
import { measureLoading, measureMapHops, measureRuleHops } from './nftables.bench.ts';

test('the benches of nftables send packets through their rules', async () => {
  expect((await measureMapHops({ services: 10, milliseconds: 30 })).hops).toBeGreaterThan(500);
  expect((await measureRuleHops({ rules: 10, milliseconds: 30 })).hops).toBeGreaterThan(500);
  expect(measureLoading(10).one).toBeGreaterThan(0);
});
