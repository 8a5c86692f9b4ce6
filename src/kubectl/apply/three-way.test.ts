import { expect, test } from 'vitest';
import { threeWayPatch } from './three-way.ts';

const deployments = { group: 'apps', version: 'v1', resource: 'deployments' };
const patch = (original: object, modified: object, current: object) =>
  threeWayPatch(deployments, 'Deployment', original as never, modified as never, current as never);
const withContainers = (...containers: object[]) => ({ spec: { template: { spec: { containers } } } });

test('nothing to do is no patch; what others set is left alone', () => {
  expect(
    patch({ spec: { replicas: 2 } }, { spec: { replicas: 2 } }, { spec: { replicas: 2, paused: true }, status: {} }),
  ).toBeUndefined();
});

test('what was applied and is no longer written is removed; the rest is set', () => {
  expect(
    patch(
      { metadata: { labels: { a: '1', b: '2' } } },
      { metadata: { labels: { b: '3' } } },
      { metadata: { labels: { a: '1', b: '2', c: 'x' } } },
    ),
  ).toEqual({
    metadata: { labels: { a: null, b: '3' } },
  });
});

test('containers are patched by name, and their order is kept', () => {
  const original = withContainers({ name: 'a', image: 'x' }, { name: 'side', image: 's' });
  const modified = withContainers({ name: 'a', image: 'y' });
  const current = withContainers({ name: 'a', image: 'x', imagePullPolicy: 'Always' }, { name: 'side', image: 's' });
  expect(patch(original, modified, current)).toEqual({
    spec: {
      template: {
        spec: {
          '$setElementOrder/containers': [{ name: 'a' }],
          containers: [
            { name: 'a', image: 'y' },
            { name: 'side', $patch: 'delete' },
          ],
        },
      },
    },
  });
});

test('plain lists are replaced, volumes and the strategy say which keys they keep', () => {
  const volumes = (...list: object[]) => ({ spec: { template: { spec: { volumes: list } } } });
  expect(
    patch({}, withContainers({ name: 'a', command: ['z'] }), withContainers({ name: 'a', command: ['x', 'y'] })),
  ).toMatchObject({
    spec: { template: { spec: { containers: [{ name: 'a', command: ['z'] }] } } },
  });
  expect(
    patch(
      volumes({ name: 'w', emptyDir: {} }),
      volumes({ name: 'w', configMap: { name: 'c' } }),
      volumes({ name: 'w', emptyDir: {} }),
    ),
  ).toEqual({
    spec: {
      template: {
        spec: {
          '$setElementOrder/volumes': [{ name: 'w' }],
          volumes: [{ $retainKeys: ['configMap', 'name'], name: 'w', configMap: { name: 'c' }, emptyDir: null }],
        },
      },
    },
  });
});
