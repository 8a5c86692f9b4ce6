import { expect, test } from 'vitest';
import { TestCluster } from '../../cluster.fixture.ts';
import type { ControllerRevision, DaemonSet } from '../../types/apps.ts';
import type { Pod } from '../../types/pod.ts';
import { isReady } from '../pods.ts';
import { CONTROLLER_REVISIONS, DAEMON_SETS, NODES, PODS } from '../resources.ts';

const at = { namespace: 'default', name: 'agent' };

function agent(spec: object = {}, podSpec: object = {}) {
  const labels = { app: 'agent' };
  const container = { name: 'main', image: 'busybox:1.36', command: ['sleep', '1d'] };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { ...at, labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { terminationGracePeriodSeconds: 0, containers: [container], ...podSpec },
      },
      ...spec,
    },
  };
}

function set(cluster: TestCluster): DaemonSet | undefined {
  return cluster.get<DaemonSet>(DAEMON_SETS, 'agent', 'default');
}

function rolledOut(cluster: TestCluster): boolean {
  const { metadata, status } = set(cluster) ?? {};
  return status?.observedGeneration === metadata?.generation && status?.updatedNumberScheduled === 2;
}

const nodesOf = (pods: readonly Pod[]) => pods.map(({ spec }) => spec.nodeName ?? '').toSorted();

async function started(spec: object = {}, podSpec: object = {}, count = 2): Promise<TestCluster> {
  const cluster = new TestCluster();
  await cluster.ready();
  await cluster.settle(cluster.client.create(DAEMON_SETS, agent(spec, podSpec), { namespace: 'default' }));
  await cluster.until(() => set(cluster)?.status?.numberAvailable === count);
  return cluster;
}

test('a pod on each node that its tolerations allow, bound by the scheduler, with upstream labels and tolerations', async () => {
  const cluster = await started();
  expect(nodesOf(cluster.pods())).toEqual(['hop-worker', 'hop-worker2']);
  const [pod] = cluster.pods();
  const [revision] = cluster.list<ControllerRevision>(CONTROLLER_REVISIONS);
  const hash = revision?.metadata.labels?.['controller-revision-hash'];
  expect(revision).toMatchObject({ metadata: { name: `agent-${hash}` }, revision: 1 });
  expect(pod?.metadata).toMatchObject({
    generateName: 'agent-',
    labels: { app: 'agent', 'controller-revision-hash': hash },
    ownerReferences: [{ kind: 'DaemonSet', name: 'agent', controller: true, blockOwnerDeletion: true }],
  });
  expect(pod?.spec.affinity).toEqual({
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [pod?.spec.nodeName] }] }],
      },
    },
  });
  expect(
    pod?.spec.tolerations?.map(({ key, effect }) => `${key?.slice('node.kubernetes.io/'.length)} ${effect}`),
  ).toEqual([
    'not-ready NoExecute',
    'unreachable NoExecute',
    'disk-pressure NoSchedule',
    'memory-pressure NoSchedule',
    'pid-pressure NoSchedule',
    'unschedulable NoSchedule',
  ]);
  expect(set(cluster)?.status).toEqual({
    currentNumberScheduled: 2,
    numberMisscheduled: 0,
    desiredNumberScheduled: 2,
    numberReady: 2,
    observedGeneration: 1,
    updatedNumberScheduled: 2,
    numberAvailable: 2,
  });
  cluster.stop();
});

test('one that tolerates everything runs on the control plane too; a deleted pod is replaced on its node', async () => {
  const cluster = await started({}, { tolerations: [{ operator: 'Exists' }] }, 3);
  const all = ['hop-control-plane', 'hop-worker', 'hop-worker2'];
  expect(nodesOf(cluster.pods())).toEqual(all);
  const [gone] = cluster.pods();
  await cluster.settle(cluster.client.delete(PODS, { namespace: 'default', name: gone?.metadata.name ?? '' }));
  await cluster.until(
    () =>
      cluster.pod(gone?.metadata.name ?? '') === undefined &&
      cluster.pods().every(isReady) &&
      nodesOf(cluster.pods()).join() === all.join(),
  );
  cluster.stop();
});

test('a node that loses its label loses its pod', async () => {
  const cluster = await started({}, { nodeSelector: { 'kubernetes.io/hostname': 'hop-worker' } }, 1);
  expect(nodesOf(cluster.pods())).toEqual(['hop-worker']);
  const patch = { metadata: { labels: { 'kubernetes.io/hostname': 'other' } } };
  await cluster.settle(cluster.client.patch(NODES, { name: 'hop-worker' }, patch, { type: 'merge' }));
  await cluster.until(() => cluster.pods().length === 0 && set(cluster)?.status?.desiredNumberScheduled === 0);
  cluster.stop();
});

test('a new template is rolled out one node after the other, and the old one is kept as a revision', async () => {
  const cluster = await started();
  const before = new Set(cluster.pods().map(({ metadata }) => metadata.uid));
  const patch = { spec: { template: { metadata: { labels: { app: 'agent', version: '2' } } } } };
  await cluster.settle(cluster.client.patch(DAEMON_SETS, at, patch, { type: 'merge' }));
  let least = 2;
  await cluster.until(() => {
    const pods = cluster.pods().filter(isReady);
    least = Math.min(least, pods.length);
    return rolledOut(cluster) && pods.length === 2;
  });
  expect(least).toBe(1);
  expect(cluster.pods().some(({ metadata }) => before.has(metadata.uid))).toBe(false);
  expect(
    cluster
      .list<ControllerRevision>(CONTROLLER_REVISIONS)
      .map(({ revision }) => revision)
      .toSorted(),
  ).toEqual([1, 2]);
  cluster.stop();
});

test('with maxSurge the new pod is there before the old one goes', async () => {
  const rolling = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } };
  const cluster = await started(rolling);
  const patch = { spec: { template: { metadata: { labels: { app: 'agent', version: '2' } } } } };
  await cluster.settle(cluster.client.patch(DAEMON_SETS, at, patch, { type: 'merge' }));
  let most = 0;
  let least = 2;
  await cluster.until(() => {
    most = Math.max(most, cluster.pods().length);
    least = Math.min(least, cluster.pods().filter(isReady).length);
    return rolledOut(cluster) && cluster.pods().length === 2;
  });
  expect(most).toBe(3);
  expect(least).toBe(2);
  cluster.stop();
});

test('a failed daemon pod is deleted and made again, and said so', async () => {
  const cluster = await started();
  const [pod] = cluster.pods();
  const status = { ...pod?.status, phase: 'Failed' };
  await cluster.settle(cluster.client.update(PODS, { ...pod, status } as Pod, 'status'));
  await cluster.until(() => cluster.pod(pod?.metadata.name ?? '') === undefined && cluster.pods().length === 2);
  const [event] = cluster.events('agent').filter((text) => text.startsWith('FailedDaemonPod'));
  expect(event).toBe(
    `FailedDaemonPod x1: Found failed daemon pod default/${pod?.metadata.name} on node ${pod?.spec.nodeName}, will try to kill it`,
  );
  cluster.stop();
});
