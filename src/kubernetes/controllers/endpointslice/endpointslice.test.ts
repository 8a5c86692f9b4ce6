import { expect, test } from 'vitest';
import { deployment, TestCluster } from '../../cluster.fixture.ts';
import type { EndpointSlice, Endpoints } from '../../types/service.ts';
import { DEPLOYMENTS, ENDPOINT_SLICES, ENDPOINTS, PODS, SERVICES } from '../resources.ts';

const at = { namespace: 'default' };

function service(spec: object = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...at, name: 'web', labels: { team: 'a' } },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }], ...spec },
  };
}

function slices(cluster: TestCluster): readonly EndpointSlice[] {
  return cluster
    .list<EndpointSlice>(ENDPOINT_SLICES)
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === 'web');
}

function endpoints(cluster: TestCluster) {
  return slices(cluster).flatMap((slice) => slice.endpoints ?? []);
}

function ready(cluster: TestCluster): number {
  return endpoints(cluster).filter(({ conditions }) => conditions?.ready === true).length;
}

async function serving(replicas: number, container: object = {}): Promise<TestCluster> {
  const cluster = new TestCluster();
  await cluster.ready();
  await cluster.settle(cluster.client.create(SERVICES, service(), at));
  await cluster.settle(cluster.client.create(DEPLOYMENTS, deployment('web', replicas, {}, container), at));
  await cluster.until(() => ready(cluster) === replicas);
  return cluster;
}

test('a Service without pods has one empty slice and empty Endpoints', async () => {
  const cluster = new TestCluster();
  await cluster.ready();
  await cluster.settle(cluster.client.create(SERVICES, service(), at));
  await cluster.until(() => slices(cluster).length === 1);
  expect(slices(cluster)[0]).toMatchObject({
    addressType: 'IPv4',
    metadata: {
      labels: {
        team: 'a',
        'kubernetes.io/service-name': 'web',
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      },
      ownerReferences: [{ kind: 'Service', name: 'web', controller: true }],
    },
  });
  await cluster.until(() => cluster.get(ENDPOINTS, 'web', 'default') !== undefined);
  expect(cluster.get<Endpoints>(ENDPOINTS, 'web', 'default')?.subsets).toBeUndefined();
  cluster.stop();
});

test('ready pods stand in the slice with address, node and pod, and in Endpoints by address', async () => {
  const cluster = await serving(2);
  const pods = cluster.pods();
  const [slice] = slices(cluster);
  expect(slice?.ports).toEqual([{ name: '', port: 8080, protocol: 'TCP' }]);
  expect(
    endpoints(cluster).toSorted((a, b) => ((a.targetRef?.name ?? '') < (b.targetRef?.name ?? '') ? -1 : 1)),
  ).toEqual(
    pods.map(({ metadata, spec, status }) => ({
      addresses: [status?.podIP],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: spec.nodeName,
      targetRef: { kind: 'Pod', name: metadata.name, namespace: 'default', uid: metadata.uid },
    })),
  );
  await cluster.until(() => cluster.get<Endpoints>(ENDPOINTS, 'web', 'default')?.subsets?.[0]?.addresses?.length === 2);
  expect(cluster.get<Endpoints>(ENDPOINTS, 'web', 'default')?.subsets?.[0]).toMatchObject({
    addresses: pods
      .map(({ status }) => status?.podIP ?? '')
      .toSorted()
      .map((ip) => ({ ip })),
    ports: [{ port: 8080, protocol: 'TCP' }],
  });
  cluster.stop();
});

test('a pod on its way out is terminating and still serving, then gone', async () => {
  const cluster = await serving(1, { command: ['sleep', '1000'], args: [] });
  const [pod] = cluster.pods();
  const name = pod?.metadata.name ?? '';
  await cluster.settle(
    cluster.client.patch(DEPLOYMENTS, { ...at, name: 'web' }, { spec: { replicas: 0 } }, { type: 'merge' }),
  );
  await cluster.until(() => endpoints(cluster)[0]?.conditions?.terminating === true);
  expect(endpoints(cluster)[0]?.conditions).toEqual({ ready: false, serving: true, terminating: true });
  expect(cluster.pod(name)?.metadata.deletionTimestamp).toBeDefined();
  await cluster.until(() => cluster.pod(name) === undefined && endpoints(cluster).length === 0);
  expect(slices(cluster)).toHaveLength(1);
  cluster.stop();
});

test('a selector that changes, and labels that leave it, change the slice', async () => {
  const cluster = await serving(2);
  const [first] = cluster.pods();
  const at1 = { ...at, name: first?.metadata.name ?? '' };
  await cluster.settle(cluster.client.patch(PODS, at1, { metadata: { labels: { app: 'other' } } }, { type: 'merge' }));
  await cluster.until(() => endpoints(cluster).every(({ targetRef }) => targetRef?.name !== at1.name));
  const patch = { spec: { selector: { app: 'other' } } };
  await cluster.settle(cluster.client.patch(SERVICES, { ...at, name: 'web' }, patch, { type: 'merge' }));
  await cluster.until(() => endpoints(cluster).length === 1 && endpoints(cluster)[0]?.targetRef?.name === at1.name);
  cluster.stop();
});
