/** A network tool, for the reference page. */
export interface NetworkTool {
  readonly name: string;
  /** What it does here, and whose output it prints. */
  readonly summary: string;
  readonly leavesOut?: string;
}

/** The tools of the network, with what of the real ones is left out. Whatever is left out is refused by name. */
export const networkTools: readonly NetworkTool[] = [
  { name: 'arping', summary: 'asks a link who has an address, or tells it (iputils)' },
  {
    name: 'bridge',
    summary: 'forwarding tables and ports of bridges and VXLAN (iproute2 6.1)',
    leavesOut: 'vlan, mdb, vni, monitor',
  },
  {
    name: 'conntrack',
    summary: 'lists, deletes, counts and follows tracked connections (conntrack-tools 1.4.7)',
    leavesOut: 'creating and changing entries, expectations, zones, XML',
  },
  {
    name: 'curl',
    summary: 'HTTP and its headers, with the messages of curl 7.88',
    leavesOut: 'TLS (https is refused), HTTP/2, proxies, uploads by PUT -T, FTP and other protocols',
  },
  {
    name: 'dig',
    summary: 'asks DNS servers over UDP and TCP and prints the whole answer (dig 9.18)',
    leavesOut: 'EDNS options, DNSSEC, zone transfers, -f, +trace',
  },
  {
    name: 'dmesg',
    summary: 'what rules have written into the kernel’s log, in this network namespace (util-linux 2.38)',
    leavesOut: 'any other message of a kernel, following, other formats of time',
  },
  {
    name: 'ethtool',
    summary: 'a device’s settings and offloads; switches tx and tso (ethtool 6.1)',
    leavesOut: 'everything but -k, -K and -i; other features are shown, and stay as they are',
  },
  {
    name: 'getent',
    summary: 'hosts, ahosts, services, protocols as programs see them (glibc 2.36)',
    leavesOut: 'other databases',
  },
  { name: 'hop', summary: 'another machine’s terminal: nodes, and a machine outside the cluster' },
  {
    name: 'ip',
    summary: 'link, addr, route, rule, neigh, netns, tunnel (iproute2 6.1)',
    leavesOut:
      'IPv6 (as if it were switched off), nexthop objects, VRF, monitor, xfrm, batch files; the kinds of errors of `-s -s` are always 0',
  },
  { name: 'ipset', summary: 'sets for iptables (ipset 7.17)', leavesOut: 'other types of sets, IPv6' },
  {
    name: 'iptables',
    summary: 'the tables raw, mangle, nat, filter and security, as iptables 1.8.9 (nf_tables) prints them',
    leavesOut: 'other matches and targets',
  },
  { name: 'iptables-restore', summary: 'a whole rule set at once, or not at all' },
  { name: 'iptables-restore-translate', summary: "a file of iptables-save in nft's language" },
  { name: 'iptables-save', summary: 'the rules in a form that iptables-restore takes' },
  { name: 'iptables-translate', summary: "a rule of iptables in nft's language; nothing is changed" },
  {
    name: 'nc',
    summary: 'TCP and UDP by hand, listening and calling (netcat-openbsd)',
    leavesOut: 'UNIX sockets, proxies, -e',
  },
  {
    name: 'nft',
    summary: 'tables, chains, rules, sets and maps of the families ip and inet (nftables 1.0.6)',
    leavesOut:
      'the families ip6, arp, bridge and netdev, flowtables, include, interactive use; changing tables of iptables',
  },
  {
    name: 'nsenter',
    summary: 'a command in another process’s or a named network namespace (util-linux 2.38)',
    leavesOut: 'user, cgroup and time namespaces',
  },
  {
    name: 'nslookup',
    summary: 'asks DNS servers (bind 9.18)',
    leavesOut: 'interactive use; BusyBox words it otherwise',
  },
  {
    name: 'ping',
    summary: 'ICMP echo, with the output of iputils',
    leavesOut: 'record route, timestamps, multicast, -v',
  },
  {
    name: 'ss',
    summary: 'sockets with their queues, timers and processes; states and filters (iproute2 6.1)',
    leavesOut: 'UNIX, raw and netlink sockets, -m, -K, parts of -i, host names in filters, control groups',
  },
  { name: 'sysctl', summary: 'reads and writes the settings below (procps 4)' },
  {
    name: 'tc',
    summary: 'netem at a device’s root: delay, loss, duplicates, reordering, rate (iproute2 6.1)',
    leavesOut: 'classes, filters, other queueing disciplines',
  },
  {
    name: 'tcpdump',
    summary: 'captures, filters, pcap files both ways (tcpdump 4.99)',
    leavesOut: 'protocols other than those below, pcapng, rotating files',
  },
  {
    name: 'traceroute',
    summary: 'the routers on the way, by UDP, ICMP or TCP (traceroute 2.1)',
    leavesOut: 'other methods, path MTU discovery, AS look-ups',
  },
  {
    name: 'wg',
    summary: 'keys and peers of WireGuard devices (wireguard-tools 1.0)',
    leavesOut: 'handshakes: two devices talk when their keys match',
  },
];
