import type { Stack } from '../../ip/stack.ts';

/** Timeouts are whole seconds in an int. */
const MOST = 2 ** 31 - 1;

/** net.netfilter.nf_conntrack_NAME: the kernel's default and the range that it takes (nf_conntrack_standalone.c). */
const SETTINGS = {
  acct: [0, 0, 1, 'count packets and bytes of connections that begin'],
  buckets: [262144, 1, MOST, 'size of the hash table; here it grows by itself'],
  checksum: [1, 0, 1, 'packets with a wrong checksum are INVALID; here none has one'],
  events: [2, 0, 2, 'tell conntrack -E of changes'],
  generic_timeout: [600, 0, MOST, 'seconds that protocols without a tracker live'],
  icmp_timeout: [30, 0, MOST, 'seconds that an ICMP echo lives'],
  max: [262144, 0, MOST, 'how many connections there may be; 0: any number'],
  sctp_timeout_closed: [10, 0, MOST, 'seconds in CLOSED'],
  sctp_timeout_cookie_echoed: [3, 0, MOST, 'seconds in COOKIE_ECHOED'],
  sctp_timeout_cookie_wait: [3, 0, MOST, 'seconds in COOKIE_WAIT'],
  sctp_timeout_established: [210, 0, MOST, 'seconds in ESTABLISHED'],
  sctp_timeout_heartbeat_sent: [30, 0, MOST, 'seconds in HEARTBEAT_SENT'],
  sctp_timeout_shutdown_ack_sent: [3, 0, MOST, 'seconds in SHUTDOWN_ACK_SENT'],
  sctp_timeout_shutdown_recd: [3, 0, MOST, 'seconds in SHUTDOWN_RECD'],
  sctp_timeout_shutdown_sent: [3, 0, MOST, 'seconds in SHUTDOWN_SENT'],
  tcp_be_liberal: [0, 0, 1, 'segments outside the window are not INVALID'],
  tcp_ignore_invalid_rst: [0, 0, 1, 'a RST with an old sequence number is not INVALID'],
  tcp_loose: [1, 0, 1, 'pick up connections whose beginning was not seen'],
  tcp_max_retrans: [3, 0, 255, 'the same acknowledgement so many times shortens the timeout'],
  tcp_timeout_close: [10, 0, MOST, 'seconds in CLOSE'],
  tcp_timeout_close_wait: [60, 0, MOST, 'seconds in CLOSE_WAIT'],
  tcp_timeout_established: [432000, 0, MOST, 'seconds in ESTABLISHED'],
  tcp_timeout_fin_wait: [120, 0, MOST, 'seconds in FIN_WAIT'],
  tcp_timeout_last_ack: [30, 0, MOST, 'seconds in LAST_ACK'],
  tcp_timeout_max_retrans: [300, 0, MOST, 'seconds while nothing but retransmissions comes'],
  tcp_timeout_syn_recv: [60, 0, MOST, 'seconds in SYN_RECV'],
  tcp_timeout_syn_sent: [120, 0, MOST, 'seconds in SYN_SENT'],
  tcp_timeout_time_wait: [120, 0, MOST, 'seconds in TIME_WAIT'],
  tcp_timeout_unacknowledged: [300, 0, MOST, 'seconds while data is not acknowledged'],
  timestamp: [0, 0, 1, 'note when connections begin and end'],
  udp_timeout: [30, 0, MOST, 'seconds that UDP lives'],
  udp_timeout_stream: [120, 0, MOST, 'seconds that UDP lives which goes both ways for a while'],
} as const satisfies Record<string, readonly [value: number, least: number, most: number, summary: string]>;

type Setting = keyof typeof SETTINGS;

/** For the reference page. */
export const conntrackSysctls = (Object.keys(SETTINGS) as readonly Setting[]).map((setting) => {
  const [value, least, most, summary] = SETTINGS[setting];
  return { setting, name: `net.netfilter.nf_conntrack_${setting}`, value, least, most, summary };
});

/** The settings of one namespace, each a plain field: they are looked at for each packet. */
export type Settings = Record<Setting, number>;

const known = new WeakMap<Stack, Settings>();
const counts = new WeakMap<Stack, () => number>();

/** Where net.netfilter.nf_conntrack_count is read; without it nothing is tracked. */
export function countConnections(stack: Stack, count: () => number): void {
  counts.set(stack, count);
}

/** The namespace's; they are there whether it tracks connections or not. The first call makes them sysctls. */
export function settingsOf(stack: Stack): Settings {
  const found = known.get(stack);
  if (found !== undefined) return found;
  const settings = Object.fromEntries(conntrackSysctls.map(({ setting, value }) => [setting, value])) as Settings;
  known.set(stack, settings);
  for (const { setting, ...description } of conntrackSysctls) {
    const changed = (value: number) => {
      settings[setting] = value;
    };
    stack.sysctl.define({ ...description, changed });
  }
  stack.sysctl.define({
    name: 'net.netfilter.nf_conntrack_count',
    summary: 'how many connections there are',
    value: 0,
    read: () => counts.get(stack)?.() ?? 0,
  });
  return settings;
}
