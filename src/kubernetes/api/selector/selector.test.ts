import { expect, test } from 'vitest';
import { parseFieldSelector } from './field-selector.ts';
import { parseSelector, selectorOf } from './label-selector.ts';

test.each([
  ['', {}, true],
  ['a', { a: '' }, true],
  ['a', {}, false],
  ['!a', {}, true],
  ['a=b', { a: 'b' }, true],
  ['a==b', { a: 'c' }, false],
  ['a!=b', {}, true],
  ['a in (b, c)', { a: 'c' }, true],
  ['a notin (b,c)', { a: 'c' }, false],
  ['a notin (b,c)', {}, true],
  ['n>3', { n: '10' }, true],
  ['n<3', { n: '10' }, false],
  ['a=b,c!=d', { a: 'b', c: 'd' }, false],
  ['example.com/x=y', { 'example.com/x': 'y' }, true],
  ['toString', {}, false],
] as const)('%j against %j is %s', (source, labels, matches) => {
  expect(parseSelector(source).matches(labels)).toBe(matches);
});

test('selectors in objects', () => {
  const selector = selectorOf({
    matchLabels: { app: 'web' },
    matchExpressions: [
      { key: 'tier', operator: 'In', values: ['b', 'a'] },
      { key: 'old', operator: 'DoesNotExist' },
    ],
  });
  expect(selector.toString()).toBe('app=web,!old,tier in (a,b)');
  expect(selector.matches({ app: 'web', tier: 'a' })).toBe(true);
  expect(selector.matches({ app: 'web', tier: 'a', old: '' })).toBe(false);
  expect(selectorOf({}).matches({ any: 'thing' })).toBe(true);
  expect(selectorOf(undefined).matches({ any: 'thing' })).toBe(false);
});

test('fields', () => {
  const known = new Set(['metadata.name', 'status.phase']);
  const selector = parseFieldSelector('metadata.name=a,status.phase!=Running', known);
  expect(selector.exact('metadata.name')).toBe('a');
  expect(selector.exact('status.phase')).toBeUndefined();
  expect(selector.matches({ 'metadata.name': 'a', 'status.phase': 'Pending' })).toBe(true);
  expect(() => parseFieldSelector('spec.x=1', known)).toThrow('field label not supported: spec.x');
});
