import { expect, test } from 'vitest';
import { busybox, deployment, TestCluster } from '../cluster.fixture.ts';
import { DEPLOYMENTS, NODES, PODS } from '../controllers/resources.ts';
import type { Node } from '../types/cluster.ts';
import type { Pod } from '../types/pod.ts';
import { refusals } from './filter.ts';
import { quantity, usageOf } from './resources.ts';
import { fitError } from './scheduler.ts';

function node(name: string, more: { labels?: Record<string, string>; spec?: Node['spec']; cpu?: string } = {}): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: more.labels ?? {} },
    spec: more.spec ?? {},
    status: { allocatable: { cpu: more.cpu ?? '4', memory: '8Gi', pods: '110' } },
  };
}

function refused(spec: Partial<Pod['spec']>, where: Node): readonly string[] {
  const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [], ...spec } };
  return refusals(pod, { node: where, pods: [], usage: usageOf(where, []) });
}

test('each filter refuses in its own words', () => {
  const taint = { key: 'a', value: 'b', effect: 'NoSchedule' } as const;
  const tainted = node('n', { spec: { taints: [taint] } });
  expect(refused({}, tainted)).toEqual(['node(s) had untolerated taint(s)']);
  expect(refused({ tolerations: [{ key: 'a', value: 'b' }] }, tainted)).toEqual([]);
  expect(refused({ tolerations: [{ key: 'a', value: 'c' }] }, tainted)).toHaveLength(1);
  expect(refused({ tolerations: [{ operator: 'Exists' }] }, tainted)).toEqual([]);
  expect(refused({ tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoExecute' }] }, tainted)).toHaveLength(1);
  expect(refused({}, node('n', { spec: { unschedulable: true } }))).toEqual(['node(s) were unschedulable']);
  expect(refused({ nodeSelector: { disk: 'ssd' } }, node('n'))).toEqual([
    "node(s) didn't match Pod's node affinity/selector",
  ]);
  expect(refused({ nodeSelector: { disk: 'ssd' } }, node('n', { labels: { disk: 'ssd' } }))).toEqual([]);
  const cpu = (amount: string) => [{ name: 'c', resources: { requests: { cpu: amount } } }];
  expect(refused({ containers: cpu('4500m') }, node('n'))).toEqual(['Insufficient cpu']);
  expect(refused({ containers: cpu('4') }, node('n'))).toEqual([]);
});

test('required node affinity: terms are alternatives, their requirements hold together', () => {
  const affinity = (...terms: object[]) =>
    ({
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } },
    }) as Partial<Pod['spec']>;
  const where = node('n', { labels: { zone: 'a', size: '3' } });
  const term = (key: string, operator: string, ...values: string[]) => ({
    matchExpressions: [{ key, operator, values }],
  });
  expect(refused(affinity(term('zone', 'In', 'a', 'b')), where)).toEqual([]);
  expect(refused(affinity(term('zone', 'NotIn', 'a')), where)).toHaveLength(1);
  expect(refused(affinity(term('zone', 'In', 'x'), term('size', 'Gt', '2')), where)).toEqual([]);
  expect(refused(affinity({}), where)).toHaveLength(1);
  expect(refused(affinity({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }] }), where)).toEqual(
    [],
  );
});

test('quantities are numbers with suffixes', () => {
  expect(['250m', '2', '1Ki', '1.5Gi', '1e3', 'x'].map(quantity)).toEqual([0.25, 2, 1024, 1610612736, 1000, 0]);
});

test('the message counts reasons over nodes, as kube-scheduler 1.37 on a kind cluster wrote it', () => {
  const selector = ["node(s) didn't match Pod's node affinity/selector"];
  expect(fitError([['node(s) had untolerated taint(s)'], selector, selector])).toBe(
    "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) didn't match Pod's node affinity/selector. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
  );
  expect(fitError([['node(s) had untolerated taint(s)'], ['Insufficient cpu'], ['Insufficient cpu']])).toBe(
    '0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.',
  );
});

test('pods of one set are spread over the workers, none comes to the control plane', async () => {
  const cluster = new TestCluster();
  await cluster.ready();
  await cluster.settle(cluster.client.create(DEPLOYMENTS, deployment('web', 6)));
  await cluster.until(() => cluster.deployment('web')?.status?.readyReplicas === 6);
  const nodes = cluster.pods().map(({ spec }) => spec.nodeName);
  expect(['hop-worker', 'hop-worker2'].map((name) => nodes.filter((one) => one === name).length)).toEqual([3, 3]);
});

test('a pod that fits nowhere waits until a node changes', async () => {
  const cluster = new TestCluster();
  await cluster.ready();
  await cluster.settle(cluster.client.create(PODS, busybox('picky', 'sleep 1000', { nodeSelector: { disk: 'ssd' } })));
  await cluster.clock.runTo(cluster.clock.now() + 30_000);
  expect(cluster.events('picky')).toEqual([
    "FailedScheduling x1: 0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) didn't match Pod's node affinity/selector. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
  ]);
  const patch = { metadata: { labels: { disk: 'ssd' } } };
  await cluster.settle(cluster.client.patch(NODES, { name: 'hop-worker2' }, patch, { type: 'merge' }));
  await cluster.until(() => cluster.pod('picky')?.status?.phase === 'Running');
  expect(cluster.pod('picky')?.spec.nodeName).toBe('hop-worker2');
});
