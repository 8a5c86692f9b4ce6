import type { Stack, TunnelReceiver } from '../../ip/stack.ts';
import { NetlinkError } from '../../netlink-error.ts';
import type { Frame, IpPacket, VxlanPayload } from '../../packet/packet.ts';
import type { Skb } from '../../packet/skb.ts';

/** A VXLAN device, as what listens on its UDP port sees it. */
export interface VxlanEnd {
  readonly vni: number;
  readonly udpPort: number;
  arrive(outer: IpPacket, payload: VxlanPayload, skb: Skb): void;
  /** Of a frame that needed no tunnel (vxlan_encap_bypass): learns its sender's address; takes it in. */
  learn(frame: Frame): void;
  take(frame: Frame, skb: Skb): void;
}

/** Devices of one port share it, by VNI (vxlan_sock). */
const ends = new WeakMap<TunnelReceiver, Map<number, VxlanEnd>>();

/** Throws EADDRINUSE when another kind of tunnel has the port. */
export function openVxlan(stack: Stack, end: VxlanEnd): void {
  const { udp } = stack.tunnels;
  const there = udp.get(end.udpPort);
  if (there === undefined) {
    const byVni = new Map([[end.vni, end]]);
    const receiver = receive(stack, byVni);
    ends.set(receiver, byVni);
    udp.set(end.udpPort, receiver);
    return;
  }
  const byVni = ends.get(there);
  if (byVni === undefined) throw new NetlinkError('EADDRINUSE');
  byVni.set(end.vni, end);
}

/** vxlan_find_vni: of those that are up. */
export function findVxlan({ tunnels }: Stack, port: number, vni: number): VxlanEnd | undefined {
  const there = tunnels.udp.get(port);
  return there === undefined ? undefined : ends.get(there)?.get(vni);
}

export function closeVxlan(stack: Stack, end: VxlanEnd): void {
  const { udp } = stack.tunnels;
  const there = udp.get(end.udpPort);
  const byVni = there === undefined ? undefined : ends.get(there);
  if (byVni?.get(end.vni) !== end) return;
  byVni.delete(end.vni);
  if (byVni.size === 0) udp.delete(end.udpPort);
}

function receive(stack: Stack, byVni: ReadonlyMap<number, VxlanEnd>): TunnelReceiver {
  return (outer, skb) => {
    const tunnel = outer.payload.protocol === 'udp' ? outer.payload.tunnel : undefined;
    const end = tunnel?.kind === 'vxlan' ? byVni.get(tunnel.vni) : undefined;
    if (tunnel?.kind === 'vxlan' && end !== undefined) end.arrive(outer, tunnel, skb);
    else if (stack.tap.active) {
      const reason =
        tunnel?.kind === 'vxlan' ? `no VXLAN device here has the VNI ${tunnel.vni}` : 'it carries no VXLAN header';
      stack.report('decapsulate', outer, skb, { verdict: 'drop', reason });
    }
    return true;
  };
}
