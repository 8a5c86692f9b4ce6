import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NetworkNamespace } from '../../src/linux/namespace.ts';
import { Bench } from '../../src/programs/network.fixture.ts';

/**
 * Who answers what: four machines in a row (a - b - c - d) and a second link from a to d, in real network namespaces and
 * simulated, configured by the same commands. What ping, traceroute and `ip route get` print is compared, times masked.
 */

const NAMES = ['a', 'b', 'c', 'd'];
const full = (name: string) => `hoprouting-${name}`;

function real(words: readonly string[]): { code: number; stdout: string; stderr: string } {
  const [command = '', ...rest] = words;
  const { status, stdout, stderr } = spawnSync(command, rest, { encoding: 'utf8' });
  return { code: status ?? -1, stdout, stderr };
}

const clean = () => {
  for (const name of NAMES) real(['ip', 'netns', 'del', full(name)]);
};

const possible = (() => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  if (['ip', 'sysctl', 'ping', 'traceroute', 'arping'].some((tool) => spawnSync(tool, ['-V']).error !== undefined))
    return false;
  clean();
  const made = real(['ip', 'netns', 'add', full('a')]).code === 0;
  clean();
  return made;
})();

const split = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => line.trim());

/** `a: ping ...`: in that namespace. No rate limits, but where they are what is looked at. */
const NETWORK = split(`
  a: ip link add ab type veth peer name ba netns ${full('b')}
  b: ip link add bc type veth peer name cb netns ${full('c')}
  c: ip link add cd type veth peer name dc netns ${full('d')}
  a: ip link add a4 type veth peer name d4 netns ${full('d')}
  a: ip link set ab up
  a: ip link set a4 up
  b: ip link set ba up
  b: ip link set bc up
  c: ip link set cb up
  c: ip link set cd up
  d: ip link set dc up
  d: ip link set d4 up
  a: ip addr add 10.0.1.1/24 dev ab
  b: ip addr add 10.0.1.2/24 dev ba
  b: ip addr add 10.0.2.1/24 dev bc
  c: ip addr add 10.0.2.2/24 dev cb
  c: ip addr add 10.0.3.1/24 dev cd
  d: ip addr add 10.0.3.2/24 dev dc
  a: ip addr add 10.0.4.1/24 dev a4
  d: ip addr add 10.0.4.2/24 dev d4
  a: ip route add default via 10.0.1.2
  b: ip route add 10.0.3.0/24 via 10.0.2.2
  c: ip route add 10.0.1.0/24 via 10.0.2.1
  d: ip route add default via 10.0.3.1
  b: ip route add unreachable 10.9.1.0/24
  b: ip route add prohibit 10.9.2.0/24
  b: ip route add blackhole 10.9.3.0/24
  b: ip route add throw 10.9.5.0/24
`);

const COMMANDS = split(`
  a: traceroute 10.0.3.2
  a: traceroute -n 10.0.3.2
  a: traceroute -I -n 10.0.3.2
  a: traceroute -T -n 10.0.3.2
  a: traceroute -U -n 10.0.3.2
  a: traceroute -n -q 1 10.0.3.2
  a: traceroute -n -q 5 -m 2 10.0.3.2
  a: traceroute -n -f 2 10.0.3.2
  a: traceroute -n -N 1 10.0.3.2 100
  a: traceroute -n -s 10.0.1.1 10.0.2.2
  a: traceroute -n -s 9.9.9.9 10.0.2.2
  a: traceroute -n -i ab 10.0.2.2
  a: traceroute -n -i nosuch 10.0.2.2
  a: traceroute -n 127.0.0.1
  a: traceroute -n 10.0.1.1
  a: traceroute -n 10.0.3.2 3000
  a: traceroute -n --sport=5000 10.0.2.2
  a: traceroute -n 10.9.1.1
  a: traceroute -n -q 1 10.9.2.1
  a: traceroute -n -w 0.3 -m 3 10.9.3.1
  a: traceroute -n -q 1 10.9.4.1
  a: traceroute -q 0 10.0.1.2
  a: traceroute -q 11 10.0.1.2
  a: traceroute -m 0 10.0.1.2
  a: traceroute -m 256 10.0.1.2
  a: traceroute -f 5 -m 3 10.0.1.2
  a: traceroute -w -1 10.0.1.2
  a: traceroute -w x 10.0.1.2
  a: traceroute -V
  a: traceroute 10.0.3.2 foo
  a: traceroute 10.0.3.2 70000
  a: traceroute -n 10.0.3.2 28 5
  a: traceroute --foo
  a: traceroute -m
  a: ping -c1 -W1 10.9.1.1
  a: ping -c1 -W1 10.9.2.1
  a: ping -c1 -W1 10.9.3.1
  a: ping -c1 -W1 10.9.4.1
  a: ping -c1 -W1 10.9.5.1
  a: ping -c1 -W1 -t 1 10.0.3.2
  a: ping -c1 -W1 -t 2 10.0.3.2
  a: ping -c1 -W1 10.0.3.77
  a: ping -c1 -W5 10.0.1.77
  b: sysctl -w net.ipv4.icmp_ratemask=6168
  a: ping -c4 -W1 -i 0.05 10.9.1.1
  a: ping -c10 -W1 -i 0.05 -t 2 10.0.3.2
  b: sysctl -w net.ipv4.icmp_ratemask=0
  c: ip link set cd mtu 1400
  d: ip link set dc mtu 1400
  a: traceroute -n -F 10.0.3.2 1450
  a: ip route get 10.0.3.2
  a: ping -c1 -W1 -M do -s 1450 10.0.3.2
  a: ping -c1 -W1 -M do -s 1372 10.0.3.2
  a: ping -c1 -W1 -M want -s 1450 10.0.3.2
  a: ping -c1 -W1 -s 3000 10.0.3.2
  a: ip route flush cache
  a: ip route get 10.0.3.2
  a: ping -c1 -W1 -s 1450 10.0.3.2
  a: ip route get 10.0.3.2
  a: ip route add 10.0.3.2/32 via 10.0.1.2 mtu 1000 hoplimit 5
  a: ping -c1 -W1 -M do -s 1200 10.0.3.2
  d: ip route get 10.0.4.1
  a: ping -c1 -W1 -s 1200 10.0.3.2
  a: ip route del 10.0.3.2/32
  c: ip route add 10.0.3.2/32 dev cd mtu 900
  a: ping -c1 -W1 -M do -s 1000 10.0.3.2
  c: ip route del 10.0.3.2/32
  a: ip route flush cache
  a: ping -c1 -W1 -I 10.0.4.1 10.0.3.2
  d: sysctl -w net.ipv4.conf.dc.rp_filter=1
  a: ping -c1 -W1 -I 10.0.4.1 10.0.3.2
  d: ip route get 10.0.3.2 from 10.0.4.1 iif dc
  d: sysctl -w net.ipv4.conf.dc.rp_filter=2
  a: ping -c1 -W1 -I 10.0.4.1 10.0.3.2
  d: sysctl -w net.ipv4.conf.all.rp_filter=1
  d: sysctl -w net.ipv4.conf.dc.rp_filter=0
  a: ping -c1 -W1 -I 10.0.4.1 10.0.3.2
  a: ping -c1 -W1 10.0.4.2
  d: sysctl -w net.ipv4.conf.all.rp_filter=0
  a: ping -c1 -W1 -I 10.0.4.1 10.0.3.2
  d: ip route get 10.0.3.2 from 10.99.0.1 iif dc
  d: sysctl -w net.ipv4.conf.dc.rp_filter=2
  d: ip route del default
  d: ip route get 10.0.3.2 from 10.99.0.1 iif dc
  d: sysctl -w net.ipv4.conf.dc.rp_filter=0
  d: ip route get 10.0.3.2 from 10.99.0.1 iif dc
  d: ip route get 10.0.3.2 from 10.0.4.2 iif dc
  d: sysctl -w net.ipv4.conf.dc.accept_local=1
  d: ip route get 10.0.3.2 from 10.0.4.2 iif dc
  d: ip route add default via 10.0.3.1
  d: sysctl -w net.ipv4.conf.dc.route_localnet=1
  d: ip route get 127.0.0.1 from 10.0.3.1 iif dc
  d: ip route get 10.0.3.2 from 127.0.0.1 iif dc
  b: sysctl -w net.ipv4.conf.ba.forwarding=0
  a: ping -c1 -W1 10.0.3.2
  a: ping -c1 -W1 10.0.2.1
  a: ping -c1 -W1 10.9.1.1
  b: sysctl -w net.ipv4.conf.ba.forwarding=1
  a: ping -c1 -W1 10.0.3.2
  b: ip rule add from 10.0.1.1 to 10.0.3.0/24 unreachable pref 100
  a: ping -c1 -W1 10.0.3.2
  b: ip rule add from 10.0.1.1 to 10.0.3.0/24 prohibit pref 99
  a: ping -c1 -W1 10.0.3.2
  b: ip rule add iif ba blackhole pref 98
  a: ping -c1 -W1 10.0.3.2
  b: ip rule add iif ba lookup 100 pref 97
  b: ip route add 10.0.3.0/24 via 10.0.2.2 table 100
  a: ping -c1 -W1 10.0.3.2
  b: ip route add throw 10.0.3.2/32 table 100
  a: ping -c1 -W1 10.0.3.2
  b: ip rule flush
  b: ip rule add lookup main pref 32766
  a: ping -c1 -W1 10.0.3.2
  a: arping -c2 -w3 -I ab 10.0.1.2
  a: arping -c2 -w3 -b -I ab 10.0.1.2
  a: arping -f -I ab 10.0.1.2
  a: arping -c1 -w1 -I ab 10.0.1.88
  a: arping -D -c1 -w1 -I ab 10.0.1.2
  a: arping -D -c1 -w1 -I ab 10.0.1.88
  a: arping -c1 -w1 -s 10.0.0.9 -I ab 10.0.1.2
  a: arping -c1 -I nosuch 10.0.1.2
  a: arping -c1 -I lo 127.0.0.1
  a: arping
  a: arping -z
  a: arping -V
  a: arping -c1 -w1 -I ab 10.0.2.1
  b: sysctl -w net.ipv4.conf.ba.arp_ignore=1
  a: arping -c1 -w1 -I ab 10.0.2.1
  a: arping -c1 -w1 -I ab 10.0.1.2
  b: sysctl -w net.ipv4.conf.ba.arp_ignore=2
  a: ip addr add 10.66.0.1/24 dev ab
  a: arping -c1 -w1 -I ab -s 10.66.0.1 10.0.1.2
  a: arping -c1 -w1 -I ab 10.0.1.2
  b: sysctl -w net.ipv4.conf.ba.arp_ignore=8
  a: arping -c1 -w1 -I ab 10.0.1.2
  b: sysctl -w net.ipv4.conf.ba.arp_ignore=0
  b: sysctl -w net.ipv4.conf.ba.arp_filter=1
  a: arping -c1 -w1 -I ab 10.0.2.1
  b: sysctl -w net.ipv4.conf.ba.arp_filter=0
  b: sysctl -w net.ipv4.neigh.ba.proxy_delay=0
  a: arping -c1 -w1 -I ab 10.0.3.2
  b: sysctl -w net.ipv4.conf.ba.proxy_arp=1
  a: arping -c1 -w1 -I ab 10.0.3.2
  a: arping -c1 -w1 -I ab 10.0.1.88
  b: sysctl -w net.ipv4.conf.ba.proxy_arp=0
  b: ip neigh add proxy 10.0.3.2 dev ba
  a: arping -c1 -w1 -I ab 10.0.3.2
  a: arping -c1 -w1 -I ab 10.0.3.3
  b: ip neigh del proxy 10.0.3.2 dev ba
  a: ip addr add 10.0.1.9/32 dev ab
  a: arping -U -c1 -I ab 10.0.1.9
  b: ip neigh show 10.0.1.9
  b: sysctl -w net.ipv4.conf.ba.arp_accept=1
  b: sysctl -w net.ipv4.conf.ba.drop_gratuitous_arp=1
  a: arping -A -c1 -I ab 10.0.1.9
  b: ip neigh show 10.0.1.9
  b: sysctl -w net.ipv4.conf.ba.drop_gratuitous_arp=0
  a: arping -A -c1 -I ab 10.0.1.9
  b: ip neigh show 10.0.1.9
  b: ip neigh replace 10.0.1.9 lladdr 02:00:00:00:00:77 dev ba nud stale
  a: arping -U -c1 -I ab 10.0.1.9
  b: ip neigh show 10.0.1.9 nud permanent
  b: sysctl -w net.ipv4.icmp_echo_ignore_all=1
  a: ping -c1 -W1 10.0.1.2
  b: sysctl -w net.ipv4.icmp_echo_ignore_all=0
  b: ip route add local 10.50.0.0/24 dev lo
  a: ping -c1 -W1 10.50.0.7
  a: ip route add 10.50.0.8/32 via 10.0.1.2 hoplimit 1
  a: traceroute -n -q1 10.50.0.8
  b: sysctl -w net.ipv4.ip_default_ttl=33
  a: ping -c1 -W1 10.0.1.2
  b: sysctl -w net.ipv4.icmp_errors_use_inbound_ifaddr=1
  a: ping -c1 -W1 -t 1 10.0.3.2
`);

const BUILD_TIMEOUT = 60_000;

/** Times, and what depends on them. */
function mask(text: string): string {
  return text
    .replace(/[0-9.]+ ?ms/g, 'T ms')
    .replace(/lladdr 02:00:00:00:00:77/g, 'the old lladdr')
    .replace(/([0-9a-f]{2}:){5}[0-9a-f]{2}/gi, 'MAC')
    .replace(/time [0-9]+ms/g, 'time Tms')
    .replace(/(min\/avg\/max\/mdev = )[0-9./]+/g, '$1T')
    .replace(/, pipe [0-9]+/g, '')
    .replace(/, ipg\/ewma .*/g, '')
    .replace(/expires [0-9]+sec/g, 'expires Tsec');
}

describe.skipIf(!possible)(
  'packets go where the kernel sends them (left out where there is no root, no ip, ping, arping, traceroute or sysctl, or no network namespaces)',
  () => {
    const bench = new Bench();
    let host: NetworkNamespace;

    const compare = async (line: string) => {
      const [, where = '', rest = ''] = /^(.): (.*)$/.exec(line) ?? [];
      const words = ['ip', 'netns', 'exec', full(where), ...rest.split(' ')];
      const mine = await bench.run(host, words);
      const theirs = real(words);
      const masked = (ran: typeof mine) => ({ ...ran, stdout: mask(ran.stdout), stderr: mask(ran.stderr) });
      expect(masked(mine), line).toEqual(masked(theirs));
    };

    beforeAll(async () => {
      clean();
      host = bench.lab.namespace('host');
      for (const name of NAMES) {
        real(['ip', 'netns', 'add', full(name)]);
        await bench.run(host, `ip netns add ${full(name)}`);
        for (const setting of ['ip_forward=0', 'ip_forward=1', 'icmp_ratemask=0']) {
          const words = ['ip', 'netns', 'exec', full(name), 'sysctl', '-qw', `net.ipv4.${setting}`];
          real(words);
          await bench.run(host, words);
        }
        real(['ip', 'netns', 'exec', full(name), 'sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1']);
        const up = ['ip', '-n', full(name), 'link', 'set', 'lo', 'up'];
        real(up);
        await bench.run(host, up);
      }
      for (const line of NETWORK) await compare(line);
    }, BUILD_TIMEOUT);
    afterAll(clean);

    test.each(COMMANDS.map((line, i) => [i, line]))('%i: %s', async (_, line) => {
      await compare(String(line));
    });
  },
);
