import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seedOf } from '../setup.ts';

test('random tests are seeded, unless someone asks for chance or for a seed of theirs', () => {
  expect(seedOf(undefined)).toBe(seedOf(''));
  expect(seedOf(undefined)).toBeTypeOf('number');
  expect(seedOf('-7')).toBe(-7);
  expect(seedOf('random')).toBeUndefined();
  expect(() => seedOf('rnadom')).toThrow('HOP_FUZZ is "rnadom"');
});

test('what was asked for is what fast-check runs with', () => {
  expect(fc.readConfigureGlobal()?.seed).toBe(seedOf(process.env.HOP_FUZZ));
});
