import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { possible, Twins } from './twins.fixture.ts';

/**
 * VXLAN as Flannel sets it up, and by hand: iproute2 in real network namespaces judges the simulated tools, and pings
 * must get through in both or in neither. The namespaces are called `hoptest-vx*` and are deleted at the end.
 */

const A = 'hoptest-vxa';
const B = 'hoptest-vxb';

/** The kernel's table has the order of its hash; IPv6's multicast groups are not modelled. */
function settled(text: string): string {
  if (!/^([\da-f]{2}:){5}/.test(text)) return text;
  return text
    .replace(/used \d+\/\d+/g, 'used N/N')
    .split('\n')
    .filter((line) => !line.startsWith('33:33:'))
    .sort()
    .join('\n');
}

const BUILD = [
  `ip link add eth0 address 02:00:00:00:00:01 type veth peer name eth0 address 02:00:00:00:00:02 netns ${B}`,
  'ip addr add 172.18.0.2/16 dev eth0',
  `in ${B} ip addr add 172.18.0.3/16 dev eth0`,
  'ip link set eth0 up',
  `in ${B} ip link set eth0 up`,
  // As flanneld does (pkg/backend/vxlan).
  'ip link add flannel.1 address 02:00:00:00:f1:02 type vxlan id 1 local 172.18.0.2 dev eth0 dstport 8472 nolearning',
  'ip link show flannel.1',
  'ip link set flannel.1 up',
  'ip addr add 10.244.2.0/32 dev flannel.1',
  'ip route add 10.244.3.0/24 via 10.244.3.0 dev flannel.1 onlink',
  'ip neigh add 10.244.3.0 lladdr 02:00:00:00:f1:03 dev flannel.1 nud permanent',
  'bridge fdb add 02:00:00:00:f1:03 dev flannel.1 dst 172.18.0.3 self permanent',
  `in ${B} ip link add flannel.1 address 02:00:00:00:f1:03 type vxlan id 1 local 172.18.0.3 dev eth0 dstport 8472 nolearning`,
  `in ${B} ip link set flannel.1 up`,
  `in ${B} ip addr add 10.244.3.0/32 dev flannel.1`,
  `in ${B} ip route add 10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink`,
  `in ${B} ip neigh add 10.244.2.0 lladdr 02:00:00:00:f1:02 dev flannel.1 nud permanent`,
  `in ${B} bridge fdb add 02:00:00:00:f1:02 dev flannel.1 dst 172.18.0.2 self permanent`,
];

const QUESTIONS = [
  'ip link',
  'ip -d link show flannel.1',
  'ip -d -j link show flannel.1',
  'ip link show type vxlan',
  'ip addr show flannel.1',
  'ip link help vxlan',
  'bridge fdb show dev flannel.1',
  'bridge fdb',
  'bridge fdb get 02:00:00:00:f1:03 dev flannel.1 self',
  'bridge fdb get 02:00:00:00:f1:03 dev flannel.1',
  'ip link add x type vxlan',
  'ip link add x type vxlan dstport 8472',
  'ip link add x type vxlan id 1 dstport 8472',
  'ip link add x type vxlan id 99999999',
  'ip link add x type vxlan id 9 foo',
  'ip link add x type vxlan id 9 dev nosuch',
  'ip link add x type vxlan id 9 ttl 300',
  'ip link set flannel.1 mtu 1451',
  'ip link set flannel.1 type vxlan id 5',
  'bridge fdb add 02:00:00:00:f1:03 dev flannel.1 dst 172.18.0.3',
  'bridge fdb add 02:00:00:00:f1:09 dev flannel.1 dst 172.18.0.3 static',
  'bridge fdb del 02:00:00:00:f1:09 dev flannel.1',
  'bridge fdb add 02:00:00:00:f1:09 dev flannel.1 dst 172.18.0.3 master',
];

const CHANGES = [
  'ip link set flannel.1 mtu 1400',
  'ip link set flannel.1 type vxlan ttl 3 learning',
  'ip -d link show flannel.1',
  'bridge fdb append 00:00:00:00:00:00 dev flannel.1 dst 172.18.0.9',
  'bridge fdb append 00:00:00:00:00:00 dev flannel.1 dst 172.18.0.8',
  'bridge fdb replace 00:00:00:00:00:00 dev flannel.1 dst 172.18.0.8',
  'bridge fdb add 02:00:00:00:f1:07 dev flannel.1 dst 172.18.0.7 port 99 vni 8 via eth0',
  'bridge fdb append 02:00:00:00:f1:07 dev flannel.1 dst 172.18.0.6',
  'bridge fdb show dev flannel.1',
  'bridge -s fdb show dev flannel.1',
  'bridge fdb replace 02:00:00:00:f1:07 dev flannel.1 dst 172.18.0.6',
  'bridge fdb del 00:00:00:00:00:00 dev flannel.1 dst 172.18.0.9',
  'bridge fdb del 00:00:00:00:00:00 dev flannel.1 dst 172.18.0.9',
  'bridge fdb show dev flannel.1',
  'bridge fdb del 00:00:00:00:00:00 dev flannel.1',
  'bridge fdb del 02:00:00:00:f1:07 dev flannel.1',
  'bridge fdb show dev flannel.1',
  'ip link add vx2 address 02:00:00:00:f2:02 type vxlan id 2 remote 10.0.0.2',
  'ip -d link show vx2',
  'bridge fdb show dev vx2',
  'ip link add vx3 address 02:00:00:00:f3:02 type vxlan id 3 remote 10.0.0.2 dev eth0 dstport 4789 srcport 100 200 ttl 5 tos inherit df set ageing 30',
  'ip -d link show vx3',
  'ip -d -j link show vx3',
  'bridge fdb show dev vx3',
  'ip link set eth0 mtu 1300',
  'ip link',
  'ip link del eth0',
  'ip link',
];

describe.skipIf(!possible(['bridge', 'ping', 'ethtool'], 'x type vxlan id 1 dstport 8472'))(
  'VXLAN as iproute2 and the kernel have it (left out without root, bridge(8), ping(8), ethtool(8) or VXLAN devices)',
  () => {
    const twins = new Twins([A, B], settled);
    const compare = (line: string) => twins.compare(line);
    beforeAll(() => twins.make());
    afterAll(() => twins.clean());

    test('while Flannel builds it', async () => {
      for (const line of BUILD) await compare(line);
    });
    test('packets get through, small and large', async () => {
      expect(await twins.ping(A, '10.244.3.0')).toBe(true);
      expect(await twins.ping(B, '-s 3000 10.244.2.0')).toBe(true);
      expect(await twins.ping(A, '-M do -s 1422 10.244.3.0')).toBe(true);
      expect(await twins.ping(A, '-M do -s 1423 10.244.3.0')).toBe(false);
    });
    test.each(QUESTIONS)('%s', async (line) => {
      await compare(line);
    });
    test('ethtool -k and -K', async () => {
      for (const line of [
        '-k eth0',
        '-k lo',
        '-k flannel.1',
        '-K eth0 tso off',
        '-k eth0',
        '-K eth0 tso on',
        '-K eth0 tx off',
        '-k eth0',
        '-K eth0 tx on',
        '-K lo tx off',
        '-k nosuch',
        '-K nosuch tso on',
        '-K eth0',
        '-K eth0 foo on',
        '-K eth0 tso x',
        '--version',
      ]) {
        await twins.compareRun(`ethtool ${line}`);
      }
    });
    test('without an entry nothing gets through, and a device that learns finds its way by itself', async () => {
      await compare(`in ${B} bridge fdb del 02:00:00:00:f1:02 dev flannel.1`);
      expect(await twins.ping(A, '10.244.3.0')).toBe(false);
      await compare(`in ${B} ip link set flannel.1 type vxlan learning`);
      expect(await twins.ping(A, '10.244.3.0')).toBe(true);
      await compare(`in ${B} bridge fdb show dev flannel.1`);
      await compare(`in ${B} bridge -s fdb show dev flannel.1`);
    });
    test('while it is being changed and taken down', async () => {
      for (const line of CHANGES) await compare(line);
    });
  },
);
