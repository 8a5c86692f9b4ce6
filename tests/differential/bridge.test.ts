import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { possible, Twins } from './twins.fixture.ts';

/**
 * Bridges: the same commands, given to iproute2 in a real network namespace and to the simulated tools, must print the
 * same; and the same pings must leave the same forwarding tables. The namespaces are called `hoptest-br*` and are
 * deleted at the end.
 */

const ROOM = 'hoptest-br';
const PODS = ['hoptest-br1', 'hoptest-br2', 'hoptest-br3'];
const ALL = [ROOM, ...PODS];
/** Timers and ages run on; policies' counters are iptables' own affair; IPv6's multicast groups (33:33:...) are not modelled. */
function settled(text: string): string {
  return text
    .replace(/timer +\d+\.\d\d/g, 'timer T')
    .replace(/(timer": ?)\d+\.\d\d/g, '$1T')
    .replace(/policy ACCEPT \d+ packets, \d+ bytes/g, 'policy ACCEPT')
    .replace(/used \d+\/\d+/g, 'used N/N')
    .replace(/("used"|"updated"):\d+/g, '$1:N')
    .replace(/(RX|TX): .*\n.*\n/g, '$1')
    .replace(/^33:33:.*\n/gm, '')
    .replace(/\{"mac":"33:33:[^}]*\},?/g, '')
    .replace(/,\]/g, ']');
}

/** The words are for `ip -n ROOM` or `bridge -n ROOM`. */
const BUILD = [
  'ip link add br0 address 02:00:00:00:00:ff type bridge',
  'ip -d link show br0',
  'ip link add type bridge',
  'ip link set bridge0 address 02:00:00:00:00:fe',
  'ip link',
  'ip link del bridge0',
  ...PODS.map(
    (pod, i) =>
      `ip link add v${i} address 02:00:00:00:01:0${i} type veth peer name eth0 address 02:00:00:00:00:0${i} netns ${pod}`,
  ),
  'ip link set v0 master br0',
  'ip link show br0',
  'ip -d link show v0',
  'ip link set v1 master br0',
  'ip link set v2 master br0',
  'ip link set br0 up',
  'ip link show br0',
  'bridge link',
  'bridge fdb',
  ...PODS.map((_pod, i) => `ip link set v${i} up`),
  ...PODS.map((pod) => `in ${pod} ip link set eth0 up`),
  ...PODS.map((pod, i) => `in ${pod} ip addr add 10.0.0.${i + 1}/24 dev eth0`),
  'ip addr add 10.0.0.254/24 dev br0',
  'ip link',
  'bridge link',
];

const QUESTIONS = [
  'ip -d link show br0',
  'ip -d link show v0',
  'ip -d -j link show br0',
  'ip -d -j link show v0',
  'ip -j link show v1',
  'ip -br link',
  'ip addr show v0',
  'ip link show type bridge',
  'ip link show type bridge_slave',
  'ip link show master br0',
  'ip link show nomaster',
  'ip link show type vxlan',
  'bridge link',
  'bridge -d link',
  'bridge -o -d link show dev v0',
  'bridge -j link',
  'bridge -j -p -d link',
  'bridge link show dev br0',
  'bridge fdb',
  'bridge fdb show br br0',
  'bridge fdb show brport v0',
  'bridge fdb show dev br0',
  'bridge fdb show dynamic',
  'bridge fdb show state permanent',
  'bridge -j fdb show br br0',
  'ip link help bridge',
  // Refused
  'ip link add x type bridge foo 3',
  'ip link add x type bridge ageing_time x',
  'ip link add x type bridge ageing_time',
  'ip link add br0 type bridge',
  'ip link add x master nosuch type bridge',
  'ip link set v0 master nosuch',
  'ip link set v0 master v1',
  'ip link set lo master br0',
  'ip link set br0 netns hoptest-br1',
  'ip link set br0 mtu 10',
  'ip link set v0 type bridge ageing_time 3',
  'ip link set br0 type bridge_slave hairpin on',
  'ip link show master nosuch',
  'bridge',
  'bridge foo',
  'bridge -foo link',
  'bridge -V',
  'bridge link foo',
  'bridge link set dev v0 foo',
  'bridge link set dev nosuch hairpin on',
  'bridge link set dev br0 hairpin on',
  'bridge link set hairpin on',
  'bridge link set dev v0 hairpin x',
  'bridge link show dev nosuch',
  'bridge fdb foo',
  'bridge fdb show br nosuch',
  'bridge fdb show dev nosuch',
  'bridge fdb add 02:00:00:00:00:77',
  'bridge fdb add dev v0',
  'bridge fdb add xx dev v0 master',
  'bridge fdb add 02:00:00:00:00:77 dev nosuch',
  'bridge fdb add 02:00:00:00:00:77 dev v0 garbage',
  'bridge fdb del 02:00:00:00:00:77 dev v0 master',
  'bridge fdb get',
  'bridge fdb get 02:00:00:00:00:77 br br0',
  'bridge fdb get 02:00:00:00:01:00 dev br0',
];

const CHANGES = [
  'bridge fdb add 02:00:00:00:00:77 dev v0 master',
  'bridge fdb add 02:00:00:00:00:77 dev v0 master',
  'bridge fdb append 02:00:00:00:00:77 dev v1 master static',
  'bridge fdb add 02:00:00:00:00:78 dev v0 master dynamic',
  'bridge fdb add 02:00:00:00:00:79 dev br0 self',
  'bridge fdb show br br0',
  'bridge fdb get 02:00:00:00:00:77 br br0',
  'bridge fdb get 02:00:00:00:00:78 dev v0 master',
  'bridge -s fdb get 02:00:00:00:01:00 br br0',
  'bridge fdb replace 02:00:00:00:00:77 dev v0 master static',
  'bridge fdb del 02:00:00:00:00:77 dev v1 master',
  'bridge fdb del 02:00:00:00:00:77 dev v0 master',
  'bridge fdb show br br0',
  'bridge link set dev v0 learning off flood off isolated on hairpin on',
  'bridge -d link show dev v0',
  'ip -d link show v0',
  'ip link set v0 type bridge_slave learning on flood on isolated off hairpin off',
  'bridge -d link show dev v0',
  'bridge link set dev v0 state disabled',
  'bridge link',
  'bridge link set dev v0 state 3 cost 5 priority 7',
  'bridge link',
  'ip -d link show v0',
  'ip link set br0 type bridge ageing_time 1000',
  'ip -d link show br0',
  'ip link set v1 mtu 1400',
  'ip link show br0',
  'ip link set br0 mtu 1300',
  'ip link set v1 mtu 1200',
  'ip link show br0',
  'ip link set v0 address 02:00:00:00:01:09',
  'bridge fdb show br br0',
  'ip link set v0 down',
  'bridge link',
  'bridge fdb show br br0',
  'ip link set v0 nomaster',
  'ip -d link show v0',
  'bridge fdb show br br0',
  'ip link set br0 down',
  'bridge link',
  'ip link',
  'ip link add br1 address 02:00:00:00:00:f1 type bridge',
  'ip link set v1 master br1',
  'ip link set br1 master br0',
  'ip link',
  'ip link del br0',
  'bridge link',
  'ip link',
  'ip link add by address 02:00:00:00:00:f2 mtu 1400 up type bridge ageing_time 500 forward_delay 0',
  'ip -d link show by',
  'ip link set v2 group 5 alias foo promisc on arp off multicast off allmulticast on',
  'ip link show v2',
  'ip -d link show v2',
  'ip -j -d link show v2',
  'ip addr show v2',
  'ip -o link show v2',
  'ip -s link show group 5',
  'ip link set v2 promisc x',
  'ip link set v2 group x',
  'ip link set v2 alias',
  'ip link set v2 group default alias bar promisc off arp on multicast on allmulticast off',
  'ip link show v2',
  'ip link add q0 address 02:00:00:00:07:00 group 7 type veth peer name q1 address 02:00:00:00:07:01',
  'ip link show group 7',
  'ip link del group 7',
  'ip link show q1',
  // Without an address of its own a bridge takes the least of its ports'.
  'ip link add bz type bridge',
  'ip link set v2 master bz',
  'ip link set v1 master bz',
  'ip link show bz',
  'bridge fdb show br bz',
  'ip link set v1 nomaster',
  'ip link show bz',
  'bridge fdb show br bz',
  'ip link set v2 nomaster',
  'ip link show bz',
  'bridge fdb show br bz',
  `ip link set v1 netns ${PODS[0]}`,
  'ip link',
];

describe.skipIf(!possible(['bridge', 'ping', 'iptables'], 'br0 type bridge'))(
  'bridge says and does what iproute2 and the kernel do (left out without root, bridge(8), ping(8), iptables(8) or network namespaces)',
  () => {
    const twins = new Twins(ALL, settled);
    const compare = (line: string) => twins.compare(line);
    const ping = (from: string, to: string) => twins.ping(from, to);
    beforeAll(() => twins.make());
    afterAll(() => twins.clean());

    test('while a bridge is being built', async () => {
      for (const line of BUILD) await compare(line);
    });
    test('it learns from pings, and what ports are told holds', async () => {
      const [a = '', b = '', c = ''] = PODS;
      expect(await ping(a, '10.0.0.2')).toBe(true);
      expect(await ping(c, '10.0.0.254')).toBe(true);
      await compare('bridge fdb show br br0');
      await compare('bridge -j -s fdb show br br0');
      for (const line of ['bridge link set dev v0 isolated on', 'bridge link set dev v1 isolated on'])
        await compare(line);
      expect(await ping(a, '10.0.0.2')).toBe(false);
      expect(await ping(a, '10.0.0.3')).toBe(true);
      for (const line of ['bridge link set dev v0 isolated off', 'bridge link set dev v1 isolated off'])
        await compare(line);
      expect(await ping(a, '10.0.0.2')).toBe(true);
      // A static entry sends frames where nobody is.
      await compare('bridge fdb replace 02:00:00:00:00:01 dev v2 master static');
      await compare('bridge link set dev v1 learning off');
      expect(await ping(a, '10.0.0.2')).toBe(false);
      await compare('bridge fdb show br br0');
      await compare('bridge link set dev v1 learning on');
      // What b sends moves even a static entry (br_fdb_update).
      await ping(b, '10.0.0.1');
      await compare('bridge fdb show br br0');
      await compare('bridge fdb del 02:00:00:00:00:01 dev v1 master');
    });
    test('br_netfilter: rules see bridged packets with their ports, and turn them', async () => {
      const [a = ''] = PODS;
      const counted = async () => {
        for (const table of ['filter', 'nat']) await twins.compareRun(`iptables -t ${table} -L -n -v -x`);
      };
      for (const rule of [
        '-A FORWARD -m physdev --physdev-in v0 --physdev-out v1',
        '-A FORWARD -m physdev --physdev-is-bridged',
        '-A FORWARD -i br0 -o br0',
        '-A INPUT -m physdev --physdev-in v0',
        // Only a target of NAT switches connection tracking on; without it the kernel asks no nat chain.
        '-t nat -A PREROUTING -d 10.99.99.99 -j DNAT --to-destination 10.99.99.98',
        '-t nat -A POSTROUTING -m physdev --physdev-is-bridged',
      ]) {
        await twins.compareRun(`iptables ${rule}`);
      }
      expect(await ping(a, '10.0.0.2')).toBe(true);
      expect(await ping(a, '10.0.0.254')).toBe(true);
      await counted();
      await twins.compareRun('iptables -A FORWARD -p icmp -d 10.0.0.2 -j DROP');
      expect(await ping(a, '10.0.0.2')).toBe(false);
      await twins.compareRun('iptables -t nat -A PREROUTING -p icmp -d 10.0.0.2 -j DNAT --to-destination 10.0.0.3');
      // What NAT sends elsewhere is bridged there only by a namespace that may forward.
      expect(await ping(a, '10.0.0.2')).toBe(false);
      await twins.compareRun('sysctl -w net.ipv4.ip_forward=1');
      expect(await ping(a, '10.0.0.2')).toBe(true);
      await counted();
      await twins.compareRun('sysctl -w net.bridge.bridge-nf-call-iptables=0');
      expect(await ping(a, '10.0.0.2')).toBe(true);
      await counted();
      for (const rule of ['-F', '-t nat -F']) await twins.compareRun(`iptables ${rule}`);
      await twins.compareRun('sysctl -w net.bridge.bridge-nf-call-iptables=1');
    });
    test.each(QUESTIONS)('%s', async (line) => {
      await compare(line);
    });
    test('while it is being changed and taken down', async () => {
      for (const line of CHANGES) await compare(line);
    });
  },
);
