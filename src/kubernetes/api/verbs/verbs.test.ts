import { expect, test } from 'vitest';
import type { Answer, ApiObject, ObjectList, Status } from '../operation.ts';
import { apps, core, pods, serverForTest } from '../server-for-test.ts';

const at = { namespace: 'default' } as const;

function bodyOf(answer: Answer): ApiObject {
  if (!('body' in answer)) throw new Error('a watch');
  return answer.body as ApiObject;
}

test('an update with an old resourceVersion is a conflict; without one it is unconditional', () => {
  const { ask } = serverForTest();
  const first = ask('create', pods, { ...at, body: pods.make('a') }) as ApiObject;
  const labelled = { ...first, metadata: { ...first.metadata, labels: { n: '1' } } };
  const second = ask('update', pods, { ...at, name: 'a', body: labelled }) as ApiObject;
  expect(second.metadata.labels).toEqual({ n: '1' });
  expect(Number(second.metadata.resourceVersion)).toBeGreaterThan(Number(first.metadata.resourceVersion));
  expect(ask('update', pods, { ...at, name: 'a', body: labelled })).toMatchObject({ code: 409, reason: 'Conflict' });
  const { resourceVersion: _, ...metadata } = labelled.metadata;
  expect(ask('update', pods, { ...at, name: 'a', body: { ...labelled, metadata } })).toBe(second);
});

test('an update that changes nothing writes nothing, and parts are shared between versions', () => {
  const { ask } = serverForTest();
  const first = ask('create', pods, { ...at, body: pods.make('a') }) as ApiObject;
  expect(ask('update', pods, { ...at, name: 'a', body: structuredClone(first) })).toBe(first);
  const status = { phase: 'Running' };
  const second = ask('update', pods, {
    ...at,
    name: 'a',
    subresource: 'status',
    body: { ...first, status },
  }) as ApiObject;
  expect(second.spec).toBe(first.spec);
  expect(second.metadata.generation).toBe(1);
});

test('a plain update leaves the status alone, a status update the spec', () => {
  const { ask } = serverForTest();
  const made = ask('create', pods, { ...at, body: pods.make('a') }) as ApiObject;
  const both = { ...made, spec: { ...(made.spec as object), activeDeadlineSeconds: 9 }, status: { phase: 'Failed' } };
  const plain = ask('update', pods, { ...at, name: 'a', body: both }) as ApiObject;
  expect(plain).toMatchObject({ spec: { activeDeadlineSeconds: 9 }, status: { phase: 'Pending' } });
  expect(plain.metadata.generation).toBe(2);
  const spec = { ...(made.spec as object), activeDeadlineSeconds: 3 };
  const body = { ...plain, spec, status: { phase: 'Running' } };
  const status = ask('update', pods, { ...at, name: 'a', subresource: 'status', body });
  expect(status).toMatchObject({ spec: { activeDeadlineSeconds: 9 }, status: { phase: 'Running' } });
});

test('generateName makes names that differ, and the same ones for the same seed', () => {
  const names = () => {
    const { ask } = serverForTest();
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'cm-' } };
    return [1, 2, 3].map(() => (ask('create', core('configmaps'), { ...at, body }) as ApiObject).metadata.name);
  };
  const made = names();
  expect(new Set(made).size).toBe(3);
  for (const name of made) expect(name).toMatch(/^cm-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  expect(names()).toEqual(made);
});

test('a dry run answers as if, and stores nothing', () => {
  const { ask, server } = serverForTest();
  const options = { dryRun: true };
  expect(ask('create', pods, { ...at, body: pods.make('a'), options })).toMatchObject({ kind: 'Pod' });
  expect(ask('get', pods, { ...at, name: 'a' })).toMatchObject({ code: 404 });
  ask('create', pods, { ...at, body: pods.make('b') });
  ask('delete', pods, { ...at, name: 'b', options });
  expect(bodyOf(server.handle({ verb: 'get', ...pods, ...at, name: 'b', user: 'x' })).kind).toBe('Pod');
});

test('a pod on a node is left its grace period; the kubelet ends it with none', () => {
  const { ask } = serverForTest();
  ask('create', pods, { ...at, body: pods.make('a', { spec: { nodeName: 'n1' } }) });
  const ending = ask('delete', pods, { ...at, name: 'a' }) as ApiObject;
  expect(ending.metadata).toMatchObject({ deletionTimestamp: '2026-11-02T09:00:30Z', deletionGracePeriodSeconds: 30 });
  expect(ask('delete', pods, { ...at, name: 'a' })).toBe(ending);
  expect(ask('delete', pods, { ...at, name: 'a', options: { gracePeriodSeconds: 5 } })).toMatchObject({
    metadata: { deletionTimestamp: '2026-11-02T09:00:05Z', deletionGracePeriodSeconds: 5 },
  });
  ask('delete', pods, { ...at, name: 'a', options: { gracePeriodSeconds: 0 } });
  expect(ask('get', pods, { ...at, name: 'a' })).toMatchObject({ code: 404 });
});

test('an unscheduled or finished pod goes at once', () => {
  const { ask } = serverForTest();
  ask('create', pods, { ...at, body: pods.make('a') });
  ask('delete', pods, { ...at, name: 'a' });
  expect(ask('get', pods, { ...at, name: 'a' })).toMatchObject({ code: 404 });
});

test('finalizers keep an object until the last one is taken away; none may be added then', () => {
  const { ask } = serverForTest();
  const cm = core('configmaps');
  const finalizers = ['example.com/hold'];
  ask('create', cm, { ...at, body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', finalizers } } });
  ask('delete', cm, { ...at, name: 'a' });
  const held = ask('get', cm, { ...at, name: 'a' }) as ApiObject;
  expect(held.metadata.deletionTimestamp).toBeDefined();
  const more = { metadata: { finalizers: [...finalizers, 'example.com/more'] } };
  expect((ask('patch', cm, { ...at, name: 'a', patchType: 'merge', body: more }) as Status).message).toContain(
    'no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/more"}',
  );
  ask('patch', cm, { ...at, name: 'a', patchType: 'merge', body: { metadata: { finalizers: null } } });
  expect(ask('get', cm, { ...at, name: 'a' })).toMatchObject({ code: 404 });
});

test('deletecollection takes what the selectors match', () => {
  const { ask } = serverForTest();
  for (const [name, app] of [
    ['a', 'x'],
    ['b', 'x'],
    ['c', 'y'],
  ] as const) {
    ask('create', pods, { ...at, body: pods.make(name, { metadata: { labels: { app } } }) });
  }
  ask('deletecollection', pods, { ...at, options: { labelSelector: 'app=x' } });
  const left = ask('list', pods, at) as ObjectList;
  expect(left.items.map(({ metadata }) => metadata.name)).toEqual(['c']);
});

test('lists come in the order of namespace and name, filtered by labels and fields', () => {
  const { ask } = serverForTest();
  for (const [namespace, name] of [
    ['kube-system', 'b'],
    ['default', 'z'],
    ['default', 'a'],
  ] as const) {
    ask('create', pods, { namespace, body: pods.make(name, { spec: { nodeName: `node-${name}` } }) });
  }
  const names = (options = {}, namespace?: string) =>
    (ask('list', pods, { ...(namespace && { namespace }), options }) as ObjectList).items.map(
      (pod) => pod.metadata.name,
    );
  expect(names()).toEqual(['a', 'z', 'b']);
  expect(names({}, 'default')).toEqual(['a', 'z']);
  expect(names({ fieldSelector: 'spec.nodeName=node-z' })).toEqual(['z']);
  expect(names({ fieldSelector: 'metadata.name=b' })).toEqual(['b']);
  expect(names({ fieldSelector: 'metadata.namespace!=default' })).toEqual(['b']);
  expect(names({ fieldSelector: 'metadata.name=z' }, 'default')).toEqual(['z']);
});

test('a namespace refuses new objects while it goes, and goes when its finalizer does', () => {
  const { ask } = serverForTest();
  const namespaces = core('namespaces');
  expect((ask('list', namespaces) as ObjectList).items.map(({ metadata }) => metadata.name)).toEqual([
    'default',
    'kube-node-lease',
    'kube-public',
    'kube-system',
  ]);
  const made = ask('create', namespaces, { body: { metadata: { name: 'lab' } } }) as ApiObject;
  expect(made.metadata.labels).toEqual({ 'kubernetes.io/metadata.name': 'lab' });
  ask('delete', namespaces, { name: 'lab' });
  expect(ask('create', pods, { namespace: 'lab', body: pods.make('a') })).toMatchObject({
    code: 403,
    message: 'pods "a" is forbidden: unable to create new content in namespace lab because it is being terminated',
  });
  const body = { metadata: { name: 'lab' }, spec: { finalizers: [] } };
  ask('update', namespaces, { name: 'lab', subresource: 'finalize', body });
  expect(ask('get', namespaces, { name: 'lab' })).toMatchObject({ code: 404 });
});

test('scale shows and sets the replicas alone', () => {
  const { ask } = serverForTest();
  const labels = { app: 'web' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'w', image: 'web:1' }] } };
  const body = { metadata: { name: 'web' }, spec: { replicas: 2, selector: { matchLabels: labels }, template } };
  ask('create', apps('deployments'), { ...at, body });
  const scale = { ...at, name: 'web', subresource: 'scale' } as const;
  expect(ask('get', apps('deployments'), scale)).toMatchObject({
    kind: 'Scale',
    spec: { replicas: 2 },
    status: { replicas: 0, selector: 'app=web' },
  });
  ask('patch', apps('deployments'), { ...scale, patchType: 'merge', body: { spec: { replicas: 5 } } });
  expect(ask('get', apps('deployments'), { ...at, name: 'web' })).toMatchObject({
    spec: { replicas: 5 },
    metadata: { generation: 2 },
  });
});

test('too large and too deep bodies are refused before they are walked', () => {
  const { ask } = serverForTest();
  const cm = (data: unknown) => ({ metadata: { name: 'a' }, data });
  const body = cm({ a: 'x'.repeat(4 * 1024 * 1024) });
  expect(ask('create', core('configmaps'), { ...at, body })).toMatchObject({
    code: 413,
    reason: 'RequestEntityTooLarge',
    message: 'Request entity too large: limit is 3145728',
  });
  // What YAML aliases make of a few lines: 10 to the 12th strings, and an object that holds itself.
  let bomb: unknown = 'lol';
  for (let level = 0; level < 12; level++) bomb = Array.from({ length: 10 }, () => bomb);
  expect(ask('create', core('configmaps'), { ...at, body: cm(bomb) })).toMatchObject({ code: 413 });
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  expect(ask('create', core('configmaps'), { ...at, body: cm(circle) })).toMatchObject({
    code: 400,
    message: 'json: exceeded max depth',
  });
});

test('exec goes to the kubelet of the pod’s node', async () => {
  const { ask, server } = serverForTest();
  ask('create', pods, { ...at, body: pods.make('a') });
  const nowhere = { write: () => Promise.resolve(), close: () => undefined } as never;
  const request = {
    kind: 'exec',
    pod: 'a',
    command: ['ls'],
    stdout: nowhere,
    stderr: nowhere,
    user: 'x',
    ...at,
  } as const;
  await expect(server.connect({ ...request, pod: 'zz' })).rejects.toThrow('pods "zz" not found');
  await expect(server.connect(request)).rejects.toThrow('pod a does not have a host assigned');
  ask('create', pods, { ...at, body: pods.make('b', { spec: { nodeName: 'n1' } }) });
  server.registerNode('n1', { connect: (asked) => Promise.resolve(asked.pod === 'b' ? 7 : 1) });
  expect(await server.connect({ ...request, pod: 'b' })).toBe(7);
});
