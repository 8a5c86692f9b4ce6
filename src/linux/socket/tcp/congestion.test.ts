import { expect, test } from 'vitest';
import { CongestionWindow } from './congestion.ts';

const SEGMENT = 1000;

test('slow start doubles in a round trip, congestion avoidance adds about a segment', () => {
  const window = new CongestionWindow(SEGMENT);
  expect(window.bytes).toBe(10 * SEGMENT);
  for (let i = 0; i < 10; i++) window.grow(SEGMENT, SEGMENT);
  expect(window.bytes).toBe(20 * SEGMENT);
  window.halve(20 * SEGMENT, SEGMENT);
  expect(window.bytes).toBe(10 * SEGMENT);
  for (let i = 0; i < 10; i++) window.grow(SEGMENT, SEGMENT);
  expect(window.bytes).toBeGreaterThan(10.9 * SEGMENT);
  expect(window.bytes).toBeLessThanOrEqual(11 * SEGMENT);
});

test('after a timeout one segment is sent, and the threshold is half of what was under way, at least two', () => {
  const window = new CongestionWindow(SEGMENT);
  window.restart(8 * SEGMENT, SEGMENT);
  expect([window.bytes, window.threshold]).toEqual([SEGMENT, 4 * SEGMENT]);
  window.restart(SEGMENT, SEGMENT);
  expect([window.bytes, window.threshold]).toEqual([SEGMENT, 2 * SEGMENT]);
  window.recovered();
  expect(window.bytes).toBe(2 * SEGMENT);
});
