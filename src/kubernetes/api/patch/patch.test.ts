import { expect, test } from 'vitest';
import { builtinSchema } from '../../schema/schema.ts';
import { jsonPatch } from './json-patch.ts';
import { mergePatch } from './merge-patch.ts';
import { strategicPatch } from './strategic-patch.ts';

const schema = builtinSchema();
const podSpec = schema.struct('core.v1.PodSpec');
const container = schema.struct('core.v1.Container');
const deploymentSpec = schema.struct('apps.v1.DeploymentSpec');
const objectMeta = schema.struct('meta.v1.ObjectMeta');

test('JSON patch: the cases of RFC 6902, appendix A', () => {
  const patch = (object: unknown, ...steps: object[]) => jsonPatch(object, steps);
  expect(patch({ foo: 'bar' }, { op: 'add', path: '/baz', value: 'qux' })).toEqual({ foo: 'bar', baz: 'qux' });
  expect(patch({ foo: ['bar', 'baz'] }, { op: 'add', path: '/foo/1', value: 'qux' })).toEqual({
    foo: ['bar', 'qux', 'baz'],
  });
  expect(patch({ baz: 'qux', foo: 'bar' }, { op: 'remove', path: '/baz' })).toEqual({ foo: 'bar' });
  expect(patch({ foo: ['bar', 'qux', 'baz'] }, { op: 'remove', path: '/foo/1' })).toEqual({ foo: ['bar', 'baz'] });
  expect(patch({ baz: 'qux' }, { op: 'replace', path: '/baz', value: 'boo' })).toEqual({ baz: 'boo' });
  expect(
    patch(
      { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } },
      { op: 'move', from: '/foo/waldo', path: '/qux/thud' },
    ),
  ).toEqual({ foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } });
  expect(patch({ foo: ['all', 'grass', 'cows', 'eat'] }, { op: 'move', from: '/foo/1', path: '/foo/3' })).toEqual({
    foo: ['all', 'cows', 'eat', 'grass'],
  });
  expect(patch({ foo: ['bar'] }, { op: 'add', path: '/foo/-', value: ['abc', 'def'] })).toEqual({
    foo: ['bar', ['abc', 'def']],
  });
  expect(patch({ '/': 9, '~1': 10 }, { op: 'test', path: '/~01', value: 10 })).toEqual({ '/': 9, '~1': 10 });
  expect(() => patch({ baz: 'qux' }, { op: 'test', path: '/baz', value: 'bar' })).toThrow();
  expect(() => patch({ foo: 'bar' }, { op: 'add', path: '/baz/bat', value: 'qux' })).toThrow();
  expect(() => patch({ foo: ['a'] }, { op: 'add', path: '/foo/3', value: 'x' })).toThrow();
});

test('a patch leaves its object as it was', () => {
  const object = { a: { b: ['c'] } };
  jsonPatch(object, [{ op: 'add', path: '/a/b/-', value: 'd' }]);
  mergePatch(object, { a: { b: null } });
  expect(object).toEqual({ a: { b: ['c'] } });
});

// RFC 7386, appendix A: original, patch, result.
test.each([
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
  ],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])('merge patch: %j with %j', (original, patch, result) => {
  expect(mergePatch(original, patch)).toEqual(result);
});

test('strategic: lists with a merge key are merged item by item, others replaced', () => {
  const object = { containers: [{ name: 'nginx', image: 'nginx-1.0' }], tolerations: [{ key: 'a' }] };
  const patch = { containers: [{ name: 'log-tailer', image: 'tailer-1.0' }], tolerations: [{ key: 'b' }] };
  expect(strategicPatch(object, patch, podSpec)).toEqual({
    containers: [
      { name: 'log-tailer', image: 'tailer-1.0' },
      { name: 'nginx', image: 'nginx-1.0' },
    ],
    tolerations: [{ key: 'b' }],
  });
});

test('strategic: fields inside a list’s item are merged by their own rules', () => {
  const object = { containers: [{ name: 'a', env: [{ name: 'X', value: '1' }], args: ['old'] }] };
  const patch = { containers: [{ name: 'a', env: [{ name: 'Y', value: '2' }], args: ['new', 'er'] }] };
  expect(strategicPatch(object, patch, podSpec)).toEqual({
    containers: [
      {
        name: 'a',
        env: [
          { name: 'Y', value: '2' },
          { name: 'X', value: '1' },
        ],
        args: ['new', 'er'],
      },
    ],
  });
});

test('strategic: $patch delete takes an item, replace the whole list or map', () => {
  const object = { containers: [{ name: 'a' }, { name: 'b' }] };
  expect(strategicPatch(object, { containers: [{ name: 'a', $patch: 'delete' }] }, podSpec)).toEqual({
    containers: [{ name: 'b' }],
  });
  expect(strategicPatch(object, { containers: [{ name: 'c' }, { $patch: 'replace' }] }, podSpec)).toEqual({
    containers: [{ name: 'c' }],
  });
  const labelled = { labels: { a: '1', b: '2' } };
  expect(strategicPatch(labelled, { labels: { c: '3', $patch: 'replace' } }, objectMeta)).toEqual({
    labels: { c: '3' },
  });
});

test('strategic: null takes a field away', () => {
  expect(strategicPatch({ labels: { a: '1', b: '2' } }, { labels: { a: null } }, objectMeta)).toEqual({
    labels: { b: '2' },
  });
});

test('strategic: lists of plain values are merged as sets where the strategy says so', () => {
  const object = { finalizers: ['a', 'b'] };
  expect(strategicPatch(object, { finalizers: ['b', 'c'] }, objectMeta)).toEqual({ finalizers: ['a', 'b', 'c'] });
  expect(strategicPatch(object, { '$deleteFromPrimitiveList/finalizers': ['a'] }, objectMeta)).toEqual({
    finalizers: ['b'],
  });
});

test('strategic: $retainKeys clears what is not listed', () => {
  const object = { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } };
  const patch = { strategy: { $retainKeys: ['type'], type: 'Recreate' } };
  expect(strategicPatch(object, patch, deploymentSpec)).toEqual({ strategy: { type: 'Recreate' } });
});

test('strategic: $setElementOrder puts the items in order, others stay before what followed them', () => {
  const object = { env: [{ name: 'A' }, { name: 'server' }, { name: 'B' }] };
  const order = [{ name: 'B' }, { name: 'C' }, { name: 'A' }];
  const patch = { '$setElementOrder/env': order, env: [{ name: 'C', value: '3' }] };
  expect(strategicPatch(object, patch, container)).toEqual({
    env: [{ name: 'server' }, { name: 'B' }, { name: 'C', value: '3' }, { name: 'A' }],
  });
});

test('strategic: ports are merged by their number', () => {
  const object = { ports: [{ containerPort: 80, protocol: 'TCP' }] };
  const patch = { ports: [{ containerPort: 80, name: 'http' }, { containerPort: 443 }] };
  expect(strategicPatch(object, patch, container)).toEqual({
    ports: [{ containerPort: 80, protocol: 'TCP', name: 'http' }, { containerPort: 443 }],
  });
});
