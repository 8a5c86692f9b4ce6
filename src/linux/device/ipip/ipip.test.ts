import { expect, test } from 'vitest';
import { Bench } from '../../../programs/network.fixture.ts';
import type { NetworkNamespace } from '../../namespace.ts';
import type { Frame, IpPacket } from '../../packet/packet.ts';
import { packetLength } from '../../packet/size.ts';

// This machine's kernel has no ipip: RFC 2003, net/ipv4/ip_tunnel.c and ip-tunnel(8) are the judges.

function setup() {
  const bench = new Bench();
  const { lab } = bench;
  const a = lab.node('a', 2);
  const b = lab.node('b', 3);
  const run = async (where: NetworkNamespace, ...lines: readonly string[]) => {
    let last = '';
    for (const line of lines) {
      const { code, stdout, stderr } = await bench.run(where, line);
      if (code !== 0) throw new Error(`${line}: ${stderr}`);
      last = stdout;
    }
    return last;
  };
  return { bench, lab, a, b, run };
}

/** Calico's way: tunl0 without ends; the route's next hop says where a packet goes. */
async function calico() {
  const all = setup();
  for (const [node, own, other] of [
    [all.a, 2, 3],
    [all.b, 3, 2],
  ] as const) {
    const { code, stderr } = await all.bench.run(node, 'ip tunnel add tunl0 mode ipip');
    expect([code, stderr]).toEqual([1, 'add tunnel "tunl0" failed: File exists\n']);
    await all.run(
      node,
      'ip link set tunl0 mtu 1480 up',
      `ip addr add 10.244.${own}.1/32 dev tunl0`,
      `ip route add 10.244.${other}.0/26 via 172.18.0.${other} dev tunl0 onlink`,
    );
  }
  return all;
}

const isPacket = (packet: Frame | IpPacket | undefined): packet is IpPacket => packet !== undefined && 'kind' in packet;

test('tunl0 sends a packet to its next hop, 20 bytes longer, and tunl0 there unpacks it', async () => {
  const { lab, a } = await calico();
  lab.events.length = 0;
  expect(await lab.ping(a, '10.244.3.1')).toBeDefined();
  const [out] = lab.events.filter(({ stage }) => stage === 'encapsulate');
  expect(out).toMatchObject({
    namespace: 'a',
    device: 'tunl0',
    reason: 'the tunnel has no fixed end: the next hop 172.18.0.3 is it',
  });
  if (!isPacket(out?.packet) || !isPacket(out.after)) throw new Error('no packet');
  expect(packetLength(out.after)).toBe(packetLength(out.packet) + 20);
  // RFC 2003, 3.1: TTL and DF are the inner packet's here ("ttl inherit", "nopmtudisc").
  expect([out.after.ttl, out.after.dontFragment]).toEqual([out.packet.ttl, out.packet.dontFragment]);
  const [into] = lab.events.filter(({ stage }) => stage === 'decapsulate');
  expect(into).toMatchObject({ namespace: 'b', device: 'tunl0', verdict: 'accept' });
});

test('a packet that is too long for the way, and not to be cut, comes back with the tunnel’s room', async () => {
  const { lab, a } = await calico();
  a.setLink('eth0', { mtu: 1400 });
  const errors = () => lab.events.filter(({ stage, verdict }) => stage === 'encapsulate' && verdict === 'drop');
  await lab.ping(a, '10.244.3.1', { size: 1400, dontFragment: true, patience: 100 });
  expect(errors()[0]?.reason).toBe("longer than the tunnel's way takes (1380), and not to be cut");
  expect(await lab.ping(a, '10.244.3.1', { size: 1400, dontFragment: false })).toBeDefined();
});

test('what no tunnel is for is refused, and named ends are looked at first', async () => {
  const { lab, a, b, run } = setup();
  await run(
    a,
    'ip link add tun0 type ipip remote 172.18.0.3 local 172.18.0.2',
    'ip link set tun0 up',
    'ip addr add 10.9.0.1/30 dev tun0',
  );
  expect(await run(a, 'ip link show tun0')).toBe(
    '4: tun0@NONE: <POINTOPOINT,NOARP,UP,LOWER_UP> mtu 1480 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000\n' +
      '    link/ipip 172.18.0.2 peer 172.18.0.3\n',
  );
  expect(await run(a, 'ip tunnel show')).toBe(
    'tunl0: any/ip remote any local any ttl inherit nopmtudisc\n' +
      'tun0: ip/ip remote 172.18.0.3 local 172.18.0.2 ttl inherit\n',
  );
  expect(await run(a, 'ip -d link show type ipip')).toContain(
    '    ipip any remote any local any ttl inherit nopmtudisc addrgenmode eui64 ',
  );
  await lab.ping(a, '10.9.0.2', { patience: 100 });
  // Without the module protocol 4 is unknown there.
  expect(
    lab.events.some(
      ({ stage, namespace, reason }) => namespace === 'b' && stage === 'socket' && reason === 'nobody here speaks ipip',
    ),
  ).toBe(true);
  await run(b, 'ip link add tun0 type ipip remote 172.18.0.9');
  await lab.ping(a, '10.9.0.2', { patience: 100 });
  expect(lab.events.find(({ stage }) => stage === 'decapsulate')).toMatchObject({
    verdict: 'reject',
    reason: 'no tunnel that is up is for packets from 172.18.0.2',
  });
  await run(
    b,
    'ip link set tun0 type ipip remote 172.18.0.2',
    'ip link set tun0 up',
    'ip addr add 10.9.0.2/30 dev tun0',
  );
  expect(await lab.ping(a, '10.9.0.2')).toBeDefined();
});

test('a tunnel whose way leads into itself loses its packets, and says so', async () => {
  const { lab, a, run } = setup();
  await run(
    a,
    'ip link add tun0 type ipip remote 172.18.0.3',
    'ip link set tun0 up',
    'ip addr add 10.9.0.1/30 dev tun0',
    'ip route add 172.18.0.3 dev tun0',
  );
  await lab.ping(a, '10.9.0.2', { patience: 100 });
  const drops = lab.events.filter(({ stage, verdict }) => stage === 'encapsulate' && verdict === 'drop');
  expect(drops[0]?.reason).toBe('the way to 172.18.0.3 leads through tun0 itself');
});
