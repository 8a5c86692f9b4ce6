import { expect, test } from 'vitest';
import { fetchApi } from '../api/http.ts';
import type { ApiObject } from '../api/operation.ts';
import { apps, core, pods, serverForTest } from '../api/server-for-test.ts';
import { kubernetesVersion } from '../version.ts';
import { createClient } from './create-client.ts';
import { type Fetch, httpTransport } from './http-transport.ts';

const at = { namespace: 'default' };

/** The HTTP transport on top of the HTTP shell: what goes out must come in the same. */
function clientForTest() {
  const made = serverForTest();
  const seen: string[] = [];
  const fetch: Fetch = async (url, { method, headers, body, signal }) => {
    seen.push(`${method} ${url.replace('http://api', '')}`);
    const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    const response = await fetchApi(
      made.server,
      {
        method,
        url,
        headers: { get: (name) => lower.get(name) ?? null },
        ...(body !== undefined && { body }),
        ...(signal && { signal }),
      },
      'tester',
    );
    async function* bytes() {
      for await (const text of response.body) {
        // In pieces, as a network would cut it.
        for (let at = 0; at < text.length; at += 7) yield new TextEncoder().encode(text.slice(at, at + 7));
      }
    }
    return {
      status: response.status,
      headers: { get: (name) => response.headers[name] ?? null },
      body: bytes(),
      text: async () => {
        let all = '';
        for await (const text of response.body) all += text;
        return all;
      },
    };
  };
  return { ...made, seen, fetch, client: createClient(httpTransport(fetch, 'http://api'), 'tester') };
}

test('objects, lists, patches and refusals', async () => {
  const { client, seen } = clientForTest();
  const made = await client.create(pods, pods.make('a', { metadata: { namespace: 'default', labels: { app: 'x' } } }));
  await client.update(pods, { ...made, status: { phase: 'Running' } }, 'status');
  await client.patch(pods, { ...at, name: 'a' }, { metadata: { labels: { y: 'z' } } }, { type: 'strategic' });
  const { items } = await client.list(pods, at, { labelSelector: 'app=x' });
  expect(items[0]).toMatchObject({
    kind: 'Pod',
    metadata: { labels: { app: 'x', y: 'z' } },
    status: { phase: 'Running' },
  });
  expect(seen).toEqual([
    'POST /api/v1/namespaces/default/pods',
    'PUT /api/v1/namespaces/default/pods/a/status',
    'PATCH /api/v1/namespaces/default/pods/a',
    'GET /api/v1/namespaces/default/pods?labelSelector=app%3Dx',
  ]);
  await expect(client.get(apps('deployments'), { ...at, name: 'web' })).rejects.toThrow(
    'deployments.apps "web" not found',
  );
  expect(await client.delete(pods, { ...at, name: 'a' }, { gracePeriodSeconds: 0 })).toMatchObject({ kind: 'Pod' });
  const cm = core('configmaps');
  await client.create(cm, { metadata: { name: 'c' } }, at);
  expect(await client.delete(cm, { ...at, name: 'c' })).toMatchObject({ kind: 'Status', status: 'Success' });
});

test('tables and warnings', async () => {
  const { client } = clientForTest();
  const answer = await client.handle({
    verb: 'create',
    ...pods,
    ...at,
    body: { ...pods.make('a'), speck: 1 },
    options: { fieldValidation: 'Warn' },
  });
  expect(answer).toMatchObject({ code: 201, warnings: ['unknown field "speck"'] });
  const table = await client.table(pods, at);
  expect(table.rows[0]).toMatchObject({ cells: expect.arrayContaining(['a', '0/1']), object: { kind: 'Pod' } });
});

test('a watch is streamed, and stopping it ends it at the server', async () => {
  const { client, ask } = clientForTest();
  const watch = await client.watch(pods, at);
  ask('create', pods, { ...at, body: pods.make('a') });
  const event = await watch.next();
  expect(event?.type).toBe('ADDED');
  expect((event?.object as ApiObject | undefined)?.metadata.name).toBe('a');
  watch.stop();
  expect(await watch.next()).toBeUndefined();
});

test('what can’t be reached or parsed', async () => {
  const down = createClient(
    httpTransport(() => Promise.reject(new Error('connect ECONNREFUSED')), 'http://api'),
    'me',
  );
  await expect(down.list(pods)).rejects.toMatchObject({ message: 'connect ECONNREFUSED', status: { code: 0 } });
  const { fetch } = clientForTest();
  const ask = async (method: string, url: string, body = '') => {
    const answer = await fetch(`http://api${url}`, { method, headers: {}, body });
    return { status: answer.status, text: await answer.text() };
  };
  expect(await ask('GET', '/nope')).toEqual({ status: 404, text: '404 page not found\n' });
  expect(await ask('POST', '/api/v1/namespaces/default/pods', '{')).toMatchObject({ status: 400 });
  expect(await ask('GET', '/version')).toMatchObject({
    text: expect.stringContaining(`"gitVersion":"v${kubernetesVersion}"`),
  });
  expect(JSON.parse((await ask('GET', '/api/v1')).text)).toMatchObject({ kind: 'APIResourceList' });
  const large = await ask('POST', '/api/v1/namespaces', `"${'x'.repeat(4 << 20)}"`);
  expect(large).toMatchObject({ status: 413, text: expect.stringContaining('limit is 3145728') });
});
