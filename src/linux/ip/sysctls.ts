/** One file under /proc/sys, described once: its reading, writing and place in the reference follow. */
export interface SysctlDescription {
  /** Dotted: `net.ipv4.ip_forward`. */
  readonly name: string;
  readonly summary: string;
  /** What a new namespace has; several numbers where the file holds several. */
  readonly value: number | readonly number[];
  /** The range of each number; by default that of a C int. */
  readonly least?: number;
  readonly most?: number;
  /** A condition on all numbers together. */
  readonly fits?: (values: readonly number[]) => boolean;
  /** Told after each change. */
  readonly changed?: (value: number) => void;
  /** Counted each time, and can't be written. */
  readonly read?: () => number;
}

const MOST = 2 ** 31 - 1;

const one = (name: string, value: number, least: number, most: number, summary: string): SysctlDescription => ({
  name: `net.ipv4.${name}`,
  value,
  least,
  most,
  summary,
});

/** The settings of IP and what stands on it, with the kernel's defaults and ranges (Documentation/networking/ip-sysctl). */
export const ipSysctls: readonly SysctlDescription[] = [
  one('fib_multipath_hash_policy', 0, 0, 1, 'what picks one of several next hops: 0 the addresses, 1 the ports too'),
  one('fwmark_reflect', 0, 0, 1, "the kernel's own answers get the mark of what they answer"),
  one('icmp_echo_ignore_all', 0, 0, 1, 'echo requests are not answered'),
  one('icmp_echo_ignore_broadcasts', 1, 0, 1, 'echo requests to a broadcast address are not answered'),
  one(
    'icmp_errors_use_inbound_ifaddr',
    0,
    0,
    1,
    'errors come from the address of the device that the packet came in by',
  ),
  one('icmp_ratelimit', 1000, 0, MOST, 'milliseconds for one ICMP message to a host, for the types in icmp_ratemask'),
  one('icmp_ratemask', 6168, 0, MOST, 'ICMP types whose rate is limited, as bits'),
  one('ip_default_ttl', 64, 1, 255, 'time to live of what is sent'),
  one('ip_forward_use_pmtu', 0, 0, 1, 'learnt path MTUs count for forwarded packets too'),
  one('ip_no_pmtu_disc', 0, 0, 3, 'what is sent may be cut on its way, and learnt path MTUs are not kept'),
  one('ip_nonlocal_bind', 0, 0, 1, 'sockets may have addresses that this host has not'),
  one('ip_unprivileged_port_start', 1024, 0, 65535, 'the first port that everybody may listen on'),
  one('ipfrag_time', 30, 0, MOST, 'seconds that fragments wait for the rest of their packet'),
  one('route.min_pmtu', 552, 68, MOST, 'the smallest path MTU that is believed'),
  one('route.mtu_expires', 600, 1, MOST, 'seconds that a learnt path MTU holds'),
  one('tcp_fin_timeout', 60, 1, 2147483, 'seconds that a closed connection waits for the other side to close'),
  one('tcp_keepalive_intvl', 75, 1, 32767, 'seconds between two keep-alive probes'),
  one('tcp_keepalive_probes', 9, 1, 127, 'keep-alive probes before a connection is given up'),
  one('tcp_keepalive_time', 7200, 1, 32767, 'seconds of silence before keep-alive probes'),
  one('tcp_orphan_retries', 0, 0, 255, 'retransmissions for a connection that no process has any more; 0 is 8'),
  one('tcp_sack', 1, 0, 1, 'selective acknowledgements'),
  one('tcp_timestamps', 1, 0, 2, 'the timestamp option'),
  one('tcp_window_scaling', 1, 0, 1, 'the window scale option'),
  one('tcp_retries2', 15, 0, 255, 'retransmissions before a connection is given up'),
  one('tcp_syn_linear_timeouts', 4, 0, 127, 'SYN retransmissions without back-off'),
  one('tcp_syn_retries', 6, 1, 127, 'SYN retransmissions before connecting is given up'),
  one('tcp_synack_retries', 5, 0, 255, 'SYN-ACK retransmissions before a half-open connection is given up'),
  {
    name: 'net.core.somaxconn',
    value: 4096,
    least: 0,
    most: MOST,
    summary: 'the longest queue of connections that wait to be accepted',
  },
  {
    name: 'net.ipv4.ip_local_port_range',
    value: [32768, 60999],
    least: 1,
    most: 65535,
    fits: ([low = 0, high = 0]) => low <= high,
    summary: 'ports for sockets that did not ask for one',
  },
];
