import { NetlinkError } from '../../netlink-error.ts';
import { formatIp, isMulticast } from '../../packet/address.ts';
import type { Device } from '../device.ts';
import type { DeviceKind, Property } from '../kind.ts';
import { tosProperty, ttlProperty } from '../tunnel-properties.ts';
import { usage } from './usage.ts';
import { HEADROOM, Vxlan, type VxlanConfig } from './vxlan.ts';

/** Linux's own port, from before IANA gave 4789. */
const DEFAULT_PORT = 8472;
const NO_PORT = `vxlan: destination port not specified
Will use Linux kernel default (non-standard value)
Use 'dstport 4789' to get the IANA assigned value
Use 'dstport 0' to get default and quiet this message`;

type VxlanProperty = Property<VxlanConfig, Vxlan>;

/** A switch that is not modelled and is off, or on, as the kernel has it. */
const fixed = (word: string, value: boolean, shown: boolean, member = word): VxlanProperty => ({
  word: value ? word : `no${word}`,
  aliases: [word, `no${word}`],
  member,
  ...(shown && { value: () => value, text: () => (value ? word : `no${word}`) }),
  take: (words, _config, given) => {
    if ((given === word) !== value) throw words.notModelled(`a VXLAN device with ${given}`);
  },
});

export const vxlan: DeviceKind<VxlanConfig, Vxlan> = {
  name: 'vxlan',
  summary: "a network of Ethernet frames in UDP packets between machines; whose frame goes where is its table's affair",
  leavesOut:
    'multicast groups, external mode, proxy, route short circuit, misses, GBP and GPE; path MTU of the outer packet',
  usage,
  properties: [
    {
      word: 'id',
      aliases: ['vni'],
      take: (words, config) => {
        const word = words.next();
        if (!/^\d+$/.test(word) || Number(word) >= 1 << 24) throw words.wrong(word, 'invalid id');
        config.vni = Number(word);
      },
      value: ({ vni }) => vni,
    },
    {
      word: 'remote',
      take: (words, config) => {
        const address = words.address();
        if (isMulticast(address)) throw words.wrong(formatIp(address), 'invalid remote address');
        config.remote = address;
      },
      value: ({ config: { remote } }) => (remote === undefined ? undefined : formatIp(remote)),
    },
    {
      word: 'group',
      take: (words) => {
        throw words.notModelled('a VXLAN device with a multicast group');
      },
    },
    {
      word: 'local',
      take: (words, config) => {
        config.local = words.address();
      },
      value: ({ config: { local } }) => (local === undefined ? undefined : formatIp(local)),
    },
    {
      word: 'dev',
      member: 'link',
      take: (words, config) => {
        config.lower = words.device();
      },
      value: ({ config: { lower } }) => lower?.name,
    },
    {
      word: 'srcport',
      aliases: ['port'],
      member: 'port_range',
      take: (words, config) => {
        config.sourcePorts = [words.number('min port', 65535), words.number('max port', 65535)];
      },
      value: ({ config }) => ({ low: config.sourcePorts[0], high: config.sourcePorts[1] }),
      text: ({ config }) => `srcport ${config.sourcePorts.join(' ')}`,
    },
    {
      word: 'dstport',
      member: 'port',
      take: (words, config) => {
        config.port = words.number('dst port', 65535);
      },
      value: ({ udpPort }) => udpPort,
    },
    {
      word: 'learning',
      aliases: ['nolearning'],
      take: (_words, config, word) => {
        config.learning = word === 'learning';
      },
      value: ({ config }) => config.learning,
      text: ({ config }) => (config.learning ? undefined : 'nolearning'),
    },
    fixed('proxy', false, false),
    fixed('rsc', false, false),
    fixed('l2miss', false, false),
    fixed('l3miss', false, false),
    tosProperty(),
    ttlProperty(),
    {
      word: 'df',
      take: (words, config) => {
        const word = words.next();
        if (word !== 'unset' && word !== 'set' && word !== 'inherit') {
          throw words.wrong(word, "\"df\" value must be either 'unset', 'set' or 'inherit'");
        }
        config.df = word;
      },
      value: ({ config }) => config.df,
      text: ({ config }) => (config.df === 'unset' ? undefined : `df ${config.df}`),
    },
    {
      word: 'ageing',
      take: (words, config) => {
        const word = words.next();
        if (word === 'none') config.ageing = 0;
        else if (/^\d+$/.test(word)) config.ageing = Number(word);
        else throw words.wrong(word, 'ageing timer');
      },
      value: ({ config }) => config.ageing,
      text: ({ config }) => (config.ageing === 0 ? 'ageing none' : `ageing ${config.ageing}`),
    },
    fixed('udpcsum', true, true, 'udp_csum'),
    fixed('udp6zerocsumtx', false, true, 'udp_zero_csum6_tx'),
    fixed('udp6zerocsumrx', false, true, 'udp_zero_csum6_rx'),
    fixed('remcsumtx', false, false),
    fixed('remcsumrx', false, false),
    fixed('external', false, false),
    fixed('vnifilter', false, false),
  ],
  unmodelled: ['flowlabel', 'maxaddress', 'gbp', 'gpe'],
  config: () => ({
    vni: undefined,
    remote: undefined,
    local: undefined,
    lower: undefined,
    port: undefined,
    sourcePorts: [0, 0],
    learning: true,
    ttl: 0,
    tos: 0,
    df: 'unset',
    ageing: 300,
  }),
  is: (device: Device): device is Vxlan => device instanceof Vxlan,
  missing: ({ vni }) => (vni === undefined ? 'vxlan: missing virtual network identifier' : undefined),
  warning: ({ port }) => (port === undefined ? NO_PORT : undefined),
  make: (stack, settings, config, given) => {
    const { vni, lower, remote, ageing } = config;
    const port = config.port === undefined || config.port === 0 ? DEFAULT_PORT : config.port;
    if (vni === undefined)
      throw new NetlinkError('EINVAL', 'Required attributes not provided to perform the operation.');
    for (const other of stack.devices.values()) {
      if (other instanceof Vxlan && other.vni === vni && other.udpPort === port) {
        throw new NetlinkError('EEXIST', 'A VXLAN device with the specified VNI already exists.');
      }
    }
    const mtu = given.mtu || lower === undefined ? settings.mtu : lower.mtu - HEADROOM;
    const made = new Vxlan({ ...settings, mtu }, stack, config, vni, port);
    made.fdb.ageing = ageing * 1000;
    if (remote !== undefined) made.fdb.set(0, { address: remote, via: lower }, 'permanent', 'add');
    return made;
  },
  current: ({ config, vni, udpPort }) => ({ ...config, vni, port: udpPort }),
  change: (device, config) => {
    if (config.vni !== device.vni) throw new NetlinkError('EOPNOTSUPP', 'Cannot change VNI.');
    if (config.port !== device.udpPort) throw new NetlinkError('EOPNOTSUPP', 'Cannot change UDP port.');
    if (config.sourcePorts !== device.config.sourcePorts) {
      throw new NetlinkError('EOPNOTSUPP', 'Cannot change port range.');
    }
    const { remote, lower } = config;
    if (remote !== device.config.remote || lower !== device.config.lower) {
      if (device.fdb.find(0) !== undefined) device.fdb.remove(0, undefined);
      if (remote !== undefined) device.fdb.set(0, { address: remote, via: lower }, 'permanent', 'add');
    }
    device.config = config;
    device.fdb.ageing = config.ageing * 1000;
  },
};
