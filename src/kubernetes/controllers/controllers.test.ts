import { array, assert, asyncProperty, constantFrom, integer, record } from 'fast-check';
import { expect, test } from 'vitest';
import { busybox, deployment, TestCluster } from '../cluster.fixture.ts';
import type { Deployment, ReplicaSet } from '../types/apps.ts';
import type { Namespace } from '../types/cluster.ts';
import { CONFIG_MAPS, DEPLOYMENTS, NAMESPACES, PODS, REPLICA_SETS } from './resources.ts';

const at = { namespace: 'default' };

function ready(cluster: TestCluster, name: string, replicas: number): boolean {
  const { metadata, status } = cluster.deployment(name) ?? {};
  if (status?.observedGeneration !== metadata?.generation) return false;
  return (
    (status?.readyReplicas ?? 0) === replicas &&
    (status?.replicas ?? 0) === replicas &&
    (status?.updatedReplicas ?? 0) === replicas
  );
}

async function withDeployment(replicas: number, spec: object = {}): Promise<TestCluster> {
  const cluster = new TestCluster();
  await cluster.ready();
  await cluster.settle(cluster.client.create(DEPLOYMENTS, deployment('web', replicas, spec)));
  await cluster.until(
    () => ready(cluster, 'web', replicas) && cluster.deployment('web')?.status?.availableReplicas === replicas,
  );
  return cluster;
}

function setImage(cluster: TestCluster, args: readonly string[]) {
  const patch = { spec: { template: { spec: { containers: [{ name: 'agnhost', args }] } } } };
  return cluster.settle(cluster.client.patch(DEPLOYMENTS, { ...at, name: 'web' }, patch, { type: 'strategic' }));
}

test('a Deployment makes a ReplicaSet, which makes pods, under upstream names and with its events', async () => {
  const cluster = await withDeployment(3);
  const [set] = cluster.list<ReplicaSet>(REPLICA_SETS);
  const hash = set?.metadata.labels?.['pod-template-hash'] ?? '';
  expect(hash).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{6,10}$/);
  expect(set).toMatchObject({
    metadata: {
      name: `web-${hash}`,
      annotations: {
        'deployment.kubernetes.io/desired-replicas': '3',
        'deployment.kubernetes.io/max-replicas': '4',
        'deployment.kubernetes.io/revision': '1',
      },
    },
    spec: { replicas: 3, selector: { matchLabels: { app: 'web', 'pod-template-hash': hash } } },
    status: { replicas: 3, fullyLabeledReplicas: 3, readyReplicas: 3, availableReplicas: 3, observedGeneration: 1 },
  });
  for (const { metadata } of cluster.pods()) {
    expect(metadata.name).toMatch(new RegExp(`^web-${hash}-[bcdfghjklmnpqrstvwxz2456789]{5}$`));
    expect(metadata.ownerReferences).toEqual([
      {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        name: `web-${hash}`,
        uid: set?.metadata.uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    ]);
  }
  expect(cluster.events('web')).toEqual([`ScalingReplicaSet x1: Scaled up replica set web-${hash} from 0 to 3`]);
  expect(cluster.events(`web-${hash}`).toSorted()).toEqual(
    cluster
      .pods()
      .map(({ metadata }) => `SuccessfulCreate x1: Created pod: ${metadata.name}`)
      .toSorted(),
  );
  const first = cluster.pods()[0];
  expect(cluster.events(first?.metadata.name ?? '')).toEqual([
    `Scheduled x1: Successfully assigned default/${first?.metadata.name} to ${first?.spec.nodeName}`,
    'Pulled x1: Container image "registry.k8s.io/e2e-test-images/agnhost:2.56" already present on machine and can be accessed by the pod',
    'Created x1: Container created',
    'Started x1: Container started',
  ]);
  expect(cluster.deployment('web')).toMatchObject({
    metadata: { annotations: { 'deployment.kubernetes.io/revision': '1' } },
    status: {
      observedGeneration: 1,
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      conditions: expect.arrayContaining([
        expect.objectContaining({ type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable' }),
        expect.objectContaining({
          type: 'Progressing',
          status: 'True',
          reason: 'NewReplicaSetAvailable',
          message: `ReplicaSet "web-${hash}" has successfully progressed.`,
        }),
      ]),
    },
  });
});

test('a deleted pod is replaced by another with another name and address', async () => {
  const cluster = await withDeployment(2);
  const [gone, kept] = cluster.pods();
  await cluster.settle(cluster.client.delete(PODS, { ...at, name: gone?.metadata.name ?? '' }));
  await cluster.until(() => cluster.pod(gone?.metadata.name ?? '') === undefined);
  await cluster.until(() => cluster.pods().length === 2 && cluster.pods().every(({ status }) => status?.podIP));
  const fresh = cluster.pods().find(({ metadata }) => metadata.name !== kept?.metadata.name);
  expect(fresh?.metadata.name).not.toBe(gone?.metadata.name);
  expect(fresh?.status?.podIP).toMatch(/^10\.244\.[12]\.\d+$/);
  expect(fresh?.status?.podIP).not.toBe(gone?.status?.podIP);
});

test('a rolling update keeps enough pods and never has too many', async () => {
  const cluster = await withDeployment(4, { strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } });
  await setImage(cluster, ['netexec', '--http-port=9090']);
  let most = 0;
  let least = 99;
  await cluster.until(() => {
    const alive = cluster.pods().filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    most = Math.max(most, alive.length);
    least = Math.min(least, cluster.deployment('web')?.status?.availableReplicas ?? 0);
    return ready(cluster, 'web', 4) && cluster.pods().length === 4;
  });
  expect(most).toBeLessThanOrEqual(5);
  expect(least).toBeGreaterThanOrEqual(3);
  const sets = cluster
    .list<ReplicaSet>(REPLICA_SETS)
    .map(({ metadata, spec }) => [metadata.annotations?.['deployment.kubernetes.io/revision'], spec.replicas]);
  expect(sets.toSorted()).toEqual([
    ['1', 0],
    ['2', 4],
  ]);
  expect(cluster.deployment('web')?.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('2');
});

test('going back takes the old ReplicaSet up again, with the next revision', async () => {
  const cluster = await withDeployment(2);
  const [first] = cluster.list<ReplicaSet>(REPLICA_SETS);
  await setImage(cluster, ['netexec', '--http-port=9090']);
  await cluster.until(() => ready(cluster, 'web', 2) && cluster.pods().length === 2);
  await setImage(cluster, ['netexec']);
  await cluster.until(
    () => cluster.get<ReplicaSet>(REPLICA_SETS, first?.metadata.name ?? '', 'default')?.status?.readyReplicas === 2,
  );
  expect(
    cluster.get<ReplicaSet>(REPLICA_SETS, first?.metadata.name ?? '', 'default')?.metadata.annotations,
  ).toMatchObject({
    'deployment.kubernetes.io/revision': '3',
    'deployment.kubernetes.io/revision-history': '1',
  });
});

test('Recreate ends every old pod before the first new one', async () => {
  const cluster = await withDeployment(2, { strategy: { type: 'Recreate' } });
  const old = new Set(cluster.pods().map(({ metadata }) => metadata.name));
  await setImage(cluster, ['netexec', '--http-port=9090']);
  await cluster.until(() => {
    const names = cluster.pods().map(({ metadata }) => metadata.name);
    expect(names.some((name) => old.has(name)) && names.some((name) => !old.has(name))).toBe(false);
    return ready(cluster, 'web', 2) && names.every((name) => !old.has(name));
  });
});

test('a rollout that does not get on says so after its deadline', async () => {
  const cluster = await withDeployment(2, { progressDeadlineSeconds: 60 });
  await setImage(cluster, ['nonsense']);
  const progressing = () => cluster.deployment('web')?.status?.conditions?.find(({ type }) => type === 'Progressing');
  await cluster.until(() => progressing()?.status === 'False', 200_000);
  expect(progressing()).toMatchObject({
    reason: 'ProgressDeadlineExceeded',
    message: expect.stringMatching(/^ReplicaSet "web-.*" has timed out progressing\.$/),
  });
  expect(cluster.deployment('web')?.status?.availableReplicas).toBe(2);
});

test('a pod whose label changes leaves its set, which makes another', async () => {
  const cluster = await withDeployment(1);
  const [pod] = cluster.pods();
  const name = pod?.metadata.name ?? '';
  await cluster.settle(
    cluster.client.patch(PODS, { ...at, name }, { metadata: { labels: { app: 'other' } } }, { type: 'merge' }),
  );
  await cluster.until(() => cluster.pods().length === 2 && ready(cluster, 'web', 1));
  expect(cluster.pod(name)?.metadata.ownerReferences ?? []).toEqual([]);
});

test('deleting a Deployment takes all that is its own, in the background or before it', async () => {
  for (const propagationPolicy of ['Background', 'Foreground'] as const) {
    const cluster = await withDeployment(2);
    await cluster.settle(cluster.client.delete(DEPLOYMENTS, { ...at, name: 'web' }, { propagationPolicy }));
    let early = false;
    await cluster.until(() => {
      const left = cluster.list(REPLICA_SETS).length + cluster.pods().length;
      if (cluster.deployment('web') === undefined && left > 0) early = true;
      return left === 0 && cluster.deployment('web') === undefined;
    });
    expect(early).toBe(propagationPolicy === 'Background');
  }
});

test('orphans stay, and are adopted by who asks for them', async () => {
  const cluster = await withDeployment(2);
  const pods = cluster
    .pods()
    .map(({ metadata }) => metadata.uid)
    .toSorted();
  await cluster.settle(cluster.client.delete(DEPLOYMENTS, { ...at, name: 'web' }, { propagationPolicy: 'Orphan' }));
  await cluster.until(() => cluster.deployment('web') === undefined);
  await cluster.clock.runTo(cluster.clock.now() + 5000);
  expect(cluster.list<ReplicaSet>(REPLICA_SETS)[0]?.metadata.ownerReferences ?? []).toEqual([]);
  await cluster.settle(cluster.client.create(DEPLOYMENTS, deployment('web', 2)));
  await cluster.until(() => ready(cluster, 'web', 2));
  expect(
    cluster
      .pods()
      .map(({ metadata }) => metadata.uid)
      .toSorted(),
  ).toEqual(pods);
});

test('a namespace is emptied before it goes', async () => {
  const cluster = new TestCluster();
  await cluster.ready();
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
  await cluster.settle(cluster.client.create(NAMESPACES, body));
  await cluster.until(() => cluster.list(CONFIG_MAPS, 'shop').length === 1);
  const pod = busybox('box', 'sleep 1000', { terminationGracePeriodSeconds: 3 });
  await cluster.settle(cluster.client.create(PODS, { ...pod, metadata: { name: 'box' } }, { namespace: 'shop' }));
  await cluster.until(() => cluster.pods('shop')[0]?.status?.phase === 'Running');
  await cluster.settle(cluster.client.delete(NAMESPACES, { name: 'shop' }));
  await cluster.clock.runTo(cluster.clock.now() + 500);
  expect(cluster.get<Namespace>(NAMESPACES, 'shop')?.status?.phase).toBe('Terminating');
  await cluster.until(() => cluster.get(NAMESPACES, 'shop') === undefined);
  expect(cluster.pods('shop')).toEqual([]);
});

test('whatever happens in whatever order, the pods come to be as many as the Deployment last asked for', async () => {
  const step = record({
    what: constantFrom('scale', 'image', 'delete pod', 'delete set', 'wait'),
    number: integer({ min: 0, max: 4 }),
  });
  await assert(
    asyncProperty(array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
      const cluster = new TestCluster();
      await cluster.ready();
      await cluster.settle(cluster.client.create(DEPLOYMENTS, deployment('web', 2)));
      let wanted = 2;
      for (const { what, number } of steps) {
        if (what === 'wait') await cluster.clock.runTo(cluster.clock.now() + number * 300);
        if (what === 'image') await setImage(cluster, ['netexec', `--http-port=${8080 + number}`]);
        if (what === 'scale') {
          wanted = number;
          const patch = { spec: { replicas: number } };
          await cluster.settle(cluster.client.patch(DEPLOYMENTS, { ...at, name: 'web' }, patch, { type: 'merge' }));
        }
        const victims =
          what === 'delete pod' ? cluster.pods() : what === 'delete set' ? cluster.list<ReplicaSet>(REPLICA_SETS) : [];
        const victim = victims[number % Math.max(1, victims.length)];
        const resource = what === 'delete pod' ? PODS : REPLICA_SETS;
        if (victim) await cluster.settle(cluster.client.delete(resource, { ...at, name: victim.metadata.name }));
      }
      await cluster.until(() => {
        const done = (cluster.deployment('web') as Deployment).status;
        return (
          ready(cluster, 'web', wanted) && (done?.availableReplicas ?? 0) === wanted && cluster.pods().length === wanted
        );
      });
      cluster.stop();
    }),
    { numRuns: 12, seed: 3 },
  );
}, 60_000);
