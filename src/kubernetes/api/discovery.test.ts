import { expect, test } from 'vitest';
import { apiGroup, apiGroupList, apiResourceList, resources } from './discovery.ts';

test('every kind is found by its names', () => {
  const named = Object.fromEntries(resources().map((each) => [each.resource, each]));
  expect(Object.keys(named)).toEqual(
    [
      'configmaps endpoints events namespaces nodes pods secrets serviceaccounts services',
      'controllerrevisions daemonsets deployments replicasets statefulsets',
      'selfsubjectreviews selfsubjectaccessreviews selfsubjectrulesreviews leases endpointslices',
      'ingressclasses ingresses ipaddresses networkpolicies servicecidrs',
      'clusterrolebindings clusterroles rolebindings roles priorityclasses',
    ].flatMap((line) => line.split(' ')),
  );
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
  const list = apiResourceList('apps', 'v1');
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
  expect(apiResourceList('apps', 'v2')).toBeUndefined();
  expect(apiGroup('apps')).toMatchObject({ kind: 'APIGroup', name: 'apps', preferredVersion: { version: 'v1' } });
  expect(apiGroup('nope')).toBeUndefined();
  expect(apiGroupList()).toMatchObject({
    groups: [
      ...['apps', 'coordination.k8s.io', 'discovery.k8s.io', 'networking.k8s.io', 'authentication.k8s.io'],
      ...['authorization.k8s.io', 'rbac.authorization.k8s.io', 'scheduling.k8s.io'],
    ].map((name) => ({ name })),
  });
});
