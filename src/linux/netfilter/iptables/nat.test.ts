import { expect, test } from 'vitest';
import type { NetworkNamespace } from '../../namespace.ts';
import { ip, Lab, owner, prefix } from '../../network.fixture.ts';
import { formatIp } from '../../packet/address.ts';
import { iptablesOf } from './iptables.ts';
import { Restore } from './restore.ts';

function restore(netns: NetworkNamespace, text: string): void {
  const done = new Restore(iptablesOf(netns.stack), { keep: true, counters: false, test: false, verbose: 0 }).run(text);
  expect(done).toEqual({ status: 0, stdout: '', stderr: '' });
}

/** What kube-proxy writes for one Service with one endpoint, 10.244.3.6:8080. */
const SERVICE = `*nat
:KUBE-SERVICES - [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-SVC-A - [0:0]
:KUBE-SEP-A - [0:0]
-A PREROUTING -j KUBE-SERVICES
-A OUTPUT -j KUBE-SERVICES
-A POSTROUTING -j KUBE-POSTROUTING
-A KUBE-SERVICES -d 10.96.0.7/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-A
-A KUBE-SVC-A ! -s 10.244.0.0/16 -d 10.96.0.7/32 -p tcp -m tcp --dport 80 -j KUBE-MARK-MASQ
-A KUBE-SVC-A -j KUBE-SEP-A
-A KUBE-SEP-A -s 10.244.3.6/32 -j KUBE-MARK-MASQ
-A KUBE-SEP-A -p tcp -m tcp -j DNAT --to-destination 10.244.3.6:8080
-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
-A KUBE-POSTROUTING -j MASQUERADE --random-fully
COMMIT
`;

/** Connects to the Service; @returns whom the server saw. */
async function connect(lab: Lab, from: NetworkNamespace, server: NetworkNamespace): Promise<string | undefined> {
  const listener = server.sockets.listenTcp({ address: 0, port: 8080 }, owner);
  const accepted = listener.accept();
  const connected = await lab.settle(from.sockets.connectTcp({ address: ip('10.96.0.7'), port: 80 }, owner));
  expect(connected).toBeDefined();
  const seen = await lab.settle(accepted);
  listener.close();
  return seen === undefined ? undefined : formatIp(seen.remote.address);
}

test("a pod reaches a Service's endpoint under its own address", async () => {
  const lab = new Lab();
  const { a, podA, podB } = lab.cluster();
  restore(a, SERVICE);
  expect(await connect(lab, podA, podB)).toBe('10.244.2.5');
});

test('the node itself and an endpoint that calls its own Service are masqueraded', async () => {
  const lab = new Lab();
  const { a, b, podB } = lab.cluster();
  // The address of a Service is on no link, but what is sent there needs a way before it is translated.
  for (const node of [a, b]) {
    restore(node, SERVICE);
    node.addRoute({ destination: prefix('0.0.0.0/0'), via: ip('172.18.0.1') });
  }
  expect(await connect(lab, a, podB)).toBe('172.18.0.2');
  expect(await connect(lab, podB, podB)).toBe('10.244.3.1');
});

test('a REJECT for a translated connection comes from the address that was called', async () => {
  const lab = new Lab();
  const { a, b, podA } = lab.cluster();
  restore(a, SERVICE);
  restore(b, '*filter\n-A FORWARD -p tcp --dport 8080 -j REJECT --reject-with tcp-reset\nCOMMIT\n');
  const connected = podA.sockets.connectTcp({ address: ip('10.96.0.7'), port: 80 }, owner);
  await expect(lab.settle(connected)).rejects.toMatchObject({ errno: 'ECONNREFUSED' });
});

test('the tap is told which rule has changed the destination, and what the packet became', async () => {
  const lab = new Lab();
  const { a, podA, podB } = lab.cluster();
  restore(a, SERVICE);
  await connect(lab, podA, podB);
  const told = lab.events.filter(({ table, rule }) => table === 'nat' && rule?.includes('DNAT'));
  expect(told.map(({ chain, rule, verdict }) => [chain, rule, verdict])).toEqual([
    ['KUBE-SEP-A', '-A KUBE-SEP-A -p tcp -m tcp -j DNAT --to-destination 10.244.3.6:8080', 'accept'],
  ]);
});

test('what NOTRACK exempts is UNTRACKED, and INVALID no more than ESTABLISHED', async () => {
  const lab = new Lab();
  const { b, podA } = lab.cluster();
  restore(b, '*raw\n-A PREROUTING -p udp -j NOTRACK\nCOMMIT\n');
  const rules = ['UNTRACKED', 'INVALID', 'NEW,ESTABLISHED'].map(
    (state) => `-A FORWARD -p udp -m conntrack --ctstate ${state}`,
  );
  restore(b, `*filter\n${rules.join('\n')}\nCOMMIT\n`);
  const socket = podA.sockets.openUdp({ address: 0, port: 0 }, owner);
  socket.send({ address: ip('10.244.3.6'), port: 9 }, new Uint8Array(3));
  await lab.clock.runTo(1000);
  const chain = iptablesOf(b.stack).get('filter')?.chains.get('FORWARD');
  expect(chain?.rules.map(({ packets }) => packets)).toEqual([1, 0, 0]);
});
