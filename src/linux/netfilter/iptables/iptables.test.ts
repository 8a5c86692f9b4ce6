import { describe, expect, test } from 'vitest';
import type { NetworkNamespace } from '../../namespace.ts';
import { ip, Lab, owner } from '../../network.fixture.ts';
import { measureRules } from './iptables.bench.ts';
import { iptablesOf } from './iptables.ts';
import { Restore } from './restore.ts';
import { saveTable } from './save.ts';

function restore(netns: NetworkNamespace, text: string): void {
  const done = new Restore(iptablesOf(netns.stack), { keep: true, counters: false, test: false, verbose: 0 }).run(text);
  expect(done).toEqual({ status: 0, stdout: '', stderr: '' });
}

/** The rules with their counters, without the table's frame. */
function counted(netns: NetworkNamespace): string[] {
  return iptablesOf(netns.stack)
    .list()
    .flatMap(([, table]) => saveTable(table, { counters: true, date: '' }).split('\n'))
    .filter((line) => /^[[:]/.test(line));
}

async function udp(lab: Lab, from: NetworkNamespace, to: string, port: number): Promise<void> {
  const socket = from.sockets.openUdp({ address: 0, port: 0 }, owner);
  socket.send({ address: ip(to), port }, new Uint8Array(10));
  await lab.clock.runTo(lab.clock.now() + 1000);
  socket.close();
}

describe('a packet on its way through a node', () => {
  test("a chain whose policy nobody has named doesn't count what comes to its end, as in the kernel", async () => {
    const lab = new Lab();
    const { b, podA } = lab.cluster();
    restore(b, '*filter\n-A FORWARD -p tcp -j DROP\nCOMMIT\n');
    await udp(lab, podA, '10.244.3.6', 9);
    expect(counted(b)).toContain(':FORWARD ACCEPT [0:0]');
    restore(b, '*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -p tcp -j DROP\nCOMMIT\n');
    await udp(lab, podA, '10.244.3.6', 9);
    expect(counted(b)).not.toContain(':FORWARD ACCEPT [0:0]');
  });

  test('meets the rules in their order, which count it; a jump comes back, a goto does not', async () => {
    const lab = new Lab();
    const { b, podA } = lab.cluster();
    restore(
      b,
      `*filter
:FORWARD ACCEPT [0:0]
:first - [0:0]
:second - [0:0]
-A FORWARD -p udp --dport 9 -j first
-A FORWARD -p udp -g second
-A FORWARD -p udp -j DROP
-A first -s 10.244.2.5/32 -j RETURN
-A first -j DROP
-A second ! -i eth0 -j DROP
-A second -p tcp
COMMIT
`,
    );
    await udp(lab, podA, '10.244.3.6', 9);
    // The goto ends in FORWARD's policy, which lets the packet and its ICMP error pass.
    expect(counted(b)).toEqual([
      ':INPUT ACCEPT [0:0]',
      ':FORWARD ACCEPT [2:104]',
      ':OUTPUT ACCEPT [0:0]',
      ':first - [0:0]',
      ':second - [0:0]',
      '[1:38] -A FORWARD -p udp -m udp --dport 9 -j first',
      '[1:38] -A FORWARD -p udp -g second',
      '[0:0] -A FORWARD -p udp -j DROP',
      '[1:38] -A first -s 10.244.2.5/32 -j RETURN',
      '[0:0] -A first -j DROP',
      '[0:0] -A second ! -i eth0 -j DROP',
      '[0:0] -A second -p tcp',
    ]);
  });

  test('is told of to the tap: each jump, what decides, and a policy that drops', async () => {
    const lab = new Lab();
    const { b, podA } = lab.cluster();
    restore(b, '*filter\n:to - [0:0]\n-A FORWARD -p udp -j to\n-A to -p udp --dport 9 -j REJECT\nCOMMIT\n');
    restore(b, '*filter\n-P FORWARD DROP\nCOMMIT\n');
    await udp(lab, podA, '10.244.3.6', 9);
    await udp(lab, podA, '10.244.3.6', 10);
    const told = lab.events
      .filter(({ table }) => table !== undefined)
      .map(({ stage, table, chain, rule, verdict, reason }) => [stage, table, chain, rule, verdict, reason]);
    const jump = ['forward', 'filter', 'FORWARD', '-A FORWARD -p udp -j to', undefined, 'to chain to'];
    expect(told).toEqual([
      jump,
      [
        'forward',
        'filter',
        'to',
        '-A to -p udp -m udp --dport 9 -j REJECT --reject-with icmp-port-unreachable',
        'reject',
        undefined,
      ],
      jump,
      [
        'forward',
        'filter',
        'FORWARD',
        '-P FORWARD DROP',
        'drop',
        'no rule of FORWARD has decided, and its policy is DROP',
      ],
    ]);
  });
});

test('a sender whose own rule drops its packet is told so', () => {
  const lab = new Lab();
  const { podA } = lab.cluster();
  restore(podA, '*filter\n-A OUTPUT -d 10.244.3.0/24 -j DROP\nCOMMIT\n');
  const socket = podA.sockets.openUdp({ address: 0, port: 0 }, owner);
  expect(() => socket.send({ address: ip('10.244.3.6'), port: 9 }, new Uint8Array(1))).toThrow(
    expect.objectContaining({ errno: 'EPERM' }),
  );
});

test("a mark that mangle's OUTPUT sets makes routing look again", async () => {
  const lab = new Lab();
  const { podA } = lab.cluster();
  restore(podA, '*mangle\n-A OUTPUT -p udp -j MARK --set-mark 7\nCOMMIT\n');
  await udp(lab, podA, '10.244.3.6', 9);
  const stages = lab.events.filter(({ namespace }) => namespace === podA.name).map(({ stage }) => stage);
  expect(stages.slice(0, 4)).toEqual(['socket', 'route', 'output', 'route']);
  expect(lab.events.find(({ stage }) => stage === 'output')?.reason).toBe('mark 0x7, was 0x0');
});

test('a table that is taken away asks nobody any more', async () => {
  const lab = new Lab();
  const { b, podA } = lab.cluster();
  restore(b, '*filter\n-A FORWARD -j DROP\nCOMMIT\n');
  expect(b.stack.hooks.list('forward').map(({ name }) => name)).toContain('iptables filter');
  const done = new Restore(iptablesOf(b.stack), { keep: false, counters: false, test: false, verbose: 0 });
  expect(done.run('*filter\nCOMMIT\n').status).toBe(0);
  expect(b.stack.hooks.list('forward')).toEqual([]);
  expect(await lab.ping(podA, '10.244.3.6')).toBeDefined();
});

test.each([true, false])('the bench of rules measures a row that lets all pass (services: %s)', (services) => {
  const { packets, nanosecondsPerRule } = measureRules({ rules: 100, services, milliseconds: 20 });
  expect(packets).toBeGreaterThan(99);
  expect(nanosecondsPerRule).toBeGreaterThan(0);
});
