import type { Device, DeviceTraits } from './device.ts';

/** ARPHRD_* of include/uapi/linux/if_arp.h, by what `ip link` calls the link. */
const numbers: Readonly<Record<DeviceTraits['linkType'], number>> = { ether: 1, loopback: 772, ipip: 768, none: 65534 };

/** What kind of link a device is, as packet sockets and `meta iiftype` tell it. */
export function hardwareType({ traits }: Device): number {
  return numbers[traits.linkType];
}
