import type { Stack } from '../../ip/stack.ts';
import { NetlinkError } from '../../netlink-error.ts';
import { formatIp, type IpAddress } from '../../packet/address.ts';
import type { Frame, IpPacket } from '../../packet/packet.ts';
import { IP_HEADER, packetLength } from '../../packet/size.ts';
import type { Skb } from '../../packet/skb.ts';
import { Device, type DeviceSettings, type DeviceTraits, ETHERNET } from '../device.ts';
import type { TunnelHeader } from '../tunnel-properties.ts';
import { decapsulatedTos, encapsulatedTos } from '../tunnel-tos.ts';

/** What is said when it is made or changed (struct ip_tunnel_parm). */
export interface IpipConfig extends TunnelHeader {
  /** 0: any; the packet's next hop is its other end then. */
  remote: IpAddress;
  /** 0: any. */
  local: IpAddress;
  lower: Device | undefined;
  /** The outer packet may not be cut up either. */
  pathMtuDiscovery: boolean;
  /** False for tunl0 alone, which takes what no other tunnel does. */
  named: boolean;
}

const TRAITS: DeviceTraits = {
  ...ETHERNET,
  linkType: 'ipip',
  ethernet: false,
  arp: false,
  flags: ['NOARP'],
  tellsCarrier: false,
  leastMtu: 0,
  mostMtu: 0,
  tsoMaxSize: 65536,
};
const POINT_TO_POINT: DeviceTraits = { ...TRAITS, flags: ['POINTOPOINT', 'NOARP'] };
const LEAST_MTU = 68;
const MOST_MTU = 65535 - IP_HEADER;

/** IP in IP (RFC 2003; net/ipv4/ipip.c and ip_tunnel.c). */
export class Ipip extends Device {
  readonly kind = 'ipip';
  config: IpipConfig;
  readonly #stack: Stack;

  constructor(settings: DeviceSettings, stack: Stack, config: IpipConfig) {
    super({ ...settings, mac: 0 });
    this.#stack = stack;
    this.config = config;
  }

  override get traits(): DeviceTraits {
    return this.config.remote === 0 ? TRAITS : POINT_TO_POINT;
  }

  override get endpoints() {
    return this.config;
  }

  override get lower(): Device | undefined {
    return this.config.lower;
  }

  get linkIndex(): number {
    return this.config.lower?.index ?? 0;
  }

  get linkNamespace(): undefined {
    return undefined;
  }

  get carrier(): boolean {
    return this.up;
  }

  /** __ip_tunnel_change_mtu */
  override setMtu(mtu: number): void {
    if (mtu < LEAST_MTU || mtu > MOST_MTU) throw new NetlinkError('EINVAL');
    this.mtu = mtu;
  }

  /** ip_tunnel_xmit. A long TCP packet stays one: who sends the outer packet cuts it (iptunnel_handle_offloads). */
  protected transmit(frame: Frame, skb: Skb): void {
    const { payload: inner } = frame;
    const { remote, local, ttl, pathMtuDiscovery, lower: device } = this.config;
    if (inner.kind !== 'ip') {
      this.#refuse(frame, skb, 'only IP packets fit into it');
      return;
    }
    const { fib, ip, tap, name } = this.#stack;
    const destination = remote === 0 ? (skb.nextHop ?? inner.destination) : remote;
    const source = local === 0 ? undefined : local;
    const tos = encapsulatedTos(this.config.tos, inner.tos);
    const payload = { protocol: 'ipip', packet: inner } as const;
    const flow = { source, destination, tos, payload, mark: skb.mark, device };
    const way = source === undefined || fib.isLocal(source) ? ip.pathOf(flow) : undefined;
    if (way === undefined) {
      this.tx.carrier++;
      this.#refuse(frame, skb, `there is no way to ${formatIp(destination)}`);
      return;
    }
    if (way.device === this) {
      this.tx.collisions++;
      this.#refuse(frame, skb, `the way to ${formatIp(destination)} leads through ${this.name} itself`);
      return;
    }
    const dontFragment = pathMtuDiscovery || inner.dontFragment;
    const room = dontFragment ? way.mtu - IP_HEADER : this.mtu;
    if (dontFragment && skb.routed && room <= this.mtu) this.#learn(inner, skb, room);
    if (inner.dontFragment && skb.segmentSize === 0 && packetLength(inner) > room) {
      this.#refuse(frame, skb, `longer than the tunnel's way takes (${room}), and not to be cut`);
      ip.sendError('fragmentation-needed', inner, skb, room);
      return;
    }
    skb.scrub(this.host?.name !== name);
    const told = way.device.toldDrops;
    const errno = ip.send(
      {
        ...flow,
        mark: undefined,
        ttl: ttl === 0 || ttl === 'inherit' ? inner.ttl : ttl,
        dontFragment,
        reason: tap.active ? reasonOf(this.config, destination) : undefined,
        inner: { device: this, packet: inner },
      },
      skb,
    );
    // iptunnel_xmit_stats: what the way out drops at once counts here too.
    if (errno === undefined && way.device.toldDrops === told) this.countSent(frame);
    else this.tx.dropped++;
  }

  /** tnl_update_pmtu: what is sent through the tunnel learns how wide its way is, before a packet is too long. */
  #learn({ source, destination, tos }: IpPacket, { mark }: Skb, room: number): void {
    const { ip } = this.#stack;
    const path = ip.pathOf({ source, destination, tos, mark, device: this });
    if (path === undefined || ip.exceptions.get(path.route, destination)?.mtu === room) return;
    ip.exceptions.learnMtu(path, destination, room);
  }

  /** ip_tunnel_rcv */
  arrive(outer: IpPacket, inner: IpPacket, skb: Skb): void {
    const tos = decapsulatedTos(inner.tos, outer.tos);
    const packet = tos === inner.tos ? inner : { ...inner, tos };
    if (this.#stack.tap.active) {
      this.#stack.report('decapsulate', outer, skb, { device: this, verdict: 'accept', after: packet });
    }
    skb.scrub(this.host?.name !== this.#stack.name);
    this.receive({ source: 0, destination: 0, payload: packet }, skb);
  }

  stateChanged(): void {}

  destroy(): readonly Device[] {
    tunnelsOf(this.#stack).delete(this);
    return [];
  }

  #refuse(frame: Frame, skb: Skb, reason: string): void {
    this.tx.errors++;
    if (!this.#stack.tap.active) return;
    this.#stack.report('encapsulate', frame, skb, { device: this, verdict: 'drop', reason });
  }
}

function reasonOf({ remote }: IpipConfig, destination: IpAddress): string {
  return remote === 0
    ? `the tunnel has no fixed end: the next hop ${formatIp(destination)} is it`
    : `the tunnel's other end is ${formatIp(destination)}`;
}

const known = new WeakMap<Stack, Set<Ipip>>();

/** The namespace's tunnels; the first call is the module's: it listens to protocol 4. */
export function tunnelsOf(stack: Stack): Set<Ipip> {
  const there = known.get(stack);
  if (there !== undefined) return there;
  const tunnels = new Set<Ipip>();
  known.set(stack, tunnels);
  stack.tunnels.ipip = (outer, skb) => {
    const { payload } = outer;
    if (payload.protocol !== 'ipip') return false;
    const tunnel = lookup(tunnels, outer);
    if (tunnel !== undefined) tunnel.arrive(outer, payload.packet, skb);
    else {
      if (stack.tap.active) {
        const reason = `no tunnel that is up is for packets from ${formatIp(outer.source)}`;
        stack.report('decapsulate', outer, skb, { verdict: 'reject', reason });
      }
      // tunnel4_rcv
      stack.ip.sendError('port', outer, skb);
    }
    return true;
  };
  return tunnels;
}

/** ip_tunnel_lookup: the most specific one that is up; tunl0 takes the rest. */
function lookup(tunnels: ReadonlySet<Ipip>, { source, destination }: IpPacket): Ipip | undefined {
  let best: Ipip | undefined;
  let most = -1;
  for (const tunnel of tunnels) {
    const { remote, local, named } = tunnel.config;
    if (!tunnel.up || (remote !== 0 && remote !== source) || (local !== 0 && local !== destination)) continue;
    const score = (remote === 0 ? 0 : 4) + (local === 0 ? 0 : 2) + (named ? 1 : 0);
    if (score > most) [best, most] = [tunnel, score];
  }
  return best;
}
