import { expect, test } from 'vitest';
import { Collector } from '../../linux/process/streams.ts';
import { AGNHOST, busybox, deployment, TestCluster } from '../cluster.fixture.ts';
import { CONFIG_MAPS, DEPLOYMENTS, NODES, PODS } from '../controllers/resources.ts';
import type { Node } from '../types/cluster.ts';

function state(cluster: TestCluster, name: string) {
  return cluster.pod(name)?.status?.containerStatuses?.[0];
}

test('a cluster gets ready: nodes as kind makes them, the control plane as static pods, kindnet on each node', async () => {
  const cluster = new TestCluster();
  await cluster.ready();
  expect(cluster.clock.now()).toBeLessThan(3000);
  const nodes = cluster.list<Node>(NODES);
  expect(nodes.map(({ metadata, spec }) => [metadata.name, spec?.taints?.map(({ key }) => key)])).toEqual([
    ['hop-control-plane', ['node-role.kubernetes.io/control-plane']],
    ['hop-worker', undefined],
    ['hop-worker2', undefined],
  ]);
  expect(new Set(nodes.map(({ spec }) => spec?.podCIDR))).toEqual(
    new Set(['10.244.0.0/24', '10.244.1.0/24', '10.244.2.0/24']),
  );
  expect(cluster.pods('kube-system').map(({ metadata }) => metadata.name.replace(/^kindnet-.*/, 'kindnet-*'))).toEqual([
    'etcd-hop-control-plane',
    'kindnet-*',
    'kindnet-*',
    'kindnet-*',
    'kube-apiserver-hop-control-plane',
    'kube-controller-manager-hop-control-plane',
    'kube-scheduler-hop-control-plane',
  ]);
});

test('without a CNI configuration a node is not ready, says so, and gets no pods', async () => {
  const cluster = new TestCluster({ kindnet: false });
  await cluster.settle(cluster.client.create(PODS, busybox('waits', 'sleep 1000')));
  await cluster.clock.runTo(5000);
  const ready = cluster.list<Node>(NODES)[1]?.status?.conditions?.find(({ type }) => type === 'Ready');
  expect(ready).toMatchObject({
    status: 'False',
    reason: 'KubeletNotReady',
    message:
      'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
  });
  expect(cluster.pod('waits')?.status).toMatchObject({
    phase: 'Pending',
    conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }],
  });
  expect(cluster.events('waits')[0]).toContain(
    '0/3 nodes are available: 3 node(s) had untolerated taint(s). preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.',
  );
});

test('a pod runs with its files, names and variables', async () => {
  const cluster = new TestCluster();
  await cluster.ready();
  const map = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings' },
    data: { color: 'blue', 'a.txt': 'A' },
  };
  await cluster.settle(cluster.client.create(CONFIG_MAPS, map, { namespace: 'default' }));
  const script = 'cat /etc/hosts /etc/hostname /etc/resolv.conf /data/a.txt; echo $COLOR $IP $NODE $BOTH';
  const pod = busybox(
    'env',
    script,
    {
      restartPolicy: 'Never',
      volumes: [
        { name: 'v', configMap: { name: 'settings' } },
        { name: 'e', emptyDir: {} },
      ],
    },
    {
      env: [
        { name: 'COLOR', valueFrom: { configMapKeyRef: { name: 'settings', key: 'color' } } },
        { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
        { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
        { name: 'BOTH', value: '$(COLOR)-$$-$(NOPE)' },
      ],
      volumeMounts: [
        { name: 'v', mountPath: '/data' },
        { name: 'e', mountPath: '/scratch/deep' },
      ],
    },
  );
  await cluster.settle(cluster.client.create(PODS, pod));
  await cluster.until(() => cluster.pod('env')?.status?.phase === 'Succeeded');
  await cluster.clock.runTo(cluster.clock.now() + 3000);
  const { podIP = '' } = cluster.pod('env')?.status ?? {};
  const log = await cluster.logs('env');
  expect(log).toContain(`# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n`);
  expect(log).toContain(`\n${podIP}\tenv\nenv\nsearch default.svc.cluster.local svc.cluster.local cluster.local\n`);
  expect(log).toMatch(new RegExp(`Ablue ${podIP} hop-worker2? blue-\\$-\\$\\(NOPE\\)\n$`));
  expect(cluster.pod('env')?.status?.conditions?.map(({ type, status, reason }) => [type, status, reason])).toEqual([
    ['PodReadyToStartContainers', 'False', 'PodSandboxNotReady'],
    ['Initialized', 'True', 'PodCompleted'],
    ['Ready', 'False', 'PodCompleted'],
    ['ContainersReady', 'False', 'PodCompleted'],
    ['PodScheduled', 'True', undefined],
  ]);
});

test('a container that exits crashes in a loop, slower and slower', async () => {
  const cluster = new TestCluster();
  await cluster.ready();
  await cluster.settle(cluster.client.create(PODS, busybox('crash', 'echo bye; exit 3')));
  await cluster.until(() => state(cluster, 'crash')?.state?.waiting?.reason === 'CrashLoopBackOff');
  expect(state(cluster, 'crash')).toMatchObject({
    restartCount: 1,
    ready: false,
    state: {
      waiting: { message: expect.stringMatching(/^back-off 10s restarting failed container=main pod=crash_default\(/) },
    },
    lastState: { terminated: { exitCode: 3, reason: 'Error' } },
  });
  const start = cluster.clock.now();
  const restarts: number[] = [];
  for (let count = 2; count <= 7; count++) {
    await cluster.until(() => state(cluster, 'crash')?.restartCount === count, 400_000);
    restarts.push(Math.round((cluster.clock.now() - start) / 1000));
  }
  expect(restarts.map((at, i) => at - (restarts[i - 1] ?? 0)).map((gap) => Math.round(gap / 10) * 10)).toEqual([
    10, 20, 40, 80, 160, 300,
  ]);
  expect(await cluster.logs('crash', { previous: true })).toBe('bye\n');
  expect(cluster.events('crash').find((event) => event.startsWith('BackOff'))).toMatch(
    /^BackOff x\d+: Back-off restarting failed container main in pod crash_default\(/,
  );
});

test('an image that nobody has is not pulled, again and again', async () => {
  const cluster = new TestCluster();
  await cluster.ready();
  await cluster.settle(cluster.client.create(PODS, busybox('bad', '', {}, { image: 'nginx:nope' })));
  await cluster.until(() => state(cluster, 'bad')?.state?.waiting?.reason === 'ErrImagePull');
  expect(state(cluster, 'bad')?.state?.waiting?.message).toContain(
    'failed to pull and unpack image "docker.io/library/nginx:nope": failed to resolve reference "docker.io/library/nginx:nope": docker.io/library/nginx:nope: not found',
  );
  await cluster.until(() => state(cluster, 'bad')?.state?.waiting?.reason === 'ImagePullBackOff');
  expect(state(cluster, 'bad')?.state?.waiting?.message).toMatch(
    /^Back-off pulling image "nginx:nope": ErrImagePull: /,
  );
  await cluster.clock.runTo(cluster.clock.now() + 60_000);
  expect(cluster.events('bad')).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^Pulling x3: Pulling image "nginx:nope"$/),
      expect.stringMatching(/^Failed x\d+: Error: ErrImagePull$/),
      expect.stringMatching(/^Failed x\d+: Error: ImagePullBackOff$/),
      expect.stringMatching(/^BackOff x\d+: Back-off pulling image "nginx:nope"$/),
    ]),
  );
});

test('an image that is not on the node takes its time', async () => {
  const cluster = new TestCluster({ preloaded: [] });
  await cluster.ready();
  await cluster.settle(cluster.client.create(PODS, busybox('pulls', 'sleep 1000')));
  await cluster.until(() => cluster.pod('pulls')?.status?.phase === 'Running');
  expect(cluster.events('pulls').find((event) => event.startsWith('Pulled'))).toMatch(
    /^Pulled x1: Successfully pulled image "busybox:1\.36" in \d+ms \(\d+ms including waiting\)\. Image size: \d+ bytes\.$/,
  );
});

test('a command that the image lacks is a StartError', async () => {
  const cluster = new TestCluster();
  await cluster.ready();
  const pod = busybox('nocmd', '', {}, { command: ['nosuch'] });
  await cluster.settle(cluster.client.create(PODS, pod));
  await cluster.until(() => state(cluster, 'nocmd')?.state?.waiting?.reason === 'RunContainerError');
  const message =
    'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "nosuch": executable file not found in $PATH';
  expect(state(cluster, 'nocmd')).toMatchObject({
    state: { waiting: { message } },
    lastState: { terminated: { exitCode: 128, reason: 'StartError', message, startedAt: '1970-01-01T00:00:00Z' } },
  });
  expect(cluster.events('nocmd')).toContainEqual(expect.stringContaining(`Error: ${message}`));
});

test('init containers run one after the other before the others', async () => {
  const cluster = new TestCluster();
  await cluster.ready();
  const init = (name: string, script: string) => ({ name, image: 'busybox:1.36', command: ['sh', '-c', script] });
  const pod = busybox('later', 'sleep 1000', { initContainers: [init('one', 'sleep 3'), init('two', 'exit 0')] });
  await cluster.settle(cluster.client.create(PODS, pod));
  await cluster.until(() => cluster.pod('later')?.status?.initContainerStatuses?.[0]?.state?.running !== undefined);
  expect(cluster.pod('later')?.status?.conditions?.find(({ type }) => type === 'Initialized')).toMatchObject({
    status: 'False',
    reason: 'ContainersNotInitialized',
    message: 'containers with incomplete status: [one two]',
  });
  await cluster.until(() => cluster.pod('later')?.status?.phase === 'Running');
  expect(cluster.pod('later')?.status?.initContainerStatuses?.map(({ ready }) => ready)).toEqual([true, true]);
});

test('readiness follows the probe, liveness restarts', async () => {
  const cluster = new TestCluster();
  await cluster.ready();
  const web = (name: string, probes: object) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { containers: [{ name: 'c', image: AGNHOST, args: ['netexec'], ...probes }] },
  });
  const good = { readinessProbe: { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 1 } };
  const bad = { readinessProbe: { httpGet: { path: '/echo?code=500', port: 8080 }, periodSeconds: 1 } };
  const dead = { livenessProbe: { tcpSocket: { port: 81 }, periodSeconds: 1, failureThreshold: 2 } };
  for (const [name, probes] of Object.entries({ good, bad, dead })) {
    await cluster.settle(cluster.client.create(PODS, web(name, probes)));
  }
  await cluster.until(() => state(cluster, 'good')?.ready === true);
  await cluster.until(() => (state(cluster, 'dead')?.restartCount ?? 0) > 0);
  expect(state(cluster, 'bad')).toMatchObject({ ready: false, started: true });
  expect(cluster.pod('bad')?.status?.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
    status: 'False',
    message: 'containers with unready status: [c]',
  });
  expect(cluster.events('bad').join('\n')).toContain('Readiness probe failed: HTTP probe failed with statuscode: 500');
  const ip = cluster.pod('dead')?.status?.podIP;
  expect(cluster.events('dead').join('\n')).toContain(
    `Liveness probe failed: dial tcp ${ip}:81: connect: connection refused`,
  );
  expect(cluster.events('dead').join('\n')).toContain(
    'Killing x1: Container c failed liveness probe, will be restarted',
  );
});

test('exec runs in the container; what is not there is refused in the words of runc', async () => {
  const cluster = new TestCluster();
  await cluster.ready();
  await cluster.settle(cluster.client.create(PODS, busybox('box', 'sleep 1000')));
  await cluster.until(() => cluster.pod('box')?.status?.phase === 'Running');
  expect(await cluster.exec('box', 'sh', '-c', 'echo $HOSTNAME; exit 4')).toMatchObject({ code: 4, stdout: 'box\n' });
  await expect(cluster.exec('box', 'nosuch')).rejects.toThrow(
    /^Internal error occurred: .*OCI runtime exec failed: exec failed: unable to start container process: exec: "nosuch": executable file not found in \$PATH$/,
  );
});

test('a deleted pod gets TERM and, when it does not care, KILL after its grace period', async () => {
  const cluster = new TestCluster();
  await cluster.ready();
  await cluster.settle(
    cluster.client.create(PODS, busybox('deaf', 'sleep 1000', { terminationGracePeriodSeconds: 5 })),
  );
  await cluster.settle(cluster.client.create(PODS, busybox('polite', 'trap "exit 0" TERM; sleep 1000 & wait')));
  await cluster.until(() => cluster.pods().every(({ status }) => status?.phase === 'Running'));
  const start = cluster.clock.now();
  for (const { metadata } of cluster.pods()) {
    await cluster.settle(cluster.client.delete(PODS, { namespace: 'default', name: metadata.name }));
  }
  await cluster.until(() => cluster.pod('polite') === undefined);
  expect(cluster.clock.now() - start).toBeLessThan(1000);
  await cluster.until(() => cluster.pod('deaf') === undefined);
  expect(Math.round((cluster.clock.now() - start) / 1000)).toBe(5);
  const node = cluster.nodes[1]?.machine;
  expect([...(node?.namespaces.keys() ?? [])]).toEqual([]);
});

test('pods of two nodes reach each other, and themselves, by the routes that kindnet makes', async () => {
  const cluster = new TestCluster();
  await cluster.ready();
  await cluster.settle(cluster.client.create(DEPLOYMENTS, deployment('web', 3)));
  await cluster.until(() => cluster.deployment('web')?.status?.readyReplicas === 3);
  const pods = cluster.pods();
  expect(new Set(pods.map(({ spec }) => spec.nodeName)).size).toBe(2);
  for (const from of pods) {
    for (const to of pods) expect(await cluster.ping(from, to.status?.podIP ?? '')).toBe(true);
  }
});

test('a ConfigMap that is missing holds its pod back until it is there', async () => {
  const cluster = new TestCluster();
  await cluster.ready();
  const spec = { volumes: [{ name: 'v', configMap: { name: 'late' } }] };
  await cluster.settle(cluster.client.create(PODS, busybox('held', 'sleep 1000', spec)));
  await cluster.until(() => cluster.events('held').some((event) => event.startsWith('FailedMount')));
  expect(cluster.events('held').join()).toContain(
    'MountVolume.SetUp failed for volume "v" : configmap "late" not found',
  );
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'late' }, data: {} };
  await cluster.settle(cluster.client.create(CONFIG_MAPS, map, { namespace: 'default' }));
  await cluster.until(() => cluster.pod('held')?.status?.phase === 'Running');
});

test('a node whose disk is full says so, and goes on when there is room', async () => {
  const cluster = new TestCluster();
  await cluster.ready();
  const files = cluster.nodes[1]?.machine.files;
  const big = new Uint8Array(16 * 1024 * 1024);
  let made = 0;
  try {
    for (; made < 20; made++) files?.write(`/tmp/big${made}`, big);
  } catch {
    // Full.
  }
  files?.write('/tmp/rest', new Uint8Array(0));
  for (let size = 8 * 1024 * 1024; size >= 1024; size /= 2) {
    try {
      files?.write('/tmp/rest', new Uint8Array(size), { append: true });
    } catch {
      // Even less room.
    }
  }
  const spec = { nodeName: 'hop-worker' };
  await cluster.settle(cluster.client.create(PODS, busybox('late', 'sleep 1000', spec)));
  await cluster.until(() => cluster.events('late').some((event) => event.includes('no space left on device')));
  for (let i = 0; i < made; i++) files?.remove(`/tmp/big${i}`);
  await cluster.until(() => cluster.pod('late')?.status?.phase === 'Running');
});

test('a host port is refused with a clear word, as its rules are not modelled', async () => {
  const cluster = new TestCluster();
  await cluster.ready();
  const ports = [{ containerPort: 80, hostPort: 80 }];
  await cluster.settle(cluster.client.create(PODS, busybox('host', 'sleep 1000', {}, { ports })));
  await cluster.until(() => cluster.events('host').some((event) => event.startsWith('FailedCreatePodSandBox')));
  expect(cluster.events('host').join()).toMatch(
    /failed to setup network for sandbox "[0-9a-f]{64}": plugin type="portmap" name="kindnet" failed \(add\): hostPort is not modelled/,
  );
});

test('logs follow a container to its end', async () => {
  const cluster = new TestCluster();
  await cluster.ready();
  const script = 'echo one; sleep 2; echo two';
  await cluster.settle(cluster.client.create(PODS, busybox('talks', script, { restartPolicy: 'Never' })));
  await cluster.until(() => cluster.pod('talks')?.status?.phase === 'Running');
  const stdout = new Collector();
  const at = { namespace: 'default', pod: 'talks', stdout, user: 'test' };
  await cluster.settle(cluster.client.connect({ kind: 'log', ...at, follow: true, timestamps: true }));
  expect(stdout.text()).toMatch(/^2026-11-02T09:00:\S+Z one\n2026-11-02T09:00:\S+Z two\n$/);
});
