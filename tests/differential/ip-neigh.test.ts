import { compareCommands, split } from './commands.fixture.ts';

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

compareCommands('neighbours are what iproute2 says, settings what procps says', 'hopneigh', [
  ...NEIGHBOURS,
  ...SYSCTLS,
]);
