import { expect, test } from 'vitest';
import { ip, Lab, owner } from '../network.fixture.ts';
import { Skb } from '../packet/skb.ts';
import { Routed } from './conntrack/router.fixture.ts';
import { type HookVerdict, priority } from './hook-table.ts';
import { type RejectWith, reject } from './reject.ts';

/** Two pods on two nodes; the second node refuses all that it forwards. */
function network(answer: RejectWith) {
  const lab = new Lab();
  const { b, podA, podB } = lab.cluster();
  b.stack.hooks.register('forward', {
    name: 'test',
    priority: priority.filter,
    run: (passage): HookVerdict => {
      reject(b.stack, passage, answer);
      return 'drop';
    },
  });
  return { lab, podA, podB };
}

test('a TCP connection is reset as if its server had refused it', async () => {
  const { lab, podA } = network('tcp-reset');
  const failed = podA.sockets.connectTcp({ address: ip('10.244.3.6'), port: 80 }, owner);
  await expect(lab.settle(failed)).rejects.toMatchObject({ errno: 'ECONNREFUSED' });
  const reset = lab.events.findLast(({ namespace, stage }) => namespace?.endsWith('10.244.2.5') && stage === 'receive');
  expect(reset?.packet).toMatchObject({ payload: { payload: { rst: true, ack: true, sequence: 0, window: 0 } } });
});

test('a UDP datagram comes back as an ICMP error with the code that was asked for', async () => {
  const { lab, podA } = network('admin-prohibited');
  const socket = podA.sockets.openUdp({ address: 0, port: 0 }, owner, { address: ip('10.244.3.6'), port: 9 });
  socket.send({ address: ip('10.244.3.6'), port: 9 }, new Uint8Array(3));
  await lab.clock.runTo(1000);
  const errors = lab.events.filter(({ packet }) => packet && 'ttl' in packet && packet.payload.protocol === 'icmp');
  expect(errors.at(-1)?.packet).toMatchObject({ payload: { code: 'admin-prohibited' } });
});

test('a reset does not answer a reset', async () => {
  const { lab, podA } = network('tcp-reset');
  const { stack } = podA;
  const before = lab.events.length;
  const data = new Uint8Array();
  const flags = { syn: false, ack: false, fin: false, rst: true, psh: false };
  const segment = { protocol: 'tcp' as const, sourcePort: 1, destinationPort: 2, sequence: 1, acknowledgement: 0 };
  stack.ip.send(
    { destination: ip('10.244.3.6'), payload: { ...segment, ...flags, window: 0, data } },
    new Skb(undefined, 0),
  );
  await lab.clock.runTo(1000);
  expect(lab.events.slice(before).some(({ namespace, stage }) => namespace === 'b' && stage === 'socket')).toBe(false);
});

test('a connection that a rule resets is closed, on behalf of the end that knows nothing of it', async () => {
  const net = new Routed();
  const { stack } = net.router;
  net.server.sockets.listenTcp({ address: 0, port: 80 }, owner);
  stack.hooks.register('forward', {
    name: 'test',
    priority: priority.filter,
    run: (passage): HookVerdict => {
      if (passage.in?.name !== 'right') return 'accept';
      reject(stack, passage, 'tcp-reset');
      return 'drop';
    },
  });
  void net.client.sockets.connectTcp({ address: ip('10.0.2.2'), port: 80 }, owner).catch(() => {});
  await net.pass();
  expect(net.list()[0]).toContain(' 9 CLOSE src=10.0.1.2 ');
});
