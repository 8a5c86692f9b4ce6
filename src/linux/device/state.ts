import type { Device } from './device.ts';

/** RFC 2863, as the kernel's default_operstate in net/core/link_watch.c tells it and `ip link` words it. */
export type OperationalState = 'UP' | 'DOWN' | 'LOWERLAYERDOWN' | 'UNKNOWN';

/** `find`: the devices of the device's own namespace, by index. */
export function operationalState(device: Device, find: (index: number) => Device | undefined): OperationalState {
  if (!device.up) return 'DOWN';
  if (!device.traits.tellsCarrier) return 'UNKNOWN';
  if (device.carrier) return 'UP';
  const below =
    device.linkIndex === undefined || device.linkIndex === device.index ? undefined : find(device.linkIndex);
  return below === undefined || below.carrier ? 'DOWN' : 'LOWERLAYERDOWN';
}

/** The flags between `<` and `>` of `ip link`, in its order. `peer`: the other end, where it is in the same namespace. */
export function deviceFlags(device: Device, peer: Device | undefined): readonly string[] {
  const flags: string[] = [];
  if (device.up && !device.carrier) flags.push('NO-CARRIER');
  for (const flag of device.traits.flags) if (flag !== 'MULTICAST' || device.multicast) flags.push(flag);
  if (device.traits.arp && !device.asksArp) flags.push('NOARP');
  if (device.allMulticast) flags.push('ALLMULTI');
  if (device.promiscuous) flags.push('PROMISC');
  if (device.up) flags.push('UP');
  if (device.up && device.carrier) flags.push('LOWER_UP');
  if (peer !== undefined && !peer.up) flags.push('M-DOWN');
  return flags;
}
