import { expect, test } from 'vitest';
import { parseIp } from '../../../linux/packet/address.ts';
import { requestHttp } from '../../../programs/http/client.ts';
import { AGNHOST, deployment, TestCluster } from '../../cluster.fixture.ts';
import { DEPLOYMENTS, PODS } from '../../controllers/resources.ts';

async function running() {
  const cluster = new TestCluster();
  await cluster.ready();
  await cluster.settle(cluster.client.create(DEPLOYMENTS, deployment('web', 2)));
  await cluster.until(() => cluster.deployment('web')?.status?.readyReplicas === 2);
  const [server, client] = cluster.pods();
  if (server === undefined || client === undefined) throw new Error('no pods');
  const address = parseIp(server.status?.podIP ?? '') ?? 0;
  const { sockets } = cluster.namespaceOf(client);
  const ask = async (target: string, port = 8080) => {
    const connection = await cluster.settle(sockets.connectTcp({ address, port }, { pid: 1, name: 'test' }));
    const headers: [string, string][] = [['Host', 'x']];
    const { status, body } = await cluster.settle(requestHttp(connection, { method: 'GET', target, headers }));
    connection.close();
    return `${status} ${new TextDecoder().decode(body)}`;
  };
  return { cluster, server, client, ask, sockets, address };
}

test('netexec says who it is and whom it sees', async () => {
  const { ask, server, client, cluster } = await running();
  expect(await ask('/hostname')).toBe(`200 ${server.metadata.name}`);
  expect(await ask('/clientip')).toMatch(new RegExp(`^200 ${client.status?.podIP}:\\d+$`));
  expect(await ask('/echo?msg=hello%20there')).toBe('200 hello there');
  expect(await ask('/echo?msg=no&code=404')).toBe('404 no');
  expect(await ask('/healthz')).toBe('200 ');
  expect(await ask('/')).toMatch(/^200 NOW: 2026-11-02 09:00:\d\d\.\d{9} \+0000 UTC m=\+\d+\.\d{9}$/);
  expect(await ask('/shell?cmd=ls')).toMatch(/^501 .*kubectl exec/);
  expect(await ask(`/dial?host=${client.status?.podIP}&port=8080&request=hostname`)).toBe(
    `200 {"responses":["${client.metadata.name}"]}`,
  );
  const log = await cluster.logs(server.metadata.name);
  expect(log).toMatch(/^I1102 09:00:\d\d\.\d{6} {7}1 log\.go:244\] Started HTTP server on port 8080\n/);
  expect(log).toMatch(/log\.go:244\] Started UDP server on port {2}8081\n.*GET \/hostname\n/);
});

test('netexec answers datagrams', async () => {
  const { cluster, sockets, address, server } = await running();
  const socket = sockets.openUdp({ address: 0, port: 0 }, { pid: 1, name: 'test' });
  socket.send({ address, port: 8081 }, new TextEncoder().encode('hostname\n'));
  const { data } = await cluster.settle(socket.receive());
  expect(new TextDecoder().decode(data)).toBe(server.metadata.name);
});

test('other commands: connect names the failure, an unknown one is refused, TERM ends netexec at once', async () => {
  const { cluster, server, client } = await running();
  const ip = server.status?.podIP;
  const name = client.metadata.name;
  expect(await cluster.exec(name, '/agnhost', 'connect', `${ip}:8080`)).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(await cluster.exec(name, '/agnhost', 'connect', `${ip}:81`)).toMatchObject({ code: 1, stderr: 'REFUSED\n' });
  const nowhere = await cluster.exec(name, '/agnhost', 'connect', '--timeout=1s', '10.99.0.1:80');
  expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringMatching(/^(TIMEOUT|OTHER: .*)\n$/) });
  expect(await cluster.exec(name, '/agnhost', 'nonsense')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('unknown command "nonsense" for "app"'),
  });
  expect((await cluster.exec(name, '/agnhost', 'netexec', '--nope')).stderr).toContain('unknown flag: --nope');
});

test('pause waits for a signal and says which', async () => {
  const { cluster } = await running();
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'idle', namespace: 'default' },
    spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: AGNHOST }] },
  };
  await cluster.settle(cluster.client.create(PODS, pod));
  await cluster.until(() => cluster.pod('idle')?.status?.phase === 'Running');
  const start = cluster.clock.now();
  expect(await cluster.logs('idle')).toBe('Paused\nSignals registered\n');
  await cluster.settle(cluster.client.delete(PODS, { namespace: 'default', name: 'idle' }));
  await cluster.until(() => cluster.pod('idle') === undefined);
  expect(cluster.clock.now() - start).toBeLessThan(1000);
});
