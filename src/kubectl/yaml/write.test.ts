import { expect, test } from 'vitest';
import { writeYaml } from './write.ts';

// What kubectl 1.37.2 wrote for these values (create --dry-run=client -o yaml).
test.each([
  ['yes', '"yes"'],
  ['N', '"N"'],
  ['1', '"1"'],
  ['1e3', '"1e3"'],
  ['0x1f', '"0x1f"'],
  ['010', '"010"'],
  ['1_000', '"1_000"'],
  ['+1', '"+1"'],
  ['.5', '".5"'],
  ['1:20', '"1:20"'],
  ['2024-01-01', '"2024-01-01"'],
  ['2024-01-01T00:00:00Z', '"2024-01-01T00:00:00Z"'],
  ['~', '"~"'],
  ['~a', '~a'],
  ['', '""'],
  [' ', "' '"],
  [' x', "' x'"],
  ['a: b', "'a: b'"],
  ['a:b', 'a:b'],
  ['a:', "'a:'"],
  ['a #b', "'a #b'"],
  ['a#b', 'a#b'],
  ['- a', "'- a'"],
  ['-a', '-a'],
  ['-', "'-'"],
  ['---', "'---'"],
  ["it's", "it's"],
  ["'it's", "'''it''s'"],
  ['say "x"', 'say "x"'],
  ['a\tb', '"a\\tb"'],
  ['a\r\nb\n', '"a\\r\\nb\\n"'],
  ['a \nb', '"a \\nb"'],
  ['&a', "'&a'"],
  ['a]', 'a]'],
  ['{a}', "'{a}'"],
  ['?a', '?a'],
  ['=', '='],
  ['.', '.'],
  ['10.244.1.2', '10.244.1.2'],
  ['😀', '"\\U0001F600"'],
  ['héllo ☃', 'héllo ☃'],
  ['a\u0001b', '"a\\x01b"'],
  ['a\nb', '|-\n  a\n  b'],
  ['a\nb\n', '|\n  a\n  b'],
  ['a\nb\n\n', '|+\n  a\n  b\n'],
  ['\na\n', '|2\n\n  a'],
  ['  a\nb\n', '|2\n    a\n  b'],
  ['\n', '|2+\n'],
])('%j is written as %s', (value, written) => {
  expect(writeYaml({ k: value })).toBe(`k: ${written}\n`);
});

test('keys are sorted, numbers in them as numbers, and empty things stay on the line', () => {
  expect(writeYaml({ a10: 1, a2: true, A1: null, 'b.c': 1.5, 'a/b': {}, list: [], '1': 'x' })).toBe(
    '"1": x\nA1: null\na/b: {}\na2: true\na10: 1\nb.c: 1.5\nlist: []\n',
  );
});

test('lists stand at the indent of their key; lists and maps in lists begin on the line of the dash', () => {
  const args = [['a', 'b'], { x: [1, 2, { a: null }], y: 'z' }];
  expect(writeYaml({ args, items: [{ deep: { er: 1 } }] })).toBe(
    'args:\n- - a\n  - b\n- x:\n  - 1\n  - 2\n  - a: null\n  "y": z\nitems:\n- deep:\n    er: 1\n',
  );
});

test('a line is broken at the first space behind column 80', () => {
  const words = `${'a'.repeat(50)} ${'b'.repeat(40)} c`;
  expect(writeYaml({ key: words })).toBe(`key: ${'a'.repeat(50)} ${'b'.repeat(40)}\n  c\n`);
  expect(writeYaml({ key: `${words}: d` })).toBe(`key: '${'a'.repeat(50)} ${'b'.repeat(40)}\n  c: d'\n`);
});
