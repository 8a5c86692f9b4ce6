import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ApiObject, Operation, Watch, WatchEvent } from '../operation.ts';
import { core, pods, serverForTest } from '../server-for-test.ts';

const at = { namespace: 'default' } as const;
type Server = ReturnType<typeof serverForTest>;

function watching({ handle }: Server, rest: Partial<Operation> = {}): Watch {
  const answer = handle('watch', pods, rest);
  if (!('watch' in answer)) throw new Error(JSON.stringify(answer.body));
  return answer.watch;
}

/** What has come so far. */
async function heard(watch: Watch): Promise<WatchEvent[]> {
  watch.stop();
  const events: WatchEvent[] = [];
  for (let event = await watch.next(); event !== undefined; event = await watch.next()) events.push(event);
  return events;
}

const told = (events: readonly WatchEvent[]) =>
  events.map(({ type, object }) => `${type} ${(object as ApiObject).metadata.name}`);

const label = (server: Server, name: string, app: string) =>
  server.ask('patch', pods, { ...at, name, patchType: 'merge', body: { metadata: { labels: { app } } } });

test('a watch without a version starts with what is there', async () => {
  const server = serverForTest();
  server.ask('create', pods, { ...at, body: pods.make('a') });
  const watch = watching(server);
  server.ask('create', pods, { ...at, body: pods.make('b') });
  server.ask('delete', pods, { ...at, name: 'a' });
  expect(told(await heard(watch))).toEqual(['ADDED a', 'ADDED b', 'DELETED a']);
});

test('a watch from a version hears of the changes after it', async () => {
  const server = serverForTest();
  const first = server.ask('create', pods, { ...at, body: pods.make('a') }) as ApiObject;
  label(server, 'a', 'x');
  const { resourceVersion } = first.metadata;
  const watch = watching(server, { options: { resourceVersion: resourceVersion ?? '' } });
  expect(told(await heard(watch))).toEqual(['MODIFIED a']);
});

test('objects enter and leave a selection', async () => {
  const server = serverForTest();
  const watch = watching(server, { ...at, options: { labelSelector: 'app=x' } });
  server.ask('create', pods, { ...at, body: pods.make('a') });
  label(server, 'a', 'x');
  label(server, 'a', 'y');
  label(server, 'a', 'z');
  const events = await heard(watch);
  expect(told(events)).toEqual(['ADDED a', 'DELETED a']);
  expect(events[1]?.object).toMatchObject({ metadata: { labels: { app: 'x' } } });
});

test('forgotten history is answered 410', () => {
  const server = serverForTest({ history: 10 });
  server.ask('create', pods, { ...at, body: pods.make('a') });
  for (let n = 0; n < 40; n++) label(server, 'a', `v${n}`);
  expect(server.ask('watch', pods, { options: { resourceVersion: '5' } })).toMatchObject({
    code: 410,
    reason: 'Expired',
    message: expect.stringMatching(/^too old resource version: 5 \(\d+\)$/),
  });
  // Other resources have a history of their own.
  const quiet = server.ask('watch', core('configmaps'), { options: { resourceVersion: '5' } }) as Watch;
  expect(quiet.next).toBeDefined();
});

test('bookmarks tell a quiet watch how far it has come, and when the first objects are all there', async () => {
  const server = serverForTest();
  const options = { allowBookmarks: true, sendInitialEvents: true };
  const watch = watching(server, { options });
  await server.simulation.runTo(61_000);
  const [first, second] = await heard(watch);
  expect(first).toMatchObject({
    type: 'BOOKMARK',
    object: { metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
  });
  expect(second?.type).toBe('BOOKMARK');
});

test('a watch ends after its timeout', async () => {
  const server = serverForTest();
  const watch = watching(server, { options: { timeoutSeconds: 5 } });
  await server.simulation.runTo(5_001);
  expect(await watch.next()).toBeUndefined();
});

test('tables can be watched', async () => {
  const server = serverForTest();
  const watch = watching(server, { options: { table: true } });
  server.ask('create', pods, { ...at, body: pods.make('a') });
  const [event] = await heard(watch);
  expect(event?.object).toMatchObject({
    kind: 'Table',
    rows: [{ cells: ['a', '0/1', 'Pending', '0', '0s', '<none>', '<none>', '<none>', '<none>'] }],
  });
});

type Act = {
  readonly verb: 'create' | 'label' | 'delete' | 'hold' | 'release' | 'apply';
  readonly pod: number;
  readonly app: number;
};
const acts = fc.array(
  fc.record<Act>({
    verb: fc.constantFrom('create', 'label', 'delete', 'hold', 'release', 'apply'),
    pod: fc.integer({ min: 0, max: 3 }),
    app: fc.integer({ min: 0, max: 2 }),
  }),
  { maxLength: 40 },
);

function act(server: Server, { verb, pod, app }: Act): void {
  const name = `pod-${pod}`;
  const finalizers = verb === 'hold' ? ['example.com/hold'] : null;
  const labels = { app: `a${app}` };
  switch (verb) {
    case 'create':
      server.ask('create', pods, { ...at, body: pods.make(name, { metadata: { labels }, spec: { nodeName: 'n' } }) });
      break;
    case 'label':
      label(server, name, `a${app}`);
      break;
    case 'delete':
      server.ask('delete', pods, { ...at, name, options: { gracePeriodSeconds: app } });
      break;
    case 'hold':
    case 'release':
      server.ask('patch', pods, { ...at, name, patchType: 'merge', body: { metadata: { finalizers } } });
      break;
    case 'apply': {
      const body = pods.make(name, { metadata: { labels } });
      server.ask('patch', pods, { ...at, name, patchType: 'apply', body, options: { fieldManager: 'm', force: true } });
    }
  }
}

test('under random requests each watcher hears of every change once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(acts, acts, async (before, after) => {
      const server = serverForTest();
      for (const each of before) act(server, each);
      const all = watching(server);
      const some = watching(server, { ...at, options: { labelSelector: 'app=a1' } });
      for (const each of after) act(server, each);
      const everything = server.ask('list', pods) as { items: readonly ApiObject[] };
      const events = await heard(all);
      const selected = await heard(some);
      for (const stream of [events, selected]) {
        const seen = new Map<string, ApiObject>();
        // The objects at the start come by name, what follows by version.
        let last = 0;
        for (const { type, object } of stream) {
          const { name, resourceVersion } = (object as ApiObject).metadata;
          expect(type).toBe(type === 'DELETED' ? 'DELETED' : seen.has(name) ? 'MODIFIED' : 'ADDED');
          if (type === 'DELETED') expect(seen.delete(name)).toBe(true);
          else seen.set(name, object as ApiObject);
          if (type !== 'ADDED') {
            expect(Number(resourceVersion)).toBeGreaterThan(last);
            last = Number(resourceVersion);
          }
        }
        const wanted = everything.items.filter(({ metadata }) => stream === events || metadata.labels?.app === 'a1');
        expect([...seen.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))).toEqual(wanted);
      }
    }),
    { numRuns: 60 },
  );
});
