import type { Device } from '../device/device.ts';
import type { Errno } from '../errno.ts';
import type { Route } from '../ip/route.ts';
import type { IpAddress } from '../packet/address.ts';
import type { IpPacket } from '../packet/packet.ts';
import type { BridgePath, Skb } from '../packet/skb.ts';
import type { SocketOwner } from '../socket/socket.ts';

/** The places on a packet's way through a namespace where netfilter is asked (include/uapi/linux/netfilter.h). */
export const hooks = ['prerouting', 'input', 'forward', 'output', 'postrouting'] as const;
export type Hook = (typeof hooks)[number];

/** Where a routed packet goes (the kernel's dst_entry). */
export interface Path {
  readonly route: Route | undefined;
  readonly device: Device;
  readonly nextHop: IpAddress;
  /** The largest packet that is sent this way in one piece. */
  readonly mtu: number;
}

/**
 * One packet at one hook: what rules look at (nf_hook_state and sk_buff), and what they may change: a rewritten
 * packet takes the place of `packet`, a mark stands in `skb`.
 */
export class Passage {
  readonly hook: Hook;
  packet: IpPacket;
  readonly skb: Skb;
  /** Where it came in; absent for the namespace's own. */
  readonly in: Device | undefined;
  /** Where it goes out; absent before routing. */
  readonly out: Device | undefined;
  /** Where it goes, from routing on. */
  path: Path | undefined = undefined;
  /** The ports of the bridge that it crosses (`-m physdev`), where it crosses one. */
  bridge: BridgePath | undefined;
  /** Whose socket sent it (`-m owner`, `meta skuid`). */
  owner: SocketOwner | undefined = undefined;
  /** A way out that was chosen before no longer fits what the packet has become: the route is looked up again. */
  reroute = false;
  /** What goes on with it when all have accepted it. @returns what sending fails with. */
  readonly ok: (passage: Passage) => Errno | undefined;

  constructor(
    hook: Hook,
    packet: IpPacket,
    skb: Skb,
    input: Device | undefined,
    output: Device | undefined,
    ok: (passage: Passage) => Errno | undefined,
  ) {
    this.hook = hook;
    this.packet = packet;
    this.skb = skb;
    this.in = input;
    this.out = output;
    this.bridge = skb.bridge;
    this.ok = ok;
  }
}
