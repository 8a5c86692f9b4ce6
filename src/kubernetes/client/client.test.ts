import { expect, test } from 'vitest';
import type { ApiObject } from '../api/operation.ts';
import { pods, serverForTest } from '../api/server-for-test.ts';
import { ApiError } from './client.ts';
import { createClient } from './create-client.ts';
import { type InformerHandlers, informer } from './informer.ts';
import { localTransport } from './local-transport.ts';

const at = { namespace: 'default' };

function clientForTest(options: { history?: number } = {}) {
  const made = serverForTest(options);
  const client = createClient(localTransport(made.server), 'tester');
  /** Runs the simulation until `promise` is settled. */
  const settle = async <T>(promise: Promise<T>): Promise<T> => {
    let done = false;
    const end = () => {
      done = true;
    };
    promise.then(end, end);
    await made.simulation.runUntil(() => done);
    return promise;
  };
  return { ...made, client, settle };
}

test('requests take a little virtual time; refusals are errors with the server’s Status', async () => {
  const { client, simulation, settle } = clientForTest();
  const before = simulation.now();
  const made = await settle(client.create(pods, pods.make('a'), at));
  expect(made.metadata.name).toBe('a');
  expect(simulation.now() - before).toBe(1);
  const missing = await settle(client.get(pods, { ...at, name: 'b' }).catch((error: unknown) => error));
  expect(missing).toBeInstanceOf(ApiError);
  expect((missing as ApiError).status).toMatchObject({ code: 404, message: 'pods "b" not found' });
  const table = await settle(client.table(pods, at));
  expect(table.rows.map(({ cells }) => cells[0])).toEqual(['a']);
});

function recorder(log: string[]): InformerHandlers {
  return {
    added: ({ metadata }) => log.push(`+${metadata.name}`),
    updated: ({ metadata }) => log.push(`~${metadata.name}`),
    deleted: ({ metadata }) => log.push(`-${metadata.name}`),
  };
}

test('an informer mirrors what is there and follows', async () => {
  const { client, ask, simulation, settle } = clientForTest();
  ask('create', pods, { ...at, body: pods.make('a') });
  const mirror = informer(client, pods);
  const log: string[] = [];
  mirror.on(recorder(log));
  await settle(mirror.synced);
  expect(mirror.list().map(({ metadata }) => metadata.name)).toEqual(['a']);
  await simulation.runTo(simulation.now() + 10);
  ask('create', pods, { ...at, body: pods.make('b') });
  ask('patch', pods, { ...at, name: 'a', patchType: 'merge', body: { metadata: { labels: { x: 'y' } } } });
  ask('delete', pods, { ...at, name: 'b' });
  await simulation.runTo(simulation.now() + 10);
  expect(log).toEqual(['+a', '+b', '~a', '-b']);
  expect(mirror.get({ ...at, name: 'a' })?.metadata.labels).toEqual({ x: 'y' });
  expect(mirror.get({ ...at, name: 'b' })).toBeUndefined();
  mirror.stop();
});

test('an informer that lost its place lists again and tells the difference', async () => {
  const made = clientForTest({ history: 5 });
  const { ask, simulation, settle } = made;
  const transport = localTransport(made.server);
  // A client whose watches break and then ask for history that is gone.
  let broken = false;
  const flaky = createClient(
    {
      ...transport,
      async handle(operation) {
        const answer = await transport.handle(operation);
        if ('watch' in answer && broken) answer.watch.stop();
        return answer;
      },
    },
    'tester',
  );
  ask('create', pods, { ...at, body: pods.make('a') });
  ask('create', pods, { ...at, body: pods.make('b') });
  broken = true;
  const mirror = informer(flaky, pods);
  const log: string[] = [];
  mirror.on(recorder(log));
  await settle(mirror.synced);
  ask('delete', pods, { ...at, name: 'b' });
  for (let n = 0; n < 30; n++) {
    ask('patch', pods, { ...at, name: 'a', patchType: 'merge', body: { metadata: { labels: { n: `${n}` } } } });
  }
  broken = false;
  await simulation.runTo(simulation.now() + 1000);
  expect(log.filter((entry) => entry !== '~a')).toEqual(['+a', '+b', '-b']);
  expect((mirror.get({ ...at, name: 'a' }) as ApiObject).metadata.labels).toEqual({ n: '29' });
  mirror.stop();
});
