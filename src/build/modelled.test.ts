import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Described, type ModelledPart, modelled } from './modelled.ts';

const parts = Object.keys(modelled) as ModelledPart[];

test.each(parts)('%s: each thing has a name of its own and says what it does', (part) => {
  const rows: readonly Described[] = modelled[part]();
  expect(rows.length).toBeGreaterThan(0);
  const names = rows.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
  for (const { name, summary, leavesOut } of rows) {
    expect(summary, name).toMatch(/\S.{3,}/);
    expect(leavesOut, name).not.toBe('');
  }
});

test('the reference page shows every part', () => {
  const page = readFileSync('content/reference/modelled.mdx', 'utf8');
  const shown = [...page.matchAll(/<Modelled part="(\w+)"/g)].map(([, part]) => part);
  expect(shown.toSorted()).toEqual(parts.toSorted());
});
