import { expect, test } from 'vitest';
import { Wire } from '../../../linux/device/wire.ts';
import { LinuxError } from '../../../linux/errno.ts';
import { Machine } from '../../../linux/machine.ts';
import { NetworkNamespace } from '../../../linux/namespace.ts';
import { parseIp, parsePrefix } from '../../../linux/packet/address.ts';
import { TapSource } from '../../../linux/tap/source.ts';
import type { TapEvent } from '../../../linux/tap/tap.ts';
import { serveHttp } from '../../../programs/http/server.ts';
import { eventLoopHost } from '../../../simulation/host.ts';
import { Simulation } from '../../../simulation/simulation.ts';
import type { Place } from '../../target.ts';
import type { PageCluster } from './cluster.ts';
import { probeFrom } from './probe.ts';

/** Two machines on a wire, which stand for two nodes; `server` answers HTTP on 8080. */
function twoMachines() {
  const clock = new Simulation({ seed: 'probe', host: eventLoopHost() });
  const tap = new TapSource();
  const wire = new Wire({ clock, random: clock.random, tap });
  const machine = (name: string, address: string) => {
    const netns = new NetworkNamespace({ name, clock, random: clock.random.fork(name), tap });
    netns.setLink('lo', { up: true });
    netns.attach('eth0', wire);
    netns.setLink('eth0', { up: true });
    const prefix = parsePrefix(`${address}/24`);
    if (prefix === undefined) throw new Error(address);
    netns.addAddress('eth0', prefix);
    return new Machine({ name, clock, random: clock.random.fork(`m ${name}`), programs: {}, netns });
  };
  const client = machine('client', '10.0.0.1');
  const server = machine('server', '10.0.0.2');
  client.files.write('/etc/hosts', '127.0.0.1 localhost\n10.0.0.2 web\n');
  server.spawn({
    argv: ['serve'],
    program: (process) => {
      const owner = { pid: process.pid, name: 'serve' };
      const listener = server.netns.sockets.listenTcp({ address: parseIp('0.0.0.0') ?? 0, port: 8080 }, owner);
      const answer = (target: string, from: string) =>
        target === '/hostname' ? 'server' : target === '/clientip' ? from : undefined;
      return serveHttp(
        listener,
        ({ target }) => {
          const body = answer(target, '10.0.0.1:40000');
          return { status: body === undefined ? 404 : 200, headers: [], body: body ?? 'none' };
        },
        process.signals.ended,
      );
    },
  });
  const machines = new Map([client, server].map((each) => [each.name, each]));
  const cluster: Pick<PageCluster, 'clock' | 'spawn'> = {
    clock,
    spawn: (place, { probe: _, ...spec }) =>
      place.kind === 'node' ? machines.get(place.name)?.spawn({ ...spec, cwd: '/' }) : undefined,
  };
  const probe = async (to: string, from: Place = { kind: 'node', name: 'client' }, signal?: AbortSignal) => {
    const work = probeFrom(cluster as PageCluster, { from, to, timeoutMs: 1000 }, signal);
    let done = false;
    const end = () => (done = true);
    work.then(end, end);
    expect(await clock.runUntil(() => done, 60_000)).toBe(true);
    return work;
  };
  return { probe, tap, clock };
}

test('http: status, body, who answered and whom it saw; names are looked up in the place', async () => {
  const { probe } = twoMachines();
  expect(await probe('http://10.0.0.2:8080/hostname')).toMatchObject({
    outcome: 'reply',
    status: 200,
    body: 'server',
    pod: 'server',
  });
  expect(await probe('http://web:8080/clientip')).toMatchObject({ outcome: 'reply', source: '10.0.0.1' });
  expect(await probe('http://web:8080/none')).toMatchObject({ outcome: 'reply', status: 404 });
});

test('tcp and icmp', async () => {
  const { probe } = twoMachines();
  expect(await probe('tcp://web:8080')).toMatchObject({ outcome: 'reply' });
  expect(await probe('icmp://web')).toMatchObject({ outcome: 'reply' });
});

test('refused, unreachable and unresolved come at once, a timeout in time', async () => {
  const { probe, clock } = twoMachines();
  expect(await probe('tcp://web:9')).toEqual({ outcome: 'refused', detail: 'tcp://web:9: Connection refused' });
  expect(await probe('http://10.9.9.9/')).toMatchObject({ outcome: 'unreachable' });
  expect(await probe('http://nobody/')).toEqual({ outcome: 'unresolved', detail: 'no address is known for nobody' });
  const before = clock.now();
  const { outcome } = await probe('icmp://10.0.0.77');
  expect(['timeout', 'unreachable']).toContain(outcome);
  expect(clock.now() - before).toBeLessThanOrEqual(1100);
});

test("a probe's packets are marked as the course's own", async () => {
  const { probe, tap } = twoMachines();
  const events: TapEvent[] = [];
  tap.listen((event) => events.push(event));
  await probe('tcp://10.0.0.2:8080');
  const text = (event: TapEvent) =>
    JSON.stringify(event, (_, value) => (typeof value === 'bigint' ? `${value}` : value));
  const segments = events.filter((event) => text(event).includes('"protocol":"tcp"'));
  expect(segments.length).toBeGreaterThan(0);
  expect(segments.map((event) => event.probe)).toEqual(segments.map(() => 'check'));
});

test('no such place; cancelled', async () => {
  const { probe } = twoMachines();
  await expect(probe('tcp://web:8080', { kind: 'outside' })).rejects.toMatchObject({ code: 'notFound' });
  const over = new AbortController();
  over.abort(new LinuxError('EINTR'));
  await expect(probe('tcp://web:8080', undefined, over.signal)).rejects.toMatchObject({ errno: 'EINTR' });
});
