import type { MacAddress } from '../../packet/address.ts';
import type { Device } from '../device.ts';
import { Decimal, type DeviceKind, type Property } from '../kind.ts';
import { Bridge } from './bridge.ts';
import { usage } from './usage.ts';

/** A hundredth of a second, in which the tool takes and shows times (USER_HZ). */
const TICK = 10;

interface BridgeConfig {
  /** Both in ticks. */
  ageing: number;
  forwardDelay: number;
  callIptables: boolean;
  flush: boolean;
}

type BridgeProperty = Property<BridgeConfig, Bridge>;

const shown = (word: string, value: string | number, member = word): BridgeProperty => ({
  word,
  member,
  value: () => value,
});

/** A setting of which only the kernel's default is modelled. */
const fixed = (word: string, value: number, member = word): BridgeProperty => ({
  word,
  member,
  value: () => value,
  take: (words) => {
    const wanted = words.number(`invalid ${word}`);
    if (wanted !== value) throw words.notModelled(`a bridge with ${word} ${wanted}`);
  },
});

const timer = (word: string, left: (bridge: Bridge) => number = () => 0): BridgeProperty => ({
  word,
  value: (bridge) => new Decimal(left(bridge) / 1000),
  text: (bridge) => `${word} ${(left(bridge) / 1000).toFixed(2).padStart(7)}`,
});

/** br_dump_bridge_id */
export function bridgeId(mac: MacAddress): string {
  const parts = [5, 4, 3, 2, 1, 0].map((i) => (Math.floor(mac / 2 ** (8 * i)) % 256).toString(16));
  return `8000.${parts.join(':')}`;
}

export const bridge: DeviceKind<BridgeConfig, Bridge> = {
  name: 'bridge',
  summary: 'an Ethernet switch in a namespace: learns where MAC addresses are, floods what it does not know',
  leavesOut: 'the spanning tree protocol, VLAN filtering and multicast snooping; frames that are neither IPv4 nor ARP',
  usage,
  properties: [
    { word: 'fdb_flush', take: (_words, config) => void (config.flush = true) },
    {
      word: 'forward_delay',
      take: (words, config) => void (config.forwardDelay = words.number('invalid forward_delay')),
      value: ({ forwardDelay }) => forwardDelay / TICK,
    },
    fixed('hello_time', 200),
    fixed('max_age', 2000),
    {
      word: 'ageing_time',
      take: (words, config) => void (config.ageing = words.number('invalid ageing_time')),
      value: ({ fdb }) => fdb.ageing / TICK,
    },
    fixed('stp_state', 0),
    fixed('priority', 32768),
    fixed('vlan_filtering', 0),
    { word: 'bridge_id', value: ({ identifier }) => bridgeId(identifier) },
    { word: 'designated_root', member: 'root_id', value: ({ identifier }) => bridgeId(identifier) },
    shown('root_port', 0),
    shown('root_path_cost', 0),
    shown('topology_change', 0),
    shown('topology_change_detected', 0),
    timer('hello_timer'),
    timer('tcn_timer'),
    timer('topology_change_timer'),
    timer('gc_timer', (one) => one.left(one.since, one.fdb.ageing)),
    {
      word: 'group_fwd_mask',
      value: () => '0',
      take: (words) => {
        const mask = words.number('invalid group_fwd_mask');
        if (mask !== 0) throw words.notModelled(`a bridge with group_fwd_mask ${mask}`);
      },
    },
    shown('group_address', '01:80:c2:00:00:00', 'group_addr'),
    fixed('mcast_snooping', 1),
    fixed('no_linklocal_learn', 0),
    fixed('mcast_vlan_snooping', 0),
    fixed('mcast_router', 1),
    fixed('mcast_query_use_ifaddr', 0),
    fixed('mcast_querier', 0),
    fixed('mcast_hash_elasticity', 16),
    fixed('mcast_hash_max', 4096),
    fixed('mcast_last_member_count', 2, 'mcast_last_member_cnt'),
    fixed('mcast_startup_query_count', 2, 'mcast_startup_query_cnt'),
    fixed('mcast_last_member_interval', 100, 'mcast_last_member_intvl'),
    fixed('mcast_membership_interval', 26000, 'mcast_membership_intvl'),
    fixed('mcast_querier_interval', 25500, 'mcast_querier_intvl'),
    fixed('mcast_query_interval', 12500, 'mcast_query_intvl'),
    fixed('mcast_query_response_interval', 1000, 'mcast_query_response_intvl'),
    fixed('mcast_startup_query_interval', 3124, 'mcast_startup_query_intvl'),
    fixed('mcast_stats_enabled', 0),
    fixed('mcast_igmp_version', 2),
    fixed('mcast_mld_version', 1),
    {
      word: 'nf_call_iptables',
      take: (words, config) => void (config.callIptables = words.number('invalid nf_call_iptables', 255) > 0),
      value: ({ callIptables }) => (callIptables ? 1 : 0),
    },
    fixed('nf_call_ip6tables', 0),
    fixed('nf_call_arptables', 0),
  ],
  unmodelled: ['group_address', 'vlan_protocol', 'vlan_default_pvid', 'vlan_stats_enabled', 'vlan_stats_per_port'],
  config: () => ({ ageing: 30_000, forwardDelay: 1500, callIptables: false, flush: false }),
  is: (device: Device): device is Bridge => device instanceof Bridge,
  make: (stack, settings, config, given) => {
    const device = new Bridge(settings, stack, given.mac, given.mtu);
    configure(device, config);
    return device;
  },
  current: ({ fdb, forwardDelay, callIptables }) => ({
    ageing: fdb.ageing / TICK,
    forwardDelay: forwardDelay / TICK,
    callIptables,
    flush: false,
  }),
  change: configure,
};

function configure(device: Bridge, { ageing, forwardDelay, callIptables, flush }: BridgeConfig): void {
  device.fdb.ageing = ageing * TICK;
  device.forwardDelay = forwardDelay * TICK;
  device.callIptables = callIptables;
  if (flush) for (const port of device.ports) device.fdb.forget(port, false);
}
