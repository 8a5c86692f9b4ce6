import type { Device } from '../device.ts';
import type { DeviceKind } from '../kind.ts';
import { Wireguard } from './wireguard.ts';

export const wireguard: DeviceKind<undefined, Wireguard> = {
  name: 'wireguard',
  summary: 'a tunnel whose packets only the peer with the right key can read; which peer, its allowed IPs say',
  leavesOut: 'handshake and keepalive packets: peers whose keys match are taken to have had a handshake',
  usage: 'Usage: ... wireguard',
  properties: [],
  config: () => undefined,
  is: (device: Device): device is Wireguard => device instanceof Wireguard,
  make: (stack, settings, _config, given) => new Wireguard(settings, stack, given.mtu),
};
