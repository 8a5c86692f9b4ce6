import { expect, test } from 'vitest';
import { Columns, layOut } from './columns.ts';
import { layOutTabs } from './tabs.ts';

test('columns are three wider than their longest cell, six at least; the last is not padded', () => {
  expect(
    layOut([
      ['NAME', 'AGE'],
      ['a', '5s'],
    ]),
  ).toBe('NAME   AGE\na      5s\n');
  expect(layOut([['a', 'b', '']])).toBe('a     b     \n');
});

test('columns remember their widths, until they are told to forget them', async () => {
  let out = '';
  const columns = new Columns({
    write: async (text) => {
      out += text;
    },
  });
  await columns.write([['longer-name', 'x']]);
  await columns.write([['a', 'x']]);
  columns.reset();
  await columns.write([['a', 'x']]);
  expect(out).toBe('longer-name   x\na             x\na     x\n');
});

test('cells make a column as long as the lines that have them follow each other', () => {
  expect(layOutTabs('Name:\tx\nLabels:\ta\n\tb\nContainers:\n  c:\n    Image:\ty\n')).toBe(
    'Name:    x\nLabels:  a\n         b\nContainers:\n  c:\n    Image:  y\n',
  );
});
