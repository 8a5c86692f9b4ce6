import type { Device } from '../../linux/device/device.ts';
import { IpError } from '../iproute2/arguments.ts';
import type { IpContext } from '../iproute2/context.ts';

export function deviceNamed({ netns }: IpContext, name: string, what = 'device'): Device {
  const device = netns.link(name);
  if (device === undefined) throw new IpError(`Cannot find ${what} "${name}"`, 255);
  return device;
}
