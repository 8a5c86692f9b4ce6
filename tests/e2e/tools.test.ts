import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openBrowser, openPage, type Site, serveSite, type Watched } from './browser.ts';
import { Learner } from './learner.ts';

/** The tools of the Linux network, each used in the page's terminal as a learner would. */

let site: Site;
let browser: Browser;
let watched: Watched;

beforeAll(async () => {
  [site, browser] = await Promise.all([serveSite(), openBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

afterEach(async () => {
  await watched?.page.context().close();
});

/** A line, and what the screen then shows; without a pattern it prints nothing. */
type Line = readonly [line: string, shows?: RegExp];

async function work(lines: readonly Line[]): Promise<void> {
  watched = await openPage(browser);
  const her = await new Learner(watched.page, site.url).open();
  for (const [line, shows] of lines) {
    const shown = await her.run(line);
    if (shows === undefined) expect(shown, line).toBe('');
    else expect(shown, line).toMatch(shows);
  }
  expect(watched.faults).toEqual([]);
}

test('two namespaces on a bridge, with NAT, filters, sets and traces', () =>
  work([
    ['ip netns add red; ip netns add blue'],
    ['ip link add br0 type bridge; ip addr add 10.50.0.1/24 dev br0; ip link set br0 up'],
    ['ip link add r0 type veth peer name eth0 netns red; ip link set r0 master br0 up'],
    ['ip link add b0 type veth peer name eth0 netns blue; ip link set b0 master br0 up'],
    ['ip -n red addr add 10.50.0.2/24 dev eth0; ip -n red link set eth0 up'],
    ['ip -n blue addr add 10.50.0.3/24 dev eth0; ip -n blue link set eth0 up'],
    ['ip -n red route add default via 10.50.0.1'],
    ['ip -br addr show br0', /^br0 +UP +10\.50\.0\.1\/24/],
    ['ip netns exec red ping -c 1 10.50.0.3', /1 packets transmitted, 1 received/],
    ['ip -n red neigh', /^10\.50\.0\.3 dev eth0 lladdr \S+ REACHABLE/],
    ['bridge fdb show br br0 | grep "dev r0 master br0" | wc -l', /^[1-9]/],
    ['nsenter --net=/run/netns/red ip -4 -br addr show eth0', /10\.50\.0\.2\/24/],
    ['sysctl -w net.ipv4.ip_forward=1', /^net\.ipv4\.ip_forward = 1/],
    ['iptables -t nat -A POSTROUTING -s 10.50.0.0/24 -j MASQUERADE'],
    ['ip netns exec red ping -c 1 172.18.0.3', /1 received/],
    ['conntrack -L -p icmp', /^icmp +1 \d+ src=10\.50\.0\.2 dst=172\.18\.0\.3 .* src=172\.18\.0\.3 dst=172\.18\.0\.1 /],
    ['iptables-save -t nat -c', /\[1:84\] -A POSTROUTING -s 10\.50\.0\.0\/24 -j MASQUERADE/],
    ['ip netns exec red traceroute -n 172.18.0.3', /1 +10\.50\.0\.1 +[\d.]+ ms[\s\S]*2 +172\.18\.0\.3 +[\d.]+ ms/],
    ['ipset create bad hash:ip; ipset add bad 10.50.0.2'],
    ['iptables -A FORWARD -m set --match-set bad src -j REJECT'],
    ['ip netns exec red ping -c 1 172.18.0.3', /From 10\.50\.0\.1 icmp_seq=1 Destination Port Unreachable/],
    ['iptables -L FORWARD -n -v', /^ +1 +84 REJECT .* match-set bad src/m],
    [
      'iptables-save > rules; iptables -F; iptables-restore < rules; iptables -S FORWARD | tail -n 1',
      /--match-set bad/,
    ],
    ['iptables -F FORWARD; ipset destroy bad'],
    ['nft add table ip t; nft "add chain ip t f { type filter hook forward priority 0; }"'],
    ['nft add rule ip t f ip saddr 10.50.0.2 counter drop'],
    ['ip netns exec red ping -c 1 -W 1 172.18.0.3; nft list chain ip t f', /counter packets 1 bytes 84 drop/],
    ['nft delete table ip t; nft list ruleset'],
  ]));

test('sockets, captures, names and slow wires', () =>
  work([
    ['nc -l -p 8080 > got & sleep 0.1; ss -tln | grep 8080', /LISTEN 0 +1 +0\.0\.0\.0:8080 +0\.0\.0\.0:\*/],
    ['echo hello | nc -N 127.0.0.1 8080; wait; cat got', /^hello$/m],
    ['curl -sS -m 2 http://172.18.0.3:81/', /curl: \(7\) Failed to connect to 172\.18\.0\.3 port 81/],
    [
      'tcpdump -ni eth0 -c 2 -w ping.pcap icmp 2> note & sleep 0.1; ping -c 1 172.18.0.3 > out; wait; cat note',
      /2 packets captured/,
    ],
    [
      'tcpdump -nr ping.pcap 2> note',
      /IP 172\.18\.0\.1 > 172\.18\.0\.3: ICMP echo request, .*\n.*IP 172\.18\.0\.3 > 172\.18\.0\.1: ICMP echo reply/,
    ],
    ['hop node worker --tools -- tcpdump --version', /tcpdump version 4\.99/],
    ['getent hosts localhost', /^127\.0\.0\.1 +localhost|^::1 +localhost/],
    ['getent services http', /^http +80\/tcp/],
    ['dig +short +time=1 +tries=1 example.com', /communications error|no servers could be reached|^$/],
    ['nslookup -timeout=1 example.com 172.18.0.3', /communications error|connection timed out|no servers/],
    ['tc qdisc add dev eth0 root netem delay 100ms; ping -c 1 172.18.0.3', /time=10\d(\.\d+)? ms/],
    ['tc qdisc show dev eth0', /^qdisc netem \S+: root refcnt \d+ limit 1000 delay 100ms/],
    ['tc qdisc del dev eth0 root'],
    ['wg genkey > key; wg pubkey < key | wc -c', /^45$/],
    [
      'ip link add wg0 type wireguard; wg set wg0 listen-port 51820 private-key key; wg show wg0 listen-port',
      /^51820$/,
    ],
    ['ip rule add fwmark 0x4000 table 100; ip route add default via 172.18.0.2 table 100'],
    ['ip route get 10.9.9.9 mark 0x4000', /via 172\.18\.0\.2 dev eth0 table 100/],
    [
      'ip link add vx type vxlan id 1 local 172.18.0.1 dev eth0 dstport 8472 nolearning; ip -d link show vx',
      /vxlan id 1 local 172\.18\.0\.1 dev eth0 .*dstport 8472 .*nolearning/,
    ],
    ['ethtool -k eth0 | grep tcp-segmentation', /^tcp-segmentation-offload: (on|off)/],
  ]));

test('what a tool does not model is refused by name', () =>
  work([
    ['ip link add x type macsec', /macsec/],
    ['iptables -A INPUT -m nosuch -j ACCEPT', /Couldn't load match `nosuch'/],
    ['nft add table bridge t', /bridge/],
    ['tcpdump -i eth0 vlan', /vlan/],
  ]));
