import { expect, test } from 'vitest';
import { Collector, textReader } from '../../linux/process/streams.ts';
import { AGNHOST, TestCluster } from '../cluster.fixture.ts';
import { PODS } from '../controllers/resources.ts';

test('a forwarded connection enters the pod’s own network; a port where nobody listens is refused', async () => {
  const cluster = new TestCluster();
  await cluster.ready();
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default' },
    spec: { containers: [{ name: 'web', image: AGNHOST, args: ['netexec'] }] },
  };
  await cluster.settle(cluster.client.create(PODS, pod));
  await cluster.until(() => cluster.pod('web')?.status?.phase === 'Running');
  const forward = (port: number, text: string, stdout: Collector) =>
    cluster.settle(
      cluster.client.connect({
        kind: 'portforward',
        namespace: 'default',
        pod: 'web',
        port,
        stdin: textReader(text),
        stdout,
        user: 'kubernetes-admin',
      }),
    );
  await cluster.clock.runTo(cluster.clock.now() + 1000);
  const stdout = new Collector();
  await forward(8080, 'GET /hostname HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', stdout);
  expect(stdout.text()).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*\r\n\r\nweb$/);
  await expect(forward(81, '', new Collector())).rejects.toThrow(
    /^error forwarding port 81 to pod [0-9a-f]+, uid : failed to execute portforward in network namespace "\/var\/run\/netns\/cni-[-0-9a-f]+": failed to connect to localhost:81 inside namespace "[0-9a-f]+", IPv4: dial tcp4 127\.0\.0\.1:81: connect: connection refused/,
  );
});
