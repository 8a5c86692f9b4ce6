import { expect, test } from 'vitest';
import { serverForTest } from '../../../kubernetes/api/server-for-test.ts';
import { createClient } from '../../../kubernetes/client/create-client.ts';
import { localTransport } from '../../../kubernetes/client/local-transport.ts';
import type { KubeObject } from '../../target.ts';
import { PageObjects } from './objects.ts';

const web = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', labels: { app: 'web', 'hop-by-hop/lab': 'pods' } },
  spec: { containers: [{ name: 'main', image: 'busybox:1.36' }] },
};
const POD = { apiVersion: 'v1', kind: 'Pod' };

function objects() {
  const { simulation, server } = serverForTest();
  const found = new PageObjects(createClient(localTransport(server), 'hop'), simulation);
  const wait = async <T>(work: Promise<T>): Promise<T> => {
    let done = false;
    const end = () => (done = true);
    work.then(end, end);
    expect(await simulation.runUntil(() => done, 200_000)).toBe(true);
    return work;
  };
  return { simulation, found, wait };
}

test('what is applied is found, by name, by namespace and by label', async () => {
  const { found, wait } = objects();
  await wait(found.apply([web]));
  for (const query of [{ name: 'web', namespace: 'default' }, { name: 'web' }, { labelSelector: 'app=web' }, {}]) {
    expect(await wait(found.get({ ...POD, ...query }))).toMatchObject([{ ...POD, metadata: { name: 'web' } }]);
  }
  expect(await wait(found.get({ ...POD, namespace: 'default', name: 'other' }))).toEqual([]);
  expect(await wait(found.get({ ...POD, labelSelector: 'app=other' }))).toEqual([]);
});

test('applying again changes, and without a field takes it away', async () => {
  const { found, wait } = objects();
  const marked = (annotations: object) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'default', ...annotations },
  });
  const query = { apiVersion: 'v1', kind: 'Namespace', name: 'default' };
  await wait(found.apply([marked({ annotations: { 'hop-by-hop/set-up': 'x' } })]));
  expect((await wait(found.get(query)))[0]?.metadata.annotations).toMatchObject({ 'hop-by-hop/set-up': 'x' });
  await wait(found.apply([marked({})]));
  expect((await wait(found.get(query)))[0]?.metadata.annotations ?? {}).not.toHaveProperty(['hop-by-hop/set-up']);
});

test('unknown kinds and fields are told in the closed set of errors', async () => {
  const { found, wait } = objects();
  await expect(wait(found.get({ apiVersion: 'v1', kind: 'Pood' }))).rejects.toMatchObject({ code: 'notFound' });
  await expect(wait(found.apply([{ ...web, spec: { contaners: [] } }]))).rejects.toMatchObject({
    name: 'TargetError',
    message: expect.stringContaining('contaners'),
  });
});

test('changes are told until the signal aborts', async () => {
  const { simulation, found, wait } = objects();
  const seen: string[] = [];
  const over = new AbortController();
  const change = ({ type, object }: { type: string; object: KubeObject }) =>
    seen.push(`${type} ${object.metadata.name}`);
  const followed = found.follow(POD, change, over.signal);
  await simulation.runTo(simulation.now() + 10);
  await wait(found.apply([web]));
  await simulation.runTo(simulation.now() + 10);
  over.abort();
  await wait(followed);
  await wait(found.apply([{ ...web, metadata: { ...web.metadata, name: 'late' } }]));
  expect(seen).toEqual(['ADDED web']);
});

test("reset deletes what labs and learners made, and nothing of the system's", async () => {
  const { found, wait } = objects();
  const map = (name: string, namespace: string) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace },
  });
  await wait(
    found.apply([web, map('mine', 'default'), map('kube-root-ca.crt', 'default'), map('theirs', 'kube-system')]),
  );
  await wait(found.reset());
  expect(await wait(found.get(POD))).toEqual([]);
  const maps = await wait(found.get({ apiVersion: 'v1', kind: 'ConfigMap' }));
  expect(maps.map(({ metadata }) => metadata.name).sort()).toEqual(['kube-root-ca.crt', 'theirs']);
});
