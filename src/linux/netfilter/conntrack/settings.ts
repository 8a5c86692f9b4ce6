import type { Stack } from '../../ip/stack.ts';

/** Timeouts are whole seconds in an int. */
const MOST = 2 ** 31 - 1;

/** net.netfilter.nf_conntrack_NAME with the kernel's default and the range that it takes (nf_conntrack_standalone.c). */
const SETTINGS = {
  acct: [0, 0, 1],
  checksum: [1, 0, 1],
  events: [2, 0, 2],
  generic_timeout: [600, 0, MOST],
  icmp_timeout: [30, 0, MOST],
  max: [262144, 0, 2 ** 31 - 1],
  sctp_timeout_closed: [10, 0, MOST],
  sctp_timeout_cookie_echoed: [3, 0, MOST],
  sctp_timeout_cookie_wait: [3, 0, MOST],
  sctp_timeout_established: [210, 0, MOST],
  sctp_timeout_heartbeat_sent: [30, 0, MOST],
  sctp_timeout_shutdown_ack_sent: [3, 0, MOST],
  sctp_timeout_shutdown_recd: [3, 0, MOST],
  sctp_timeout_shutdown_sent: [3, 0, MOST],
  tcp_be_liberal: [0, 0, 1],
  tcp_ignore_invalid_rst: [0, 0, 1],
  tcp_loose: [1, 0, 1],
  tcp_max_retrans: [3, 0, 255],
  tcp_timeout_close: [10, 0, MOST],
  tcp_timeout_close_wait: [60, 0, MOST],
  tcp_timeout_established: [432000, 0, MOST],
  tcp_timeout_fin_wait: [120, 0, MOST],
  tcp_timeout_last_ack: [30, 0, MOST],
  tcp_timeout_max_retrans: [300, 0, MOST],
  tcp_timeout_syn_recv: [60, 0, MOST],
  tcp_timeout_syn_sent: [120, 0, MOST],
  tcp_timeout_time_wait: [120, 0, MOST],
  tcp_timeout_unacknowledged: [300, 0, MOST],
  timestamp: [0, 0, 1],
  udp_timeout: [30, 0, MOST],
  udp_timeout_stream: [120, 0, MOST],
} as const satisfies Record<string, readonly [value: number, least: number, most: number]>;

type Setting = keyof typeof SETTINGS;

const ALL = Object.keys(SETTINGS) as readonly Setting[];

/** The settings of one namespace, each a plain field: they are looked at for each packet. */
export type Settings = Record<Setting, number>;

const known = new WeakMap<Stack, Settings>();

/** The namespace's; they are there whether it tracks connections or not. */
export function settingsOf(stack: Stack): Settings {
  let settings = known.get(stack);
  if (settings === undefined) {
    settings = Object.fromEntries(ALL.map((name) => [name, SETTINGS[name][0]])) as Settings;
    known.set(stack, settings);
  }
  return settings;
}
