import { expect, test } from 'vitest';
import { Bench } from '../../../programs/network.fixture.ts';
import { formatIp } from '../../packet/address.ts';
import type { Frame, IpPacket } from '../../packet/packet.ts';
import { packetLength } from '../../packet/size.ts';

/** Two machines on a wire with a VXLAN device each, as flanneld sets it up. */
async function setup() {
  const bench = new Bench();
  const { lab } = bench;
  const a = lab.node('a', 2);
  const b = lab.node('b', 3);
  const run = async (where: typeof a, lines: readonly string[]) => {
    for (const line of lines) {
      const { code, stderr } = await bench.run(where, line);
      if (code !== 0) throw new Error(`${line}: ${stderr}`);
    }
  };
  for (const [node, own, other] of [
    [a, 2, 3],
    [b, 3, 2],
  ] as const) {
    await run(node, [
      `ip link add flannel.1 address 02:00:00:00:f1:0${own} type vxlan id 1 local 172.18.0.${own} dev eth0 dstport 8472 nolearning`,
      'ip link set flannel.1 up',
      `ip addr add 10.244.${own}.0/32 dev flannel.1`,
      `ip route add 10.244.${other}.0/24 via 10.244.${other}.0 dev flannel.1 onlink`,
      `ip neigh add 10.244.${other}.0 lladdr 02:00:00:00:f1:0${other} dev flannel.1 nud permanent`,
      `bridge fdb add 02:00:00:00:f1:0${other} dev flannel.1 dst 172.18.0.${other} self permanent`,
    ]);
  }
  const reasons = (stage: string) =>
    lab.events.filter((event) => event.stage === stage).map(({ verdict = '', reason = '' }) => `${verdict} ${reason}`);
  return { bench, lab, a, b, run, reasons };
}

const isPacket = (packet: Frame | IpPacket | undefined): packet is IpPacket => packet !== undefined && 'kind' in packet;

test('a frame goes in a UDP packet to the machine that its entry names (RFC 7348)', async () => {
  const { lab, a } = await setup();
  lab.events.length = 0;
  expect(await lab.ping(a, '10.244.3.0')).toMatchObject({ from: expect.anything() });
  const [out] = lab.events.filter(({ stage }) => stage === 'encapsulate');
  expect(out?.reason).toBe('02:00:00:00:f1:03 dev flannel.1 dst 172.18.0.3 self permanent');
  const outer = out?.after;
  if (!isPacket(outer) || outer.payload.protocol !== 'udp') throw new Error('not encapsulated in UDP');
  expect([formatIp(outer.source), formatIp(outer.destination), outer.payload.destinationPort]).toEqual([
    '172.18.0.2',
    '172.18.0.3',
    8472,
  ]);
  expect(outer.dontFragment).toBe(false);
  // 84 bytes of ping, 14 of Ethernet, 8 of VXLAN, 8 of UDP, 20 of IP.
  expect(packetLength(outer)).toBe(134);
  const [into] = lab.events.filter(({ stage }) => stage === 'decapsulate');
  expect(into).toMatchObject({ namespace: 'b', device: 'flannel.1', verdict: 'accept' });
  // The answer takes the same source port: the hash is the same both ways.
  const ports = lab.events.flatMap(({ stage, after }) =>
    stage === 'encapsulate' && isPacket(after) && after.payload.protocol === 'udp' ? [after.payload.sourcePort] : [],
  );
  expect(new Set(ports).size).toBe(1);
});

test('what is lost says why', async () => {
  const { lab, a, b, run, reasons } = await setup();
  await run(a, ['bridge fdb del 02:00:00:00:f1:03 dev flannel.1']);
  expect(await lab.ping(a, '10.244.3.0', { patience: 100 })).toBeUndefined();
  expect(reasons('encapsulate')).toContain('drop no entry for 02:00:00:00:f1:03 (bridge fdb), and none for all others');
  await run(a, ['bridge fdb add 02:00:00:00:f1:03 dev flannel.1 dst 172.18.0.3', 'bridge fdb show']);
  await run(b, ['ip link set flannel.1 down']);
  lab.events.length = 0;
  expect(await lab.ping(a, '10.244.3.0', { patience: 100 })).toBeUndefined();
  expect(
    lab.events.some(({ namespace, verdict, stage }) => namespace === 'b' && stage === 'socket' && verdict === 'reject'),
  ).toBe(true);
  await run(b, ['ip link add other type vxlan id 2 dstport 8472', 'ip link set other up']);
  await lab.ping(a, '10.244.3.0', { patience: 100 });
  expect(reasons('decapsulate')).toContain('drop no VXLAN device here has the VNI 1');
  await run(a, [
    'ip route add 172.18.0.3 dev flannel.1',
    'ip neigh add 172.18.0.3 lladdr 02:00:00:00:f1:03 dev flannel.1',
  ]);
  await lab.ping(a, '10.244.3.0', { patience: 100 });
  // The lower device is fixed, so the packet still leaves by it; without one it would go round.
  await run(a, [
    'ip link del flannel.1',
    'ip link add flannel.1 type vxlan id 1 dstport 8472 remote 172.18.0.3',
    'ip link set flannel.1 up',
    'ip addr add 10.244.2.0/24 dev flannel.1',
    'ip route add 172.18.0.3 dev flannel.1',
  ]);
  await lab.ping(a, '10.244.2.9', { patience: 100 });
  expect(reasons('encapsulate')).toContain('drop the way to its other end leads through flannel.1 itself');
});

test('a long TCP packet is wrapped whole; the card cuts it behind the tunnel (drivers/net/vxlan, iptunnel_handle_offloads)', async () => {
  const { lab, bench, a, b } = await setup();
  const listener = bench.start(b, 'nc -l 9000');
  lab.events.length = 0;
  const sent = 'x'.repeat(100_000);
  await bench.run(a, 'nc -N 10.244.3.0 9000', 300_000, sent);
  expect((await lab.settle(listener.result, 1000))?.stdout).toBe(sent);
  const wrapped = lab.events.flatMap(({ stage, namespace, after }) =>
    stage === 'encapsulate' && namespace === 'a' && isPacket(after) ? [packetLength(after)] : [],
  );
  expect(Math.max(...wrapped)).toBeGreaterThan(2900);
  const unwrapped = lab.events.flatMap(({ stage, namespace, packet }) =>
    stage === 'decapsulate' && namespace === 'b' && isPacket(packet) ? [packetLength(packet)] : [],
  );
  expect(Math.max(...unwrapped)).toBe(1500);
});

test('a packet too long for the way goes in fragments, and the next one is held back (skb_tunnel_check_pmtu)', async () => {
  const { bench, a, run } = await setup();
  // flannel.1 was made when there was more room.
  await run(a, ['ip link set eth0 mtu 1300', 'ip link show flannel.1']);
  const ping = () => bench.run(a, 'ping -c 1 -W 1 -M do -s 1300 10.244.3.0');
  expect((await ping()).code).toBe(0);
  expect((await bench.run(a, 'ip route get 10.244.3.0')).stdout).toContain('mtu 1250');
  expect((await ping()).stderr).toContain('message too long, mtu=1250');
});

test('what a bridge leads into a tunnel that is too narrow is told so in its receiver’s name (iptunnel_pmtud_build_icmp)', async () => {
  const { lab, bench, a, run } = await setup();
  const pod = a.sibling('pod');
  bench.machine(pod);
  await run(a, [
    'ip link set eth0 mtu 1300',
    'ip link add br0 type bridge',
    'ip link set br0 up',
    'ip link add v0 type veth peer name p0',
    'ip link set v0 master br0 up',
    'ip link set flannel.1 master br0',
  ]);
  a.setLink('p0', { namespace: pod, name: 'eth0' });
  await run(pod, [
    'ip link set eth0 up',
    'ip addr add 10.9.0.1/24 dev eth0',
    'ip neigh add 10.9.0.2 lladdr 02:00:00:00:f1:03 dev eth0',
  ]);
  await bench.run(pod, 'ping -c 1 -W 1 -M do -s 1400 10.9.0.2');
  const refused = lab.events.filter(({ stage, verdict }) => stage === 'encapsulate' && verdict === 'drop');
  expect(refused.map(({ reason }) => reason)).toEqual([
    'longer than its way takes (1250), and not to be cut: its sender is told',
  ]);
  expect((await bench.run(pod, 'ip route get 10.9.0.2')).stdout).toContain('mtu 1250');
});
