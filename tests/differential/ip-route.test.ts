import { spawnSync } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NetworkNamespace } from '../../src/linux/namespace.ts';
import { Bench } from '../../src/programs/network.fixture.ts';

/**
 * Routing rules, tables, several next hops and sysctls: the same commands for iproute2 and procps in real network
 * namespaces and for ours, compared byte for byte. The namespaces are called `hoproute-*`.
 */

const A = 'hoproute-a';
const B = 'hoproute-b';
const PATIENCE = 15;

function real(words: readonly string[]): { code: number; stdout: string; stderr: string } {
  const [command = '', ...rest] = words;
  const { status, stdout, stderr } = spawnSync(command, rest, { encoding: 'utf8' });
  return { code: status ?? -1, stdout, stderr };
}

const clean = () => {
  for (const name of [A, B]) real(['ip', 'netns', 'del', name]);
};

/** Root, iproute2, procps, and leave to make namespaces. */
const possible = (() => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  if (spawnSync('ip', ['-V']).error !== undefined || spawnSync('sysctl', ['-V']).error !== undefined) return false;
  clean();
  const made = real(['ip', 'netns', 'add', A]).code === 0;
  clean();
  return made;
})();

const split = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => line.trim());

const NETWORK = split(`
  ip link set lo up
  ip link add v0 address 02:00:00:00:01:01 type veth peer name e0 address 02:00:00:00:01:02 netns ${B}
  ip link add v1 address 02:00:00:00:01:03 type veth peer name e1 address 02:00:00:00:01:04 netns ${B}
  ip link set v0 up
  ip link set v1 up
  b ip link set e0 up
  b ip link set e1 up
  ip addr add 10.0.0.1/24 dev v0
  ip addr add 10.1.0.1/24 dev v1
`);

const ROUTES = split(`
  ip route add default nexthop via 10.0.0.2 nexthop via 10.1.0.2 weight 3
  ip route
  ip -d route
  ip -j route
  ip -o route
  ip -j -p route show default
  ip route add 10.50.0.0/16 nexthop via 10.0.0.2 dev v0 onlink weight 2 nexthop dev v1
  ip route show 10.50.0.0/16
  ip -d route show 10.50.0.0/16
  ip route add throw 10.51.0.0/16
  ip route add 10.52.0.0/16 via 10.0.0.2 mtu 1400
  ip route add 10.53.0.0/16 via 10.0.0.2 mtu lock 1300 hoplimit 12 proto bird metric 20
  ip route add 10.54.0.0/16 dev v0 proto 200
  ip route add 10.55.0.0/16 dev v0 proto zebra scope site
  ip route add blackhole 10.56.0.0/16 dev v0
  ip route add blackhole default metric 4278198272
  ip route
  ip -d route
  ip -j route
  ip route show type blackhole
  ip route show type throw
  ip route show scope site
  ip route show proto bird
  ip route show metric 20
  ip route show table main dev v1
  ip route show via 10.1.0.2
  ip route get 8.8.8.8 fibmatch
  ip route get 10.51.1.1
  ip route get 10.52.1.1
  ip route get 10.53.1.1
  ip -d route get 10.53.1.1
  ip -j route get 10.53.1.1
  ip -j -p route get 10.53.1.1
  ip route get 10.53.1.1 fibmatch
  ip route get 10.0.0.2 mark 5
  ip route get 10.0.0.2 from 10.0.0.1 mark 0x5
  ip route get 10.0.0.2 from 10.9.9.9 iif v1
  ip route get 10.0.0.1 from 10.1.0.9 iif v1
  ip route get 10.0.0.255 from 10.1.0.9 iif v1
  ip -j route get 10.0.0.1 from 10.1.0.9 iif v1
  ip route get 10.0.0.2 oif v1
  ip route get 10.0.0.2 from 10.1.0.1 oif v0
  ip route get 10.0.0.2 tos 0x10
  ip route get 10.0.0.2 ipproto tcp dport 80 sport 12
  ip route get 10.0.0.2 uid 5
  ip route get 255.255.255.255 oif v0
  ip route get 0.0.0.0
  ip route get 10.0.0.0/24
  ip route get 1.1.1.1 from 9.9.9.9
  ip route get 10.0.0.2 dev nosuch
  ip route get 10.0.0.2 iif nosuch from 1.1.1.1
  ip route get 10.0.0.2 iif v0
  ip route get 10.1.0.9 from 127.0.0.1 iif v0
  ip route get 127.0.0.1 from 10.0.0.2 iif v0
  ip route get 10.1.0.9 from 10.0.0.1 iif v0
  ip route get to 10.1.0.9 connected
  ip route get 10.1.0.9 from 10.1.0.1 connected
  ip route add 10.60.0.0/16 via 10.0.0.2 table 100
  ip route show table 100
  ip route show table all
  ip -d route show table 100
  ip -j route show table all
  ip route show table 101
  ip route flush table 100
  ip route show table 100
  ip route prepend 10.52.0.0/16 via 10.1.0.2
  ip route append 10.52.0.0/16 via 10.1.0.3
  ip route show 10.52.0.0/16
  ip route change 10.52.0.0/16 via 10.1.0.9
  ip route show 10.52.0.0/16
  ip route test 10.52.0.0/16 via 10.1.0.9
  ip route test 10.99.0.0/16 via 10.1.0.9
  ip route replace 10.52.0.0/16 via 10.1.0.3
  ip route show 10.52.0.0/16
  ip route replace 10.52.0.0/16 via 10.1.0.9
  ip route change 10.98.0.0/16 via 10.1.0.9
  ip route del default via 10.1.0.2
  ip route del default via 10.0.0.2
  ip route add default nexthop via 10.0.0.2 nexthop via 10.1.0.2 weight 3
  ip route del default nexthop via 10.0.0.2 nexthop via 10.1.0.2 weight 3
  ip route add default nexthop via 10.0.0.2 nexthop via 10.99.0.2
  ip route add default nexthop via 10.0.0.2 weight 0
  ip route add default nexthop via 10.0.0.2 weight 257
  ip route add default nexthop
  ip route add default nexthop foo
  ip route add 10.61.0.0/16 nexthop via 10.0.0.2 dev v0
  ip route add 10.62.0.0/16 nexthop via 10.0.0.2 dev v0 nexthop via 10.0.0.3 dev v0
  b ip link set e1 down
  ip route
  ip link set v1 down
  ip route
  ip link set v1 up
  ip route
  b ip link set e1 up
  ip route
  ip route del 10.62.0.0/16 dev v0
  ip route del 10.62.0.0/16 via 10.0.0.3
  ip route del 10.62.0.0/16
  ip route del 10.52.0.0/16 via 10.1.0.77
  ip route add 10.63.0.0/16 via 10.0.0.1
  ip route add 10.63.0.0/16 via 10.0.0.255
  ip route add 10.64.0.0/16 via 10.0.0.2 dev v1
  ip route add 10.64.0.0/16 via 10.0.0.2 scope link
  ip route add local 10.64.0.0/16 dev lo
  ip route get 10.64.3.3
  ip route add broadcast 10.65.0.0/16 dev v0
  ip route add 10.67.0.0/16 dev v0 proto nosuch
  ip route add 10.67.0.0/16 dev v0 proto 300
  ip route add 10.67.0.0/16 dev v0 scope nosuch
  ip route add 10.67.0.0/16 dev v0 metric x
  ip route add 10.67.0.0/16 dev v0 mtu x
  ip route add 10.67.0.0/16 dev v0 table x
  ip route show table local
  ip route flush
  ip route flush 10.52.0.0/16
  ip route flush cache
  ip route flush table main scope global
  ip route
  ip route show cache
  ip route show match 10.0.0.2
  ip route show root 0/0
  ip route show exact 10.0.0.0/24
  ip route show to 10.0.0.0/24
  ip route show 10.0.0.0
  ip route add 10.67.0.0/16 src 10.0.0.1
  ip route add 10.69/16 dev v0
  ip route add 10/8 dev v0
  ip route show 10/8
`);

const RULES = split(`
  ip rule add from 10.0.0.0/24 lookup 100
  ip rule add from 10.0.0.1/24 to 10.9.0.0/16 iif v0 oif nosuch fwmark 0x1/0xff table 200 pref 50
  ip rule add fwmark 0x4000 lookup main
  ip rule add fwmark 16 lookup local pref 10
  ip rule add not from 10.1.0.0/16 unreachable pref 60
  ip rule add to 10.2.0.1 prohibit pref 61
  ip rule add blackhole pref 62
  ip rule add ipproto tcp dport 80 sport 1000-2000 lookup 5 pref 63
  ip rule add ipproto 89 lookup 5 pref 64
  ip rule add pref 70 goto 32766
  ip rule add pref 71 goto 9999
  ip rule add pref 72 nop
  ip rule add pref 80 lookup main suppress_prefixlength 0
  ip rule add tos 0x10 lookup 7 pref 81
  ip rule add pref 82 lookup 100 protocol 99
  ip rule add pref 83 lookup 100 protocol static
  ip rule add pref 85 to default lookup 100
  ip rule add pref 86 from 0/0 lookup 100
  ip rule
  ip -d rule
  ip -j rule
  ip -j -p rule show pref 50
  ip -o rule show
  ip rule show table 100
  ip rule show lookup 100
  ip rule show from 10.0.0.0/24
  ip rule show iif v0
  ip rule show fwmark 0x4000
  ip rule show fwmark 0x1/0xff
  ip rule show pref 80
  ip rule show to 10.2.0.1
  ip rule show not
  ip rule show priority 70
  ip rule show ipproto tcp
  ip rule add pref 70 goto 32766
  ip rule add pref 90 goto 32
  ip rule add
  ip rule add foo
  ip rule add from x
  ip rule add fwmark zz
  ip rule add fwmark 1/zz
  ip rule add table nosuch
  ip rule add pref x
  ip rule add dport x
  ip rule add dport 5-1
  ip rule add ipproto nosuch
  ip rule add iif
  ip rule add goto x
  ip rule del pref 12345
  ip rule del
  ip rule del from 10.77.0.0/16
  ip rule del fwmark 0x4000
  ip rule del from 10.0.0.0/24
  ip rule del pref 72
  ip rule del lookup 200
  ip rule foo
  ip rule help
  ip rule
  ip rule del pref 62
  ip rule del pref 60
  ip route add 10.20.0.0/16 via 10.0.0.7 table 100
  ip route add 10.20.0.0/24 via 10.1.0.7
  ip rule
  ip route get 10.20.0.1
  ip route get 10.2.0.1
  ip route get 10.0.0.1
  ip route get 10.20.0.1 from 10.1.0.1
  ip rule add fwmark 7 unreachable pref 30
  ip rule add fwmark 8 blackhole pref 30
  ip rule add fwmark 9 prohibit pref 30
  ip rule add fwmark 10 lookup 300 pref 31
  ip route add default via 10.0.0.9 table 300
  ip route add throw 10.21.0.0/16 table 300
  ip route get 10.20.0.1 mark 7
  ip route get 10.20.0.1 mark 8
  ip route get 10.20.0.1 mark 9
  ip route get 10.20.0.1 mark 10
  ip route get 10.21.0.1 mark 10
  ip route get 10.22.0.1 from 10.1.0.5 iif v1 mark 10
  ip rule add iif v1 lookup 300 pref 32
  ip route get 10.22.0.1 from 10.1.0.5 iif v1
  ip rule add ipproto udp dport 53 lookup 300 pref 33
  ip route get 10.22.0.1 ipproto udp dport 53
  ip route get 10.22.0.1 ipproto udp dport 54
  ip rule flush table 100
  ip rule
  ip rule flush
  ip rule
  ip route get 10.0.0.1
  ip route get 10.0.0.2
`);

/** One entry at a time: the kernel lists them in the order of a hash whose seed is chance. */
const NEIGHBOURS = split(`
  ip neigh flush all
  ip neigh add 10.0.0.50 lladdr 02:00:00:00:00:09 dev v0
  ip neigh show 10.0.0.50
  ip -s neigh show 10.0.0.50
  ip -j -s neigh show 10.0.0.50
  ip -j -p neigh show 10.0.0.50
  ip neigh add 10.0.0.51 lladdr 02:00:00:00:00:09 dev v0 nud reachable
  ip neigh show 10.0.0.51
  ip neigh add 10.0.0.52 lladdr 02:00:00:00:00:09 dev v0 nud stale
  ip -s neigh show 10.0.0.52
  ip neigh add 10.0.0.53 lladdr 02:00:00:00:00:09 dev v0 nud noarp
  ip neigh show 10.0.0.53
  ip neigh show 10.0.0.53 nud all
  ip neigh show 10.0.0.53 nud noarp
  ip neigh add 10.0.0.54 lladdr 02:00:00:00:00:09 dev v0 nud none
  ip neigh show 10.0.0.54
  ip neigh show 10.0.0.54 nud none
  ip -j neigh show 10.0.0.54 nud all
  ip neigh add 10.0.0.55 lladdr 02:00:00:00:00:09 dev v0 nud failed
  ip neigh show 10.0.0.55
  ip neigh show 10.0.0.55 nud 0x20
  ip neigh add 10.0.0.59 dev v0 nud stale
  ip neigh add proxy 10.0.0.70 dev v0
  ip neigh add proxy 10.0.0.71 dev v0
  ip neigh add proxy 10.0.0.70 dev v0
  ip neigh show proxy 10.0.0.70
  ip neigh add proxy 10.0.0.72
  ip -j neigh show proxy 10.0.0.70
  ip neigh del proxy 10.0.0.71 dev v0
  ip neigh del proxy 10.0.0.79 dev v0
  ip neigh show proxy
  ip neigh show dev lo
  ip neigh show dev nosuch
  ip neigh get 10.0.0.50 dev v0
  ip -j neigh get 10.0.0.50 dev v0
  ip neigh get proxy 10.0.0.70 dev v0
  ip neigh get 10.0.0.99 dev v0
  ip neigh get 10.0.0.50
  ip neigh get
  ip neigh change 10.0.0.50 lladdr 02:00:00:00:00:0a dev v0
  ip neigh show 10.0.0.50
  ip neigh change 10.0.0.99 lladdr 02:00:00:00:00:0a dev v0
  ip neigh replace 10.0.0.52 lladdr 02:00:00:00:00:0b nud reachable dev v0
  ip neigh show 10.0.0.52
  ip neigh replace 10.0.0.99 lladdr 02:00:00:00:00:0b dev v0
  ip neigh change 10.0.0.99 nud stale dev v0
  ip neigh show 10.0.0.99
  ip neigh change 10.0.0.99 nud failed dev v0
  ip neigh show 10.0.0.99
  ip neigh del 10.0.0.50 dev v0
  ip neigh show 10.0.0.50
  ip neigh del 10.0.0.50 dev v0
  ip neigh flush dev v0
  ip neigh
  ip -s neigh flush dev v0
  ip neigh flush nud noarp
  ip neigh show nud noarp
  ip neigh add 10.0.0.50 lladdr 02:00:00:00:00:09 dev v0 foo
  ip neigh add 10.0.0.50 lladdr 02:00:00:00:00:09 dev v0 nud foo
  ip neigh add 10.0.0.50/24 lladdr 02:00:00:00:00:09 dev v0
  ip neigh add lladdr 02:00:00:00:00:09 dev v0
  ip neigh add 10.0.0.50 lladdr 02:00:00:00:00:09
  ip neigh help
`);

const SYSCTLS = split(`
  sysctl -n net.ipv4.ip_default_ttl
  sysctl net.ipv4.nosuch
  sysctl net/ipv4/ip_default_ttl
  sysctl net.ipv4.ip_default_ttl=999
  sysctl -w net.ipv4.ip_default_ttl=63
  sysctl -w net.ipv4.ip_default_ttl
  sysctl -w net.ipv4.ip_default_ttl=
  sysctl -qw net.ipv4.ip_default_ttl=64
  sysctl -e net.ipv4.nosuch
  sysctl -e net.ipv4.nosuch=1
  sysctl net.ipv4.nosuch=1
  sysctl
  sysctl -N net.ipv4.ip_default_ttl
  sysctl -b net.ipv4.ip_default_ttl
  sysctl -z
  sysctl --foo
  sysctl -h
  sysctl -V
  sysctl net.ipv4.ip_local_port_range
  sysctl -w -n net.ipv4.ip_default_ttl=64
  sysctl -r default_ttl
  sysctl -p /nosuch
  sysctl -n net.ipv4.conf.lo.rp_filter net.ipv4.ip_default_ttl
  sysctl net.ipv4.ip_default_ttl =64
  sysctl net.ipv4.conf.v0.rp_filter=1
  sysctl net.ipv4.conf.default.rp_filter=2
  sysctl -ar \\.rp_filter
  sysctl net.ipv4.ip_forward=0
  sysctl -ar ipv4.conf.*\\.forwarding$
  sysctl net.ipv4.conf.v1.forwarding=1
  sysctl -ar ipv4.conf.*\\.forwarding$
  sysctl net.ipv4.ip_forward=1
  sysctl -ar ipv4.conf.*\\.forwarding$
  ip link add v2 type veth peer name v3
  sysctl net.ipv4.conf.default.arp_ignore=1
  sysctl -ar ipv4.conf.*arp_ignore
  sysctl net.ipv4.conf.default.arp_ignore=0
`);

describe.skipIf(!possible)(
  'routing says what iproute2 and procps say (left out where there is no root, no ip(8), no sysctl(8) or no network namespaces)',
  () => {
    const bench = new Bench();
    let host: NetworkNamespace;

    const compare = async (line: string) => {
      const [, where, rest = ''] = /^(b )?(.*)$/.exec(line) ?? [];
      const words = ['ip', 'netns', 'exec', where === undefined ? A : B, ...rest.split(' ')];
      const mine = await bench.run(host, words);
      let theirs = real(words);
      // The kernel notes a carrier that came or went within a second (net/core/link_watch.c).
      for (let i = 0; i < PATIENCE && theirs.code === 0 && theirs.stdout !== mine.stdout; i++) {
        await setTimeout(100);
        theirs = real(words);
      }
      expect(mine, line).toEqual(theirs);
    };

    beforeAll(async () => {
      clean();
      host = bench.lab.namespace('host');
      for (const name of [A, B]) {
        real(['ip', 'netns', 'add', name]);
        await bench.run(host, `ip netns add ${name}`);
        const settings = ['net.ipv4.ip_forward=0', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.disable_ipv6=1'];
        for (const setting of [...settings, 'net.ipv6.conf.default.disable_ipv6=1']) {
          real(['ip', 'netns', 'exec', name, 'sysctl', '-qw', setting]);
          if (!setting.includes('ipv6')) await bench.run(host, `ip netns exec ${name} sysctl -qw ${setting}`);
        }
      }
    });
    afterAll(clean);

    test.each([...NETWORK, ...ROUTES, ...RULES, ...NEIGHBOURS, ...SYSCTLS].map((line, i) => [i, line]))(
      '%i: %s',
      async (_, line) => {
        await compare(String(line));
      },
    );
  },
);
