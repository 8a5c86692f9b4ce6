import { bridge } from './bridge/kind.ts';
import type { Device } from './device.ts';
import { dummy } from './dummy.ts';
import { ipip } from './ipip/kind.ts';
import { type KnownKind, known } from './kind.ts';
import { vethKind } from './veth/kind.ts';
import { vxlan } from './vxlan/kind.ts';
import { wireguard } from './wireguard/kind.ts';

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

/** Kinds that the kernel has and this simulation hasn't (`ip link help`): they are refused by name. */
export const otherKinds: readonly string[] =
  'amt bareudp bond dsa erspan geneve gre gretap gtp ifb ip6erspan ip6gre ip6gretap ip6tnl ipoib ipvlan ipvtap macsec macvlan macvtap netdevsim nlmon rmnet sit team tun tap vcan vlan vrf vti vxcan wwan xfrm virt_wifi'.split(
    ' ',
  );

export function kindOf(device: Device): KnownKind | undefined {
  return deviceKinds.find((kind) => kind.is(device));
}
