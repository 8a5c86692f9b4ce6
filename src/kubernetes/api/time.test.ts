import { expect, test } from 'vitest';
import { age, humanDuration, microTimestamp, timestamp } from './time.ts';

const s = 1000;
const m = 60 * s;
const h = 60 * m;
const d = 24 * h;

test.each([
  [0, '0s'],
  [-1 * s, '0s'],
  [-5 * s, '<invalid>'],
  [119 * s, '119s'],
  [2 * m, '2m'],
  [2 * m + 5 * s, '2m5s'],
  [11 * m + 5 * s, '11m'],
  [179 * m, '179m'],
  [3 * h + 5 * m, '3h5m'],
  [7 * h, '7h'],
  [47 * h, '47h'],
  [50 * h, '2d2h'],
  [9 * d, '9d'],
  [729 * d, '729d'],
  [3 * 365 * d + 4 * d, '3y4d'],
  [9 * 365 * d, '9y'],
])('%d ms is %s', (milliseconds, text) => {
  expect(humanDuration(milliseconds)).toBe(text);
});

test('timestamps', () => {
  expect(timestamp(1_700_000_000_123.5)).toBe('2023-11-14T22:13:20Z');
  expect(microTimestamp(1_700_000_000_123.25)).toBe('2023-11-14T22:13:20.123250Z');
  expect(age(undefined, 0)).toBe('<unknown>');
});
