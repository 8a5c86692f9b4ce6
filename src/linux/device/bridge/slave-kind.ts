import { NetlinkError } from '../../netlink-error.ts';
import type { Device } from '../device.ts';
import { Decimal, type DeviceKind, type Property, type PropertyWords } from '../kind.ts';
import { bridgeId } from './kind.ts';
import { BridgePort, portStates } from './port.ts';

/** The settings of a port, as they are to be. */
interface PortConfig {
  hairpin: boolean;
  learning: boolean;
  flood: boolean;
  broadcastFlood: boolean;
  isolated: boolean;
  cost: number;
  priority: number;
  state: number | undefined;
}

type Slave = Device & { readonly port: BridgePort };
type PortProperty = Property<PortConfig, Slave>;
type Switch = 'hairpin' | 'learning' | 'flood' | 'broadcastFlood' | 'isolated';

/** parse_on_off of iproute2. */
function onOff(words: PropertyWords, word: string): boolean {
  const value = words.next();
  if (value === 'on' || value === 'off') return value === 'on';
  throw words.notOneOf(word, ['off', 'on'], value);
}

const choice = (word: string, key: Switch): PortProperty => ({
  word,
  value: ({ port }) => port[key],
  take: (words, config) => void (config[key] = onOff(words, word)),
});

/** A switch that is not modelled and stands as the kernel has it. */
const fixed = (word: string, value: boolean, settable = true): PortProperty => ({
  word,
  value: () => value,
  ...(settable && {
    take: (words: PropertyWords) => {
      if (onOff(words, word) !== value) throw words.notModelled(`a bridge port with ${word} ${value ? 'off' : 'on'}`);
    },
  }),
});

const shown = (word: string, value: (port: BridgePort) => string | number, member = word): PortProperty => ({
  word,
  member,
  value: ({ port }) => value(port),
});

const timer = (word: string, left: (slave: Slave) => number = () => 0): PortProperty => ({
  word,
  value: (slave) => new Decimal(left(slave) / 1000),
  text: (slave) => `${word} ${(left(slave) / 1000).toFixed(2).padStart(7)}`,
});

const hex = (value: number) => `0x${value.toString(16)}`;

/** `type bridge_slave`: a device as the port of a bridge. `bridge link` shows and sets the same. */
export const bridgeSlave: DeviceKind<PortConfig, Slave> = {
  name: 'bridge_slave',
  summary: 'the port of a bridge: hairpin mode, learning, flooding, isolation',
  leavesOut: 'guard, root_block, fastleave, multicast, proxy ARP, neighbour suppression and VLAN tunnels of a port',
  usage: 'Usage: ip link set DEVICE type bridge_slave OPTIONS',
  properties: [
    {
      word: 'state',
      value: ({ port }) => port.state,
      take: (words, config) => {
        const word = words.next();
        const number = /^\d+$/.test(word) ? Number(word) : portStates.indexOf(word as never);
        if (number < 0 || number >= portStates.length) throw words.wrong(word, 'invalid state');
        config.state = number;
      },
    },
    {
      word: 'priority',
      value: ({ port }) => port.priority,
      take: (words, config) => void (config.priority = words.number('invalid priority', 63)),
    },
    {
      word: 'cost',
      value: ({ port }) => port.cost,
      take: (words, config) => void (config.cost = words.number('invalid cost', 65535)),
    },
    choice('hairpin', 'hairpin'),
    fixed('guard', false),
    fixed('root_block', false),
    fixed('fastleave', false),
    choice('learning', 'learning'),
    choice('flood', 'flood'),
    shown('port_id', ({ id }) => hex(id), 'id'),
    shown('port_no', ({ number }) => hex(number), 'no'),
    shown('designated_port', ({ id }) => id),
    shown('designated_cost', () => 0),
    shown('designated_bridge', ({ master }) => bridgeId(master.mac), 'bridge_id'),
    shown('designated_root', ({ master }) => bridgeId(master.mac), 'root_id'),
    timer('hold_timer'),
    timer('message_age_timer'),
    timer('forward_delay_timer', ({ port }) => port.master.left(port.since, port.master.forwardDelay)),
    shown('topology_change_ack', () => 0),
    shown('config_pending', () => 0),
    fixed('proxy_arp', false),
    fixed('proxy_arp_wifi', false),
    shown('mcast_router', () => 1, 'multicast_router'),
    { ...fixed('mcast_fast_leave', false), value: () => undefined, text: () => 'mcast_fast_leave off' },
    fixed('mcast_flood', true),
    { ...choice('bcast_flood', 'broadcastFlood') },
    fixed('mcast_to_unicast', false),
    fixed('neigh_suppress', false),
    shown('group_fwd_mask', () => '0'),
    shown('group_fwd_mask_str', () => '0x0'),
    fixed('vlan_tunnel', false),
    choice('isolated', 'isolated'),
    fixed('locked', false),
  ],
  unmodelled: ['fdb_flush', 'backup_port', 'nobackup_port', 'learning_sync', 'hwmode'],
  config: () => ({
    hairpin: false,
    learning: true,
    flood: true,
    broadcastFlood: true,
    isolated: false,
    cost: 2,
    priority: 32,
    state: undefined,
  }),
  is: (device): device is Slave => device.port instanceof BridgePort,
  current: ({ port }) => {
    const { hairpin, learning, flood, broadcastFlood, isolated, cost, priority } = port;
    return { hairpin, learning, flood, broadcastFlood, isolated, cost, priority, state: undefined };
  },
  change: ({ port, up, carrier }, { state, ...switches }) => {
    Object.assign(port, switches);
    const wanted = state === undefined ? undefined : portStates[state];
    if (wanted === undefined) return;
    // br_set_port_state
    if (!up || (!carrier && wanted !== 'disabled')) throw new NetlinkError('ENETDOWN');
    port.master.setPortState(port, wanted);
  },
};
