import type { Device } from '../device.ts';
import type { DeviceKind } from '../kind.ts';

/** veth(4). Its two ends are made together by `ip link` itself; a machine's end of the wire looks like one. */
export const vethKind: DeviceKind<undefined, Device> = {
  name: 'veth',
  summary: 'a virtual cable between two namespaces: what goes into one end comes out of the other',
  usage: "Usage: ip link <options> type veth [peer <options>]\nTo get <options> type 'ip link add help'",
  properties: [],
  config: () => undefined,
  is: (device): device is Device => device.kind === 'veth',
};
