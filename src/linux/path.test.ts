import { expect, test } from 'vitest';
import { ip, Lab, owner, prefix } from './network.fixture.ts';
import { formatIp } from './packet/address.ts';
import { about, from, icmp, is, to, ttl } from './packet/checks.fixture.ts';

const names = (lab: Lab, stage: string) => lab.events.filter((e) => e.stage === stage).map((e) => e.namespace);

test('pods of one node reach each other through their node, which takes one hop off the TTL', async () => {
  const lab = new Lab();
  const node = lab.node('a', 2);
  const one = lab.pod(node, '10.244.2.5');
  lab.pod(node, '10.244.2.6');
  expect(await lab.ping(one, '10.244.2.6')).toMatchObject({ type: 'echo-reply', ttl: 63, size: 64 });
  expect(names(lab, 'forward')).toEqual(['a', 'a']);
  const forward = lab.events.find((event) => event.stage === 'forward');
  is(forward?.packet, from('10.244.2.5'), to('10.244.2.6'), icmp('echo-request'), ttl(64));
  is(forward?.after, ttl(63));
});

test('pods of two nodes reach each other by the routes of both nodes, in believable time', async () => {
  const lab = new Lab();
  const { podA } = lab.cluster();
  const reply = await lab.ping(podA, '10.244.3.6');
  expect(reply).toMatchObject({ type: 'echo-reply', ttl: 62 });
  expect(formatIp(reply?.from ?? 0)).toBe('10.244.3.6');
  const before = lab.clock.now();
  await lab.ping(podA, '10.244.3.6');
  const roundTrip = lab.clock.now() - before;
  expect(roundTrip).toBeGreaterThan(0.05);
  expect(roundTrip).toBeLessThan(0.5);
  const rules = lab.events.filter((e) => e.stage === 'route' && e.namespace === 'a').map((e) => e.rule);
  expect(rules[0]).toBe('10.244.3.0/24 via 172.18.0.3 dev eth0');
});

test('each event names its parent, so that a packet can be followed back to its socket', async () => {
  const lab = new Lab();
  const { podA } = lab.cluster();
  await lab.ping(podA, '10.244.3.6');
  const byId = new Map(lab.events.map((event) => [event.id, event]));
  const chain: string[] = [];
  for (let event = lab.events.at(-1); event !== undefined; event = byId.get(event.parent ?? 0)) {
    chain.unshift(`${event.namespace} ${event.stage}`);
  }
  expect(chain[0]).toBe('a/pod-10.244.2.5 socket');
  expect(chain).toContain('b/pod-10.244.3.6 input');
  expect(chain.at(-1)).toBe('a/pod-10.244.2.5 socket');
  expect(new Set(lab.events.map((event) => event.flow)).size).toBe(4);
});

test('the packets of a probe are marked, and so are the answers', async () => {
  const lab = new Lab();
  const { podA } = lab.cluster();
  await lab.ping(podA, '10.244.3.6', { probe: 'check-1' });
  expect(lab.events.length).toBeGreaterThan(20);
  expect(lab.events.every((event) => event.probe === 'check-1')).toBe(true);
});

test('with nobody listening nothing is reported', async () => {
  const lab = new Lab({ traced: false });
  const { podA } = lab.cluster();
  expect(await lab.ping(podA, '10.244.3.6')).toBeDefined();
  expect(lab.events).toEqual([]);
});

test('an address that nobody has: three ARP requests a second apart, then host unreachable', async () => {
  const lab = new Lab();
  const node = lab.node('a', 2);
  lab.node('b', 3);
  const reply = await lab.ping(node, '172.18.0.9');
  expect(reply).toMatchObject({ type: 'destination-unreachable', code: 'host' });
  expect(formatIp(reply?.from ?? 0)).toBe('172.18.0.2');
  expect(lab.clock.now()).toBeGreaterThanOrEqual(3000);
  expect(lab.clock.now()).toBeLessThan(3001);
  const requests = lab.events.filter(({ stage, namespace, packet }) => {
    return (
      stage === 'send' &&
      namespace === 'a' &&
      packet !== undefined &&
      !('kind' in packet) &&
      packet.payload.kind === 'arp'
    );
  });
  expect(requests.map(({ time }) => Math.round(time))).toEqual([0, 1000, 2000]);
  expect(node.neighbours()[0]?.neighbour.state).toBe('FAILED');
  const dropped = lab.events.find(
    (event) => event.stage === 'arp' && event.verdict === 'drop' && event.namespace === 'a',
  );
  expect(dropped?.reason).toBe('nobody answered ARP for 172.18.0.9 (3 tries)');
});

test('a neighbour that answers is REACHABLE, later STALE, and asked again once it is used', async () => {
  const lab = new Lab();
  const a = lab.node('a', 2);
  lab.node('b', 3);
  const state = () => a.neighbours()[0]?.neighbour.state;
  await lab.ping(a, '172.18.0.3');
  expect(state()).toBe('REACHABLE');
  await lab.clock.runTo(60_000);
  expect(state()).toBe('STALE');
  await lab.ping(a, '172.18.0.3');
  expect(state()).toBe('DELAY');
  await lab.clock.runTo(lab.clock.now() + 5500);
  expect(state()).toBe('REACHABLE');
});

test('a packet whose TTL runs out on the way is reported by the router where it did', async () => {
  const lab = new Lab();
  const { podA } = lab.cluster();
  const first = await lab.ping(podA, '10.244.3.6', { ttl: 1 });
  expect([first?.type, formatIp(first?.from ?? 0)]).toEqual(['time-exceeded', '10.244.2.1']);
  const second = await lab.ping(podA, '10.244.3.6', { ttl: 2 });
  expect([second?.type, formatIp(second?.from ?? 0)]).toEqual(['time-exceeded', '172.18.0.3']);
  const error = lab.events.find((event) => event.stage === 'socket' && event.namespace === 'b');
  is(
    error?.packet,
    from('172.18.0.3'),
    to('10.244.2.5'),
    icmp('time-exceeded', 'ttl'),
    about(from('10.244.2.5'), ttl(1)),
  );
});

test('a node that is no router drops what is not for itself, and says so', async () => {
  const lab = new Lab();
  const { a, podA } = lab.cluster();
  a.setSysctl('net.ipv4.ip_forward', 0);
  expect(await lab.ping(podA, '10.244.3.6')).toBeUndefined();
  expect(lab.events.find((event) => event.stage === 'forward')).toMatchObject({
    namespace: 'a',
    verdict: 'drop',
    reason: 'net.ipv4.ip_forward is 0: not a router',
  });
});

test('no route: an error at once where it starts, net unreachable on the way', async () => {
  const lab = new Lab();
  const { a, podA } = lab.cluster();
  await expect(lab.ping(a, '9.9.9.9')).rejects.toMatchObject({ errno: 'ENETUNREACH' });
  expect(await lab.ping(podA, '9.9.9.9')).toMatchObject({ type: 'destination-unreachable', code: 'net' });
  a.addRoute({ destination: prefix('9.9.9.0/24'), type: 'blackhole' });
  expect(await lab.ping(podA, '9.9.9.9', { patience: 5000 })).toBeUndefined();
  expect(lab.events.findLast((event) => event.stage === 'route')).toMatchObject({
    verdict: 'drop',
    rule: 'blackhole 9.9.9.0/24',
  });
});

test('a packet above the MTU of the next hop: reported with DF, cut without it, and the path is remembered', async () => {
  const lab = new Lab();
  const { b, podA, podB } = lab.cluster();
  b.setLink('veth6', { mtu: 1000 });
  podB.setLink('eth0', { mtu: 1000 });
  const reported = await lab.ping(podA, '10.244.3.6', { size: 1200, dontFragment: true });
  expect(reported).toMatchObject({ code: 'fragmentation-needed', mtu: 1000 });
  await expect(lab.ping(podA, '10.244.3.6', { size: 1200, dontFragment: true })).rejects.toMatchObject({
    errno: 'EMSGSIZE',
  });
  lab.events.length = 0;
  expect(await lab.ping(podA, '10.244.3.6', { size: 1200 })).toMatchObject({ type: 'echo-reply', size: 1208 });
  const pieces = lab.events.filter((event) => event.stage === 'send' && event.namespace === 'a/pod-10.244.2.5');
  expect(pieces.length).toBe(2);
  // After ten minutes the path is tried at full length again: the router speaks, not the sender.
  await lab.settle(lab.clock.sleep(600_000), 700_000);
  const again = await lab.ping(podA, '10.244.3.6', { size: 1200, dontFragment: true });
  expect(again).toMatchObject({ code: 'fragmentation-needed', mtu: 1000 });
});

test("addresses that can't come from a wire are dropped there: one's own, and loopback's", async () => {
  const lab = new Lab();
  const { podA, podB } = lab.cluster();
  podB.addAddress('lo', { address: ip('10.244.2.5'), length: 32 });
  expect(await lab.ping(podA, '10.244.3.6', { patience: 3000 })).toBeUndefined();
  expect(lab.events.find(({ verdict }) => verdict === 'drop')?.reason).toBe(
    "martian source: 10.244.2.5 is this namespace's own address",
  );
  expect(lab.events.filter(({ stage, namespace }) => stage === 'input' && namespace === podB.name)).toEqual([]);
});

test("a request has DF, the kernel's own answers and errors have not", async () => {
  const lab = new Lab();
  const { podA } = lab.cluster();
  await lab.ping(podA, '10.244.3.6');
  await lab.ping(podA, '10.244.3.6', { ttl: 1 });
  const sent = lab.events.flatMap(({ stage, packet }) =>
    stage === 'socket' && packet !== undefined && 'dontFragment' in packet ? [packet] : [],
  );
  const flags = new Map(
    sent.map((packet) => ['type' in packet.payload ? packet.payload.type : '', packet.dontFragment]),
  );
  expect(Object.fromEntries(flags)).toEqual({ 'echo-request': true, 'echo-reply': false, 'time-exceeded': false });
});

test('routers cut packets without DF', async () => {
  const lab = new Lab();
  const { b, podA, podB } = lab.cluster();
  b.setLink('veth6', { mtu: 600 });
  podB.setLink('eth0', { mtu: 600 });
  const reply = await lab.ping(podA, '10.244.3.6', { size: 1200, dontFragment: false });
  expect(reply).toMatchObject({ type: 'echo-reply', size: 1208 });
});

test('UDP: delivered with the sender, or refused by a port that nobody has', async () => {
  const lab = new Lab();
  const { podA, podB } = lab.cluster();
  const server = podB.sockets.openUdp({ address: 0, port: 53 }, owner);
  const client = podA.sockets.openUdp({ address: 0, port: 0 }, owner);
  client.send({ address: ip('10.244.3.6'), port: 53 }, new TextEncoder().encode('hello'));
  const got = await lab.settle(server.receive());
  expect(formatIp(got?.from.address ?? 0)).toBe('10.244.2.5');
  expect(new TextDecoder().decode(got?.data)).toBe('hello');
  const remote = { address: ip('10.244.3.6'), port: 54 };
  const connected = podA.sockets.openUdp({ address: 0, port: 0 }, owner, remote);
  connected.send(remote, new Uint8Array(1));
  await expect(lab.settle(connected.receive())).rejects.toMatchObject({ errno: 'ECONNREFUSED' });
  expect(lab.events.find((event) => event.verdict === 'reject')?.reason).toBe(
    'no socket is bound to UDP 10.244.3.6:54',
  );
  expect(() => podB.sockets.openUdp({ address: 0, port: 53 }, owner)).toThrow('Address already in use');
});

test('no packet ends without an event that says where and why', async () => {
  const lab = new Lab({ loss: 0.3, seed: 'lossy' });
  const { podA } = lab.cluster();
  for (const target of ['10.244.3.6', '10.244.3.9', '172.18.0.77', '10.244.2.77', '8.8.8.8']) {
    await lab.ping(podA, target, { patience: 8000 });
  }
  const continued = new Set(lab.events.map((event) => event.parent));
  const ends = lab.events.filter((event) => !continued.has(event.id));
  expect(ends.length).toBeGreaterThan(5);
  for (const end of ends) {
    expect(end.verdict, JSON.stringify(end)).toMatch(/^(drop|deliver|reject)$/);
    if (end.verdict === 'drop') expect(end.reason).toBeTruthy();
  }
});

test('the same seed gives the same trace; another seed another one', async () => {
  const run = async (seed: string) => {
    const lab = new Lab({ seed, loss: 0.1 });
    const { podA } = lab.cluster();
    for (let i = 0; i < 5; i++) await lab.ping(podA, '10.244.3.6', { patience: 2000 });
    return lab.events.map(
      ({ time, stage, namespace, packet }) => `${time} ${namespace} ${stage} ${JSON.stringify(packet)}`,
    );
  };
  const first = await run('one');
  expect(await run('one')).toEqual(first);
  expect(await run('two')).not.toEqual(first);
});
