import { array, assert, constantFrom, integer, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import type { ApiObject } from '../operation.ts';
import { Collection } from './collection.ts';

const app = ({ metadata }: ApiObject) => metadata.labels?.['app'];

function pod(namespace: string, name: string, label: string): ApiObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name, labels: { app: label } } };
}

test('an index finds what looking at every object finds, in the same order, whatever was set and deleted', () => {
  const step = record({
    namespace: constantFrom('a', 'b'),
    name: integer({ min: 0, max: 120 }).map((number) => `pod-${number}`),
    label: constantFrom('web', 'db', 'cache'),
    deleted: integer({ min: 0, max: 3 }).map((die) => die === 0),
  });
  assert(
    property(array(step, { minLength: 200, maxLength: 400 }), (steps) => {
      const collection = new Collection();
      for (const { namespace, name, label, deleted } of steps) {
        if (deleted) collection.delete(pod(namespace, name, label));
        else collection.set(pod(namespace, name, label));
        for (const scope of ['a', undefined]) {
          const all = collection.list(scope);
          expect(all.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual(
            all.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).toSorted(),
          );
          const found = collection.having('app', app, 'web', scope).filter((object) => app(object) === 'web');
          expect(found).toEqual(all.filter((object) => app(object) === 'web'));
        }
      }
    }),
    { numRuns: 20 },
  );
});
