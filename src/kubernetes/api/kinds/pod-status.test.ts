import { expect, test } from 'vitest';
import type { ContainerStatus } from '../../types/container.ts';
import type { Pod, PodStatus } from '../../types/pod.ts';
import { podCells } from './pod-status.ts';

const start = Date.parse('2026-11-02T09:00:00Z');

const container = (more: Partial<ContainerStatus> = {}): ContainerStatus => ({
  name: 'main',
  image: 'web:1',
  imageID: '',
  ready: false,
  restartCount: 0,
  ...more,
});

function pod(status: PodStatus, more: { spec?: Partial<Pod['spec']>; metadata?: object } = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default', creationTimestamp: '2026-11-02T09:00:00Z', ...more.metadata },
    spec: { containers: [{ name: 'main', image: 'web:1' }], ...more.spec },
    status,
  };
}

/** READY, STATUS and RESTARTS, ten seconds after the pod was made. */
const shown = (made: Pod) => podCells(made, start + 10_000).slice(1, 4);
const running = { running: { startedAt: '2026-11-02T09:00:01Z' } };

test('a pod that waits, runs, or is done', () => {
  expect(shown(pod({ phase: 'Pending' }))).toEqual(['0/1', 'Pending', '0']);
  const creating = container({ state: { waiting: { reason: 'ContainerCreating' } } });
  expect(shown(pod({ phase: 'Pending', containerStatuses: [creating] }))).toEqual(['0/1', 'ContainerCreating', '0']);
  const up = container({ ready: true, state: running });
  expect(shown(pod({ phase: 'Running', containerStatuses: [up] }))).toEqual(['1/1', 'Running', '0']);
  const done = container({ state: { terminated: { exitCode: 0, reason: 'Completed' } } });
  expect(shown(pod({ phase: 'Succeeded', containerStatuses: [done] }))).toEqual(['0/1', 'Completed', '0']);
});

test('a container that can’t be started, or ends again and again', () => {
  const image = container({ state: { waiting: { reason: 'ImagePullBackOff' } } });
  expect(shown(pod({ phase: 'Pending', containerStatuses: [image] }))).toEqual(['0/1', 'ImagePullBackOff', '0']);
  const crashed = { exitCode: 1, reason: 'Error', finishedAt: '2026-11-02T09:00:05Z' };
  const back = container({
    state: { waiting: { reason: 'CrashLoopBackOff' } },
    lastState: { terminated: crashed },
    restartCount: 2,
  });
  expect(shown(pod({ phase: 'Running', containerStatuses: [back] }))).toEqual([
    '0/1',
    'CrashLoopBackOff',
    '2 (5s ago)',
  ]);
  const error = container({ state: { terminated: crashed } });
  expect(shown(pod({ phase: 'Failed', containerStatuses: [error] }))).toEqual(['0/1', 'Error', '0']);
  const silent = container({ state: { terminated: { exitCode: 3 } } });
  expect(shown(pod({ phase: 'Failed', containerStatuses: [silent] }))).toEqual(['0/1', 'ExitCode:3', '0']);
  const killed = container({ state: { terminated: { exitCode: 137, signal: 9 } } });
  expect(shown(pod({ phase: 'Failed', containerStatuses: [killed] }))).toEqual(['0/1', 'Signal:9', '0']);
});

test('one container done and one running: the pod runs if it is ready', () => {
  const containerStatuses = [
    container({ name: 'a', ready: true, state: running }),
    container({ name: 'b', state: { terminated: { exitCode: 0, reason: 'Completed' } } }),
  ];
  expect(shown(pod({ phase: 'Running', containerStatuses }))).toEqual(['1/1', 'NotReady', '0']);
  const conditions = [{ type: 'Ready', status: 'True' as const }];
  expect(shown(pod({ phase: 'Running', containerStatuses, conditions }))[1]).toBe('Running');
});

test('a pod on its way out', () => {
  const metadata = { deletionTimestamp: '2026-11-02T09:00:30Z' };
  const up = container({ ready: true, state: running });
  expect(shown(pod({ phase: 'Running', containerStatuses: [up] }, { metadata }))).toEqual(['1/1', 'Terminating', '0']);
  expect(shown(pod({ phase: 'Succeeded', reason: 'Evicted' }, { metadata }))[1]).toBe('Evicted');
  expect(shown(pod({ phase: 'Running', reason: 'NodeLost' }, { metadata }))[1]).toBe('Unknown');
});

test('init containers and sidecars', () => {
  const spec = { initContainers: [{ name: 'i1' }, { name: 'i2' }] };
  const init = (state: ContainerStatus['state'], name = 'i1') => container({ name, ...(state && { state }) });
  const first = pod({ phase: 'Pending', initContainerStatuses: [init(running)] }, { spec });
  expect(shown(first)[1]).toBe('Init:0/2');
  const over = { terminated: { exitCode: 0, reason: 'Completed' } };
  const second = pod({ phase: 'Pending', initContainerStatuses: [init(over), init(running, 'i2')] }, { spec });
  expect(shown(second)[1]).toBe('Init:1/2');
  const failing = init({ waiting: { reason: 'CrashLoopBackOff' } });
  expect(shown(pod({ phase: 'Pending', initContainerStatuses: [failing] }, { spec }))[1]).toBe('Init:CrashLoopBackOff');
  const failed = init({ terminated: { exitCode: 2, reason: 'Error' } });
  expect(shown(pod({ phase: 'Pending', initContainerStatuses: [failed] }, { spec }))[1]).toBe('Init:Error');

  const sidecar = { initContainers: [{ name: 's', restartPolicy: 'Always' }] };
  const beside = container({ name: 's', ready: true, started: true, restartCount: 1, state: running });
  const main = container({ ready: true, state: running });
  const status = { phase: 'Running', initContainerStatuses: [beside], containerStatuses: [main] } as const;
  expect(shown(pod(status, { spec: sidecar }))).toEqual(['2/2', 'Running', '1']);
});

test('the wide columns', () => {
  expect(podCells(pod({}), start).slice(5)).toEqual(['<none>', '<none>', '<none>', '<none>']);
  const gate = 'example.com/open';
  const conditions = [{ type: gate, status: 'True' as const }];
  const spec = { nodeName: 'n1', readinessGates: [{ conditionType: gate }, { conditionType: 'other' }] };
  const status = { podIPs: [{ ip: '10.244.1.2' }], nominatedNodeName: 'n2', conditions };
  expect(podCells(pod(status, { spec }), start).slice(5)).toEqual(['10.244.1.2', 'n1', 'n2', '1/2']);
});
