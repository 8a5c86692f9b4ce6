import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ObjectList, Status, WatchEvent } from '../operation.ts';
import { core, serverForTest } from '../server-for-test.ts';

const maps = core('configmaps');

function maker(options: { history?: number } = {}) {
  const made = serverForTest(options);
  const create = (name: string, namespace = 'default', data?: object) =>
    made.ask('create', maps, { namespace, body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data } });
  const remove = (name: string, namespace = 'default') => made.ask('delete', maps, { namespace, name });
  const list = (options: object, namespace?: string) =>
    made.ask('list', maps, { ...(namespace !== undefined && { namespace }), options }) as ObjectList;
  return { ...made, create, remove, list };
}

const names = (list: ObjectList) => list.items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);

test('a list in parts shows what was there when it began', () => {
  const { create, remove, list } = maker();
  for (const name of ['a', 'b', 'c']) create(name);
  create('a', 'kube-system');
  const first = list({ limit: 2 });
  expect(names(first)).toEqual(['default/a', 'default/b']);
  expect(first.metadata).toMatchObject({ remainingItemCount: 2 });
  remove('c');
  create('bb');
  const rest = list({ limit: 5, continue: first.metadata.continue });
  expect(names(rest)).toEqual(['default/c', 'kube-system/a']);
  expect(rest.metadata).toEqual({ resourceVersion: first.metadata.resourceVersion });
});

test('a part that is asked for too late is refused, with a way to go on', () => {
  const { create, list, ask } = maker({ history: 4 });
  for (const name of ['a', 'b', 'c']) create(name);
  const first = list({ limit: 1 });
  for (let i = 0; i < 20; i++) create(`n${i}`);
  const late = ask('list', maps, { options: { continue: first.metadata.continue ?? '' } }) as Status;
  expect(late).toMatchObject({ code: 410, reason: 'Expired' });
  const rest = list({ limit: 2, continue: late.metadata.continue });
  expect(names(rest)).toEqual(['default/b', 'default/c']);
});

/** Whatever happens between the parts, they are together the list of the moment of the first; and a watch from it tells the rest. */
test('parts and a watch together miss nothing and tell nothing twice', async () => {
  const step = fc.record({
    verb: fc.constantFrom('create', 'delete', 'change'),
    name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    namespace: fc.constantFrom('default', 'kube-system'),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 30 }),
      fc.array(step, { maxLength: 30 }),
      fc.nat(3),
      async (before, between, size) => {
        const { create, remove, list, ask, handle } = maker();
        let value = 0;
        const run = ({ verb, name, namespace }: (typeof before)[number]) => {
          if (verb === 'create') create(name, namespace);
          else if (verb === 'delete') remove(name, namespace);
          else ask('patch', maps, { namespace, name, patchType: 'merge', body: { data: { v: String(value++) } } });
        };
        before.forEach(run);
        const whole = names(list({}));
        const seen = new Map<string, string>();
        const queue = [...between];
        let part = list({ limit: size + 1 });
        const { resourceVersion } = part.metadata;
        const parts = [...names(part)];
        const keep = (from: ObjectList) => {
          for (const { metadata } of from.items)
            seen.set(`${metadata.namespace}/${metadata.name}`, metadata.resourceVersion ?? '');
        };
        keep(part);
        while (part.metadata.continue !== undefined) {
          const next = queue.shift();
          if (next !== undefined) run(next);
          part = list({ limit: size + 1, continue: part.metadata.continue });
          parts.push(...names(part));
          keep(part);
        }
        expect(parts).toEqual(whole);
        queue.forEach(run);
        const answer = handle('watch', maps, { options: { resourceVersion, timeoutSeconds: 1 } });
        if (!('watch' in answer)) throw new Error('no watch');
        const stop = new AbortController();
        let last = Number(resourceVersion);
        const { items } = list({});
        const expected = new Map(
          items.map(({ metadata }) => [`${metadata.namespace}/${metadata.name}`, metadata.resourceVersion]),
        );
        answer.watch.stop();
        for (;;) {
          const event = (await answer.watch.next(stop.signal)) as WatchEvent | undefined;
          if (event === undefined) break;
          const { metadata } = event.object as ObjectList['items'][number];
          const key = `${metadata.namespace}/${metadata.name}`;
          expect(Number(metadata.resourceVersion)).toBeGreaterThan(last);
          last = Number(metadata.resourceVersion);
          expect(seen.has(key)).toBe(event.type !== 'ADDED');
          if (event.type === 'DELETED') seen.delete(key);
          else seen.set(key, metadata.resourceVersion ?? '');
        }
        expect(new Map([...seen].sort())).toEqual(new Map([...expected].sort()));
      },
    ),
    { numRuns: 60 },
  );
});
