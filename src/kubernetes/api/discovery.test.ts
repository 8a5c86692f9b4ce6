import { expect, test } from 'vitest';
import { aggregated, apiGroup, apiGroupList, apiResourceList, resources } from './discovery.ts';
import { kinds } from './kinds/index.ts';

test('every kind is found by its names', () => {
  const named = Object.fromEntries(resources(kinds).map((each) => [each.resource, each]));
  expect(Object.keys(named).sort()).toEqual(kinds.map(({ resource }) => resource).sort());
  expect(named.deployments).toMatchObject({
    group: 'apps',
    kind: 'Deployment',
    shortNames: ['deploy'],
    categories: ['all'],
  });
  expect(named.namespaces).toMatchObject({ namespaced: false, shortNames: ['ns'] });
  expect(named.namespaces?.verbs).not.toContain('deletecollection');
});

test('the documents under /api and /apis', () => {
  const list = apiResourceList('apps', 'v1', kinds);
  expect(list?.resources.map(({ name }) => name)).toEqual(
    [
      'controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status',
      'replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status',
    ].flatMap((line) => line.split(' ')),
  );
  expect(list?.resources[4]).toEqual({
    name: 'deployments/scale',
    singularName: '',
    namespaced: true,
    group: 'autoscaling',
    version: 'v1',
    kind: 'Scale',
    verbs: ['get', 'patch', 'update'],
  });
  expect(apiResourceList('apps', 'v2', kinds)).toBeUndefined();
  expect(apiGroup('apps', kinds)).toMatchObject({
    kind: 'APIGroup',
    name: 'apps',
    preferredVersion: { version: 'v1' },
  });
  expect(apiGroup('nope', kinds)).toBeUndefined();
  const { groups } = apiGroupList(kinds) as { groups: { name: string }[] };
  expect(groups.map(({ name }) => name)).toEqual([
    'apps',
    'authentication.k8s.io',
    'authorization.k8s.io',
    'networking.k8s.io',
    'rbac.authorization.k8s.io',
    'apiextensions.k8s.io',
    'scheduling.k8s.io',
    'coordination.k8s.io',
    'discovery.k8s.io',
  ]);
});

test('discovery in one answer says what the single documents say', () => {
  const { items } = aggregated('apis', kinds) as {
    items: { metadata: { name: string }; versions: { version: string; resources: { resource: string }[] }[] }[];
  };
  for (const { metadata, versions } of items) {
    for (const { version, resources } of versions) {
      const names = apiResourceList(metadata.name, version, kinds)?.resources.map(({ name }) => name) ?? [];
      expect(resources.map(({ resource }) => resource)).toEqual(names.filter((name) => !name.includes('/')));
    }
  }
});
