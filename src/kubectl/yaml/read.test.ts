import { expect, test } from 'vitest';
import { readYaml } from './read.ts';

const read = (text: string) => [...readYaml(text, 'x.yaml')];
const head = 'apiVersion: v1\nkind: Pod\n';

test('documents, without the empty ones, as YAML 1.1', () => {
  expect(read('---\na: yes\nb: 010\nc: 2024-01-01\nd: "on"\n---\n# nothing\n---\n{"e": [1, 2.5, null]}\n')).toEqual([
    { a: true, b: 8, c: '2024-01-01', d: 'on' },
    { e: [1, 2.5, null] },
  ]);
  expect(read('base: &b {x: 1}\nmore: {<<: *b, z: 1:20}\n')).toEqual([{ base: { x: 1 }, more: { x: 1, z: '1:20' } }]);
});

// The messages of kubectl 1.37.2.
test.each([
  [`${head}metadata:\n  name: x\n   foo: bar\n`, 'line 5: mapping values are not allowed in this context'],
  [`${head}metadata:\n  name: x\nspec\n`, "line 6: could not find expected ':'"],
  [`${head}metadata:\n\tname: x\n`, 'line 4: found character that cannot start any token'],
  [`${head}metadata:\n  name: @x\n`, 'line 4: found character that cannot start any token'],
  [`${head}metadata:\n  name: x\n foo: bar\n`, 'line 4: did not find expected key'],
  [`${head}metadata:\n    name: x\n  labels:\n    a: b\n`, 'line 4: did not find expected key'],
  [`${head}metadata:\n  name: "x\nspec: {}\n`, 'line 6: found unexpected end of stream'],
  [`${head}metadata: {name: x\nspec: {}\n`, "line 3: did not find expected ',' or '}'"],
  [`${head}metadata:\n  labels: [a: b\n`, "line 4: did not find expected ',' or ']'"],
  ['- a\nb: c\n', "line 1: did not find expected '-' indicator"],
  ['\ta: b\n', 'found character that cannot start any token'],
  ['a: *x\n', "unknown anchor 'x' referenced"],
])('%j: %s', (text, message) => {
  expect(() => read(text)).toThrow(`error parsing x.yaml: error converting YAML to JSON: yaml: ${message}`);
});

test('a bomb of aliases and a document that no server takes are refused at once', () => {
  const bomb = [
    'a: &a [x,x]',
    ...'bcdefg'.split('').map((c, i) => `${c}: &${c} [${new Array(9).fill(`*${'abcdefg'[i]}`)}]`),
  ];
  expect(() => read(bomb.join('\n'))).toThrow('yaml: document contains excessive aliasing');
  expect(() => read(`a: ${'x'.repeat(5_000_000)}`)).toThrow('Request entity too large: limit is 3145728');
});
