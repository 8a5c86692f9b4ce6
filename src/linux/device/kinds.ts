import { bridge } from './bridge.ts';
import type { Device } from './device.ts';
import { dummy } from './dummy.ts';
import { ipip } from './ipip.ts';
import { type KnownKind, known } from './kind.ts';
import { vethKind } from './veth-kind.ts';
import { vxlan } from './vxlan.ts';
import { wireguard } from './wireguard.ts';

/**
 * Every kind of device that `ip link` knows by `type`, loaded with the programs that ask for it. A new one is one file
 * and one line here.
 */
export const deviceKinds: readonly KnownKind[] = [
  known(bridge),
  known(dummy),
  known(ipip),
  known(vethKind),
  known(vxlan),
  known(wireguard),
];

export function kindOf(device: Device): KnownKind | undefined {
  return deviceKinds.find((kind) => kind.is(device));
}
