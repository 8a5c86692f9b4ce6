import { expect, test } from 'vitest';
import { meant } from './keywords.ts';

test('a word means the first that begins with it; nothing means none', () => {
  const words = { route: 1, rule: 2, neighbor: 3, neighbour: 4 };
  expect(meant('r', words)).toEqual(['route', 1]);
  expect(meant('ru', words)).toEqual(['rule', 2]);
  expect(meant('neighb', words)?.[0]).toBe('neighbor');
  expect(meant('neighbour', words)).toEqual(['neighbour', 4]);
  expect(meant('routes', words)).toBeUndefined();
  expect(meant('', words)).toBeUndefined();
});
