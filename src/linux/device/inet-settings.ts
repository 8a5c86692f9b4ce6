/**
 * How the kernel joins `all` with a device's own value (the IN_DEV_* macros in include/linux/inetdevice.h);
 * `router`: on a router both have to say so, else one.
 */
type Joined = 'or' | 'router' | 'most' | 'own';

export interface DeviceSysctl {
  readonly value: number;
  readonly joined: Joined;
  readonly summary: string;
}

const setting = (value: number, joined: Joined, summary: string): DeviceSysctl => ({ value, joined, summary });

/** net.ipv4.conf.{all,default,DEVICE}.X (Documentation/networking/ip-sysctl). */
export const inetSysctls = {
  accept_redirects: setting(1, 'router', "another router that a route's router names is taken for one destination"),
  accept_local: setting(0, 'or', "packets with one of this host's own addresses as their source may come in"),
  arp_accept: setting(0, 'most', 'gratuitous ARP makes new neighbour entries'),
  arp_announce: setting(0, 'most', 'which own address an ARP request names as its sender'),
  arp_filter: setting(0, 'or', 'ARP is answered only where the route back to who asks leaves by the same device'),
  arp_ignore: setting(0, 'most', 'which ARP requests are answered'),
  arp_notify: setting(0, 'most', 'gratuitous ARP is sent when the device goes up or gets another MAC address'),
  drop_gratuitous_arp: setting(0, 'or', 'gratuitous ARP is not looked at'),
  forwarding: setting(0, 'own', 'packets that come in here may be passed on'),
  ignore_routes_with_linkdown: setting(0, 'most', 'routes out of a device without carrier are passed over'),
  promote_secondaries: setting(0, 'or', 'a secondary address takes the place of its deleted primary one'),
  proxy_arp: setting(0, 'or', 'ARP is answered for addresses that are reached by another device'),
  route_localnet: setting(0, 'or', '127.0.0.0/8 may come in from, and go out to, a link'),
  rp_filter: setting(0, 'most', 'the way back to the source has to lead out of this device (1), or exist (2)'),
  secure_redirects: setting(1, 'or', 'without shared_media, only routers that a route knows are taken from redirects'),
  send_redirects: setting(1, 'or', 'a router tells who could have sent to the next router by itself'),
  shared_media: setting(1, 'or', 'redirects may name routers of other subnets on the link'),
  src_valid_mark: setting(0, 'or', "rp_filter looks up the way back with the packet's mark"),
} as const satisfies Readonly<Record<string, DeviceSysctl>>;

/** net.ipv4.neigh.{default,DEVICE}.X (arp(7)). */
export const neighbourSysctls = {
  app_solicit: setting(0, 'own', 'requests left to a user space daemon; there is none, so they only delay'),
  base_reachable_time_ms: setting(
    30_000,
    'own',
    'how long a neighbour that was heard is REACHABLE (half to one and a half of it)',
  ),
  delay_first_probe_time: setting(5, 'own', 'seconds that a used STALE neighbour has before it is asked for'),
  locktime: setting(100, 'own', 'hundredths of a second in which an entry is not overwritten by another reply'),
  mcast_solicit: setting(3, 'own', 'broadcast requests before a neighbour is FAILED'),
  proxy_delay: setting(80, 'own', 'hundredths of a second that an answer for another host waits, at most'),
  retrans_time_ms: setting(1000, 'own', 'time between two requests'),
  ucast_solicit: setting(3, 'own', 'requests to the known MAC address before a neighbour is FAILED'),
  unres_qlen: setting(101, 'own', 'packets that wait for a MAC address'),
} as const satisfies Readonly<Record<string, DeviceSysctl>>;

/** What counts on a device: for `conf`, with `all` taken in. */
export type InetSettings = Readonly<Record<keyof typeof inetSysctls, number>>;
export type NeighbourSettings = Readonly<Record<keyof typeof neighbourSysctls, number>>;

function defaults<K extends string>(table: Readonly<Record<K, DeviceSysctl>>): Readonly<Record<K, number>> {
  const values = {} as Record<K, number>;
  for (const key of Object.keys(table) as K[]) values[key] = table[key].value;
  return values;
}

/** The kernel's own, shared by all devices of which nothing was changed. */
export const inetDefaults: InetSettings = defaults(inetSysctls);
export const neighbourDefaults: NeighbourSettings = defaults(neighbourSysctls);
