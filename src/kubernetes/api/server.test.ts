import { expect, test } from 'vitest';
import type { ApiObject, Status } from './operation.ts';
import { pods, serverForTest } from './server-for-test.ts';

test('a pod is stored with its defaults, what admission adds, and its first status', () => {
  const { ask } = serverForTest();
  const created = ask('create', pods, { namespace: 'default', body: pods.make('web') }) as ApiObject;
  expect(created.metadata).toMatchObject({ name: 'web', namespace: 'default', generation: 1 });
  expect(created.metadata.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(created.spec).toMatchObject({ restartPolicy: 'Always', dnsPolicy: 'ClusterFirst', priority: 0 });
  expect(created.status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' });
  expect(Object.isFrozen((created.spec as { containers: unknown[] }).containers[0])).toBe(true);
  expect(ask('get', pods, { namespace: 'default', name: 'web' })).toBe(created);
});

test('refusals are the API server’s own', () => {
  const { ask } = serverForTest();
  expect((ask('get', pods, { namespace: 'default', name: 'x' }) as Status).message).toBe('pods "x" not found');
  ask('create', pods, { namespace: 'default', body: pods.make('x') });
  expect(ask('create', pods, { namespace: 'default', body: pods.make('x') })).toMatchObject({
    code: 409,
    reason: 'AlreadyExists',
    message: 'pods "x" already exists',
    details: { name: 'x', kind: 'pods' },
  });
  expect(ask('create', pods, { namespace: 'nope', body: pods.make('x') })).toMatchObject({
    code: 404,
    message: 'namespaces "nope" not found',
  });
});
