import type { Stack } from '../../ip/stack.ts';
import { NetlinkError } from '../../netlink-error.ts';
import { formatIp } from '../../packet/address.ts';
import { IP_HEADER } from '../../packet/size.ts';
import type { Device, DeviceSettings } from '../device.ts';
import type { DeviceKind, Property } from '../kind.ts';
import { tosProperty, ttlProperty } from '../tunnel-properties.ts';
import { Ipip, type IpipConfig, tunnelsOf } from './ipip.ts';

const ETHERNET_MTU = 1500;
/** The device that the module makes in a namespace. */
const FALLBACK = 'tunl0';

type IpipProperty = Property<IpipConfig, Ipip>;

const endpoint = (word: 'remote' | 'local'): IpipProperty => ({
  word,
  take: (words, config) => {
    config[word] = words.addressOrAny();
  },
  value: ({ config }) => (config[word] === 0 ? 'any' : formatIp(config[word])),
});

export const ipip: DeviceKind<IpipConfig, Ipip> = {
  name: 'ipip',
  summary: 'a tunnel that puts IP packets into IP packets (protocol 4)',
  leavesOut: 'external mode, encapsulation in UDP, fwmark',
  usage: `Usage: ... ipip  	[ remote ADDR ]
			[ local ADDR ]
			[ ttl TTL ]
			[ tos TOS ]
			[ [no]pmtudisc ]
			[ 6rd-prefix ADDR ]
			[ 6rd-relay_prefix ADDR ]
			[ 6rd-reset ]
			[ dev PHYS_DEV ]
			[ fwmark MARK ]
			[ external ]
			[ noencap ]
			[ encap { fou | gue | none } ]
			[ encap-sport PORT ]
			[ encap-dport PORT ]
			[ [no]encap-csum ]
			[ [no]encap-csum6 ]
			[ [no]encap-remcsum ]
			[ mode { ipip | mplsip | any } ]

Where:	ADDR := { IP_ADDRESS | any }
	TOS  := { NUMBER | inherit }
	TTL  := { 1..255 | inherit }
	MARK := { 0x0..0xffffffff }`,
  properties: [
    {
      word: 'mode',
      member: 'proto',
      take: (words) => {
        const word = words.next();
        if (word !== 'ipip' && word !== 'ip4ip4' && word !== 'ipv4/ipv4')
          throw words.notModelled(`an ipip tunnel of mode ${word}`);
      },
      value: ({ config: { named } }) => (named ? 'ipip' : 'any'),
      text: ({ config: { named } }) => (named ? 'ipip' : 'any'),
    },
    endpoint('remote'),
    endpoint('local'),
    {
      word: 'dev',
      member: 'link',
      take: (words, config) => {
        config.lower = words.device();
      },
      value: ({ config }) => config.lower?.name,
    },
    {
      ...ttlProperty(),
      text: ({ config: { ttl } }) => `ttl ${ttl === 0 ? 'inherit' : ttl}`,
      value: ({ config: { ttl } }) => (ttl === 'inherit' ? 0 : ttl),
    },
    tosProperty(),
    {
      word: 'pmtudisc',
      aliases: ['nopmtudisc'],
      take: (_words, config, word) => {
        config.pathMtuDiscovery = word === 'pmtudisc';
      },
      value: ({ config }) => config.pathMtuDiscovery,
      text: ({ config }) => (config.pathMtuDiscovery ? 'pmtudisc' : 'nopmtudisc'),
    },
  ],
  unmodelled: ['encap', 'noencap', 'encap-sport', 'encap-dport', 'external', 'fwmark'],
  config: () => ({
    remote: 0,
    local: 0,
    lower: undefined,
    ttl: 0,
    tos: 0,
    pathMtuDiscovery: true,
    named: true,
  }),
  is: (device: Device): device is Ipip => device instanceof Ipip,
  companion: {
    name: FALLBACK,
    make: (stack, settings) =>
      make(stack, settings, { ...ipip.config(), pathMtuDiscovery: false, named: false }, false),
  },
  make: (stack, settings, config, given) => {
    if (config.ttl !== 0 && !config.pathMtuDiscovery) {
      throw new NetlinkError('EINVAL');
    }
    for (const other of tunnelsOf(stack)) {
      const { remote, local, lower } = other.config;
      if (remote === config.remote && local === config.local && lower === config.lower) {
        throw new NetlinkError('EEXIST');
      }
    }
    return make(stack, settings, config, given.mtu);
  },
  current: ({ config }) => ({ ...config }),
  change: (device, config) => {
    if (!device.config.named) throw new NetlinkError('EINVAL');
    device.config = config;
  },
};

/** ip_tunnel_bind_dev: as much as fits into the packets of the device that leads to the other end. */
function make(stack: Stack, settings: DeviceSettings, config: IpipConfig, ownMtu: boolean): Ipip {
  const way =
    config.remote === 0
      ? (config.lower?.mtu ?? ETHERNET_MTU)
      : stack.ip.mtuTo({ destination: config.remote, device: config.lower });
  const made = new Ipip({ ...settings, mtu: ownMtu ? settings.mtu : way - IP_HEADER }, stack, config);
  tunnelsOf(stack).add(made);
  return made;
}
