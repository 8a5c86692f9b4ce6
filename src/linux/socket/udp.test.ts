import { expect, test } from 'vitest';
import { ip, Lab, owner } from '../network.fixture.ts';

const ANY = { address: 0, port: 0 };
const bytes = (text: string) => new TextEncoder().encode(text);

test('a datagram whose time runs out: its error queue names the router, the code and the TTL it came with', async () => {
  const lab = new Lab();
  const { podA } = lab.cluster();
  const socket = podA.sockets.openUdp(ANY, owner, undefined, { receiveErrors: true });
  const to = { address: ip('10.244.3.6'), port: 33434 };
  socket.send(to, bytes('probe'), { ttl: 1 });
  expect(await lab.settle(socket.receiveError())).toEqual({
    errno: 'EHOSTUNREACH',
    type: 'time-exceeded',
    code: 'ttl',
    offender: ip('10.244.2.1'),
    ttl: 64,
    to,
    data: bytes('probe'),
  });
  socket.send(to, bytes('probe'), { ttl: 2 });
  expect(await lab.settle(socket.receiveError())).toMatchObject({ offender: ip('172.18.0.3'), ttl: 63 });
  socket.send(to, bytes('probe'), { ttl: 3 });
  expect(await lab.settle(socket.receiveError())).toMatchObject({
    errno: 'ECONNREFUSED',
    code: 'port',
    offender: to.address,
    ttl: 62,
  });
});

test('an error that nobody took off the queue fails the next call; then it is gone', async () => {
  const lab = new Lab();
  const { podA } = lab.cluster();
  const socket = podA.sockets.openUdp(ANY, owner, undefined, { receiveErrors: true });
  const to = { address: ip('10.244.3.6'), port: 9 };
  socket.send(to, bytes('x'));
  await lab.clock.runTo(lab.clock.now() + 10);
  expect(() => socket.send(to, bytes('x'))).toThrow('Connection refused');
  socket.send(to, bytes('x'));
});

test('a connected socket hears of hard errors alone; one that is not connected of none', async () => {
  const lab = new Lab();
  const { podA } = lab.cluster();
  const unconnected = podA.sockets.openUdp(ANY, owner);
  unconnected.send({ address: ip('10.244.3.6'), port: 9 }, bytes('x'));
  const to = { address: ip('10.244.3.6'), port: 10 };
  const connected = podA.sockets.openUdp(ANY, owner, to);
  connected.send(to, bytes('x'), { ttl: 1 });
  await lab.clock.runTo(lab.clock.now() + 10);
  connected.send(to, bytes('x'));
  await expect(lab.settle(connected.receive())).rejects.toMatchObject({ errno: 'ECONNREFUSED' });
  unconnected.send({ address: ip('10.244.3.6'), port: 9 }, bytes('x'));
});

test('broadcasts need SO_BROADCAST, low ports root, and a datagram has an end', () => {
  const lab = new Lab();
  const { a } = lab.cluster();
  const socket = a.sockets.openUdp(ANY, owner);
  const to = (address: string) => ({ address: ip(address), port: 9 });
  expect(() => socket.send(to('172.18.255.255'), bytes('x'))).toThrow('Permission denied');
  expect(() => socket.send(to('255.255.255.255'), bytes('x'))).toThrow('Permission denied');
  a.sockets.openUdp(ANY, owner, undefined, { broadcast: true }).send(to('172.18.255.255'), bytes('x'));
  expect(() => socket.send(to('172.18.0.3'), new Uint8Array(65508))).toThrow('Message too long');
  expect(() => a.sockets.openUdp({ address: 0, port: 53 }, { ...owner, uid: 1000 })).toThrow('Permission denied');
  a.setSysctl('net.ipv4.ip_unprivileged_port_start', 0);
  a.sockets.openUdp({ address: 0, port: 53 }, { ...owner, uid: 1000 });
  expect(() => a.sockets.openUdp(ANY, owner, undefined, { device: 'eth9' })).toThrow('No such device');
});

test('a receive buffer holds 212992 bytes of memory: 256 small datagrams (as measured on Linux 6.18)', async () => {
  const lab = new Lab();
  const { podA, podB } = lab.cluster();
  const server = podB.sockets.openUdp({ address: 0, port: 9 }, owner);
  const client = podA.sockets.openUdp(ANY, owner);
  const send = () => client.send({ address: ip('10.244.3.6'), port: 9 }, bytes('x'));
  send();
  await lab.settle(server.receive());
  for (let i = 0; i < 300; i++) send();
  await lab.clock.runTo(lab.clock.now() + 100);
  const lost = lab.events.filter(({ reason }) => reason === "the socket's receive buffer is full");
  expect(lost.length).toBe(44);
});

test('SO_REUSEPORT lets two of one user have a port', () => {
  const lab = new Lab();
  const { sockets } = lab.cluster().podB;
  const local = { address: 0, port: 5353 };
  sockets.openUdp(local, owner, undefined, { reusePort: true });
  sockets.openUdp(local, owner, undefined, { reusePort: true });
  expect(() => sockets.openUdp(local, { ...owner, uid: 7 }, undefined, { reusePort: true })).toThrow('already in use');
  expect(() => sockets.openUdp(local, owner)).toThrow('already in use');
});

test('SO_BINDTODEVICE: what comes in elsewhere is for nobody', async () => {
  const lab = new Lab();
  const { podA, podB } = lab.cluster();
  podB.sockets.openUdp({ address: 0, port: 9 }, owner, undefined, { device: 'lo' });
  podB.sockets.listenTcp({ address: 0, port: 9 }, owner, { device: 'lo' });
  const to = { address: ip('10.244.3.6'), port: 9 };
  const client = podA.sockets.openUdp(ANY, owner, to);
  client.send(to, bytes('x'));
  await expect(lab.settle(client.receive())).rejects.toMatchObject({ errno: 'ECONNREFUSED' });
  await expect(lab.settle(podA.sockets.connectTcp(to, owner))).rejects.toMatchObject({ errno: 'ECONNREFUSED' });
});
