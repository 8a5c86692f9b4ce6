import type { Stack } from '../../ip/stack.ts';
import { NetlinkError } from '../../netlink-error.ts';
import { formatIp, formatMac, type IpAddress, type MacAddress } from '../../packet/address.ts';
import { flowHash, flowPort } from '../../packet/flow-hash.ts';
import type { Frame, IpPacket, UdpDatagram, VxlanPayload } from '../../packet/packet.ts';
import { linkLength } from '../../packet/segmentation.ts';
import { frameLength } from '../../packet/size.ts';
import type { Skb } from '../../packet/skb.ts';
import { Device, type DeviceSettings, type DeviceTraits, ETHERNET } from '../device.ts';
import { congestionUntold, decapsulatedTos, encapsulatedTos } from '../tunnel-tos.ts';
import { type VxlanEntry, VxlanFdb, type VxlanRemote } from './fdb.ts';
import { pathMtuError } from './path-mtu.ts';
import { closeVxlan, findVxlan, openVxlan, type VxlanEnd } from './port.ts';

/** What is said when it is made or changed. */
export interface VxlanConfig {
  vni: number | undefined;
  remote: IpAddress | undefined;
  local: IpAddress | undefined;
  lower: Device | undefined;
  port: number | undefined;
  /** 0 0: the range of net.ipv4.ip_local_port_range. */
  sourcePorts: readonly [number, number];
  learning: boolean;
  /** 0: the namespace's default. */
  ttl: number | 'inherit';
  tos: number | 'inherit';
  df: 'unset' | 'set' | 'inherit';
  /** Seconds. */
  ageing: number;
}

const TRAITS: DeviceTraits = { ...ETHERNET, tellsCarrier: false };
const BARE_TRAITS: DeviceTraits = { ...TRAITS, tsoMaxSize: 65536 };
/** Outer IP, UDP and VXLAN headers and the inner Ethernet header (VXLAN_HEADROOM). */
export const HEADROOM = 50;
const ETHERNET_HEADER = 14;
/** INADDR_LOOPBACK */
const LOOPBACK: IpAddress = 0x7f000001;
/** What is no IP packet has no flow: all of it is one. */
const ARP_HASH = 0x85ebca6b;
const EMPTY = new Uint8Array();

/** VXLAN (RFC 7348), Linux's way: drivers/net/vxlan. */
export class Vxlan extends Device {
  readonly kind = 'vxlan';
  readonly fdb: VxlanFdb;
  readonly vni: number;
  readonly udpPort: number;
  config: VxlanConfig;
  readonly #stack: Stack;
  #bypassing = false;

  constructor(settings: DeviceSettings, stack: Stack, config: VxlanConfig, vni: number, port: number) {
    super(settings);
    this.#stack = stack;
    this.config = config;
    this.vni = vni;
    this.udpPort = port;
    this.fdb = new VxlanFdb(stack.clock);
  }

  override get traits(): DeviceTraits {
    return this.config.lower === undefined ? BARE_TRAITS : TRAITS;
  }

  override get lower(): Device | undefined {
    return this.config.lower;
  }

  /** vxlan_get_link_ksettings: its lower device's. */
  override get linkCost(): number {
    return this.config.lower?.linkCost ?? 100;
  }

  get linkIndex(): undefined {
    return undefined;
  }

  get linkNamespace(): undefined {
    return undefined;
  }

  get carrier(): boolean {
    return this.up;
  }

  /** vxlan_rcv and iptunnel_xmit count what is behind the Ethernet header. */
  protected override counted(frame: Frame): number {
    return frameLength(frame) - ETHERNET_HEADER;
  }

  /** vxlan_xmit: to every remote of the entry for the frame's address, or of the all-zero entry. */
  protected transmit(frame: Frame, skb: Skb): void {
    const entry = this.fdb.use(frame.destination) ?? this.fdb.use(0);
    if (entry === undefined) {
      this.tx.dropped++;
      this.#refuse(frame, skb, `no entry for ${formatMac(frame.destination)} (bridge fdb), and none for all others`);
      return;
    }
    const last = entry.remotes.length - 1;
    for (const [i, remote] of entry.remotes.entries()) {
      this.#encapsulate(entry, remote, frame, i === last ? skb : skb.copy());
    }
  }

  /** vxlan_xmit_one */
  #encapsulate(entry: VxlanEntry, remote: VxlanRemote, frame: Frame, skb: Skb): void {
    const { address: destination, via: device } = remote;
    if (destination === 0) {
      this.tx.dropped++;
      this.#refuse(frame, skb, 'its entry has no address');
      return;
    }
    const { config } = this;
    const { local: source, df } = config;
    const stack = this.#stack;
    const inner = frame.payload.kind === 'ip' ? frame.payload : undefined;
    const payload = this.#datagram(remote, frame);
    const tos = encapsulatedTos(config.tos, inner?.tos ?? 0);
    // An entry's end is reached whatever way there is; the device's own remote by its lower device alone.
    const flow = { source, destination, tos, payload, mark: skb.mark, device };
    const own = source === undefined || stack.fib.isLocal(source);
    const way = own ? stack.ip.pathOf(flow) : undefined;
    if (way === undefined) {
      this.tx.errors++;
      this.tx.carrier++;
      const from = source === undefined ? '' : ` from ${formatIp(source)}`;
      this.#refuse(frame, skb, `there is no way to its other end ${formatIp(destination)}${from}`);
      return;
    }
    if (way.device === this) {
      this.tx.errors++;
      this.tx.collisions++;
      this.#refuse(frame, skb, `the way to its other end leads through ${this.name} itself`);
      return;
    }
    if (way.route?.type === 'local') {
      this.#bypass(findVxlan(stack, payload.destinationPort, remote.vni ?? this.vni), frame, skb);
      return;
    }
    if (inner !== undefined && linkLength(inner, skb.segmentSize) > way.mtu - HEADROOM) {
      if (this.#tooLong(frame, inner, skb, way.mtu - HEADROOM)) return;
    }
    const { outerDf } = skb;
    skb.scrub(this.host?.name !== stack.name);
    // Where the frame's packet has no checksum to leave to the device, the datagram's own is left to it (udp_set_csum).
    const ports = inner?.payload.protocol === 'tcp' || inner?.payload.protocol === 'udp';
    if (!ports) skb.partialChecksum = true;
    const told = way.device.toldDrops;
    const errno = stack.ip.send(
      {
        ...flow,
        ttl: config.ttl === 'inherit' ? inner?.ttl : config.ttl === 0 ? undefined : config.ttl,
        dontFragment: outerDf ?? (df === 'set' || (df === 'inherit' && inner?.dontFragment === true)),
        mark: undefined,
        reason: stack.tap.active ? entryText(entry, remote, this.name) : undefined,
        inner: { device: this, packet: frame },
      },
      skb,
    );
    // iptunnel_xmit_stats: what the way out drops at once counts here too.
    if (errno === undefined && way.device.toldDrops === told) this.countSent(frame);
    else this.tx.dropped++;
  }

  #datagram({ port, vni }: VxlanRemote, frame: Frame): UdpDatagram {
    const { sourcePorts } = this.config;
    const range = sourcePorts[1] === 0 ? this.#stack.sysctl.localPorts : sourcePorts;
    return {
      protocol: 'udp',
      sourcePort: flowPort(frame.payload.kind === 'ip' ? flowHash(frame.payload) : ARP_HASH, range),
      destinationPort: port ?? this.udpPort,
      data: EMPTY,
      tunnel: { kind: 'vxlan', vni: vni ?? this.vni, frame },
    };
  }

  /**
   * skb_tunnel_check_pmtu: the packet goes on, in fragments, but from now on its way is known to be narrower. @returns true
   * where its sender is told instead: a bridge has led it here, which knows no ways.
   */
  #tooLong(frame: Frame, inner: IpPacket, skb: Skb, mtu: number): boolean {
    const { tap } = this.#stack;
    if (skb.routed) this.#learn(inner, skb, mtu);
    if (this.port === undefined || skb.routed || skb.link === undefined) return false;
    const error = pathMtuError(inner, mtu);
    if (error === undefined) return false;
    if (tap.active)
      this.#refuse(frame, skb, `longer than its way takes (${mtu}), and not to be cut: its sender is told`);
    this.#pass(this, { source: frame.destination, destination: frame.source, payload: error }, skb.fork());
    return true;
  }

  /** ip_rt_update_pmtu */
  #learn({ source, destination, tos }: IpPacket, { mark }: Skb, mtu: number): void {
    const { ip } = this.#stack;
    const path = ip.pathOf({ source, destination, tos, mark, device: this.port === undefined ? this : undefined });
    if (path !== undefined) ip.exceptions.learnMtu(path, destination, mtu);
  }

  /** encap_bypass_if_local: what is for this namespace's own VXLAN device is not put into packets. */
  #bypass(to: VxlanEnd | undefined, frame: Frame, skb: Skb): void {
    if (to === undefined) {
      this.tx.errors++;
      this.#refuse(frame, skb, 'its other end is this namespace, which has no such VXLAN device');
      return;
    }
    if (this.#stack.tap.active) {
      const reason = 'its other end is in this namespace too';
      this.#stack.report('encapsulate', frame, skb, { device: this, verdict: 'accept', reason });
    }
    to.learn(frame);
    this.#pass(to, frame, skb);
  }

  /** vxlan_encap_bypass */
  #pass(to: VxlanEnd, frame: Frame, skb: Skb): void {
    this.tx.packets++;
    this.tx.bytes += frameLength(frame);
    this.#stack.clock.after(0, () => to.take(frame, skb));
  }

  learn(frame: Frame): void {
    if (this.up && this.config.learning) this.fdb.learn(frame.source, { address: LOOPBACK });
  }

  take(frame: Frame, skb: Skb): void {
    if (!this.up) {
      this.rx.dropped++;
      return;
    }
    this.#bypassing = true;
    this.receive(frame, skb);
    this.#bypassing = false;
    this.rx.bytes += ETHERNET_HEADER;
  }

  /** What came without a tunnel is taken to be for this namespace, whatever its address (PACKET_HOST). */
  override accepts(mac: MacAddress): boolean {
    return this.#bypassing || super.accepts(mac);
  }

  /** vxlan_rcv: a packet for this VNI has come to the UDP port. */
  arrive(outer: IpPacket, { frame }: VxlanPayload, skb: Skb): void {
    const { tap } = this.#stack;
    const { payload } = frame;
    let refused: string | undefined;
    if (frame.source === this.mac) refused = `its sender's MAC address is ${this.name}'s own: it has gone in a circle`;
    else if (this.config.learning && !this.fdb.learn(frame.source, { address: outer.source })) {
      refused = `${formatMac(frame.source)} is known to be behind another address for good`;
    } else if (payload.kind === 'ip' && congestionUntold(payload.tos, outer.tos)) {
      refused = 'it met congestion, of which its sender does not want to hear';
      this.rx.errors++;
    } else if (!this.up) {
      refused = `${this.name} is down`;
      this.rx.dropped++;
    }
    if (tap.active) {
      const verdict = refused === undefined ? 'accept' : 'drop';
      this.#stack.report('decapsulate', outer, skb, { device: this, verdict, reason: refused, after: frame });
    }
    if (refused !== undefined) return;
    skb.scrub(this.host?.name !== this.#stack.name);
    skb.outerDf = outer.dontFragment;
    this.receive(unpacked(frame, outer), skb);
  }

  stateChanged(): void {
    if (this.up) openVxlan(this.#stack, this);
    else closeVxlan(this.#stack, this);
  }

  destroy(): readonly Device[] {
    closeVxlan(this.#stack, this);
    return [];
  }

  #refuse(frame: Frame, skb: Skb, reason: string): void {
    if (!this.#stack.tap.active) return;
    this.#stack.report('encapsulate', frame, skb, { device: this, verdict: 'drop', reason });
  }

  /** vxlan_change_mtu: what fits into the lower device's packets. */
  override setMtu(mtu: number): void {
    const { lower } = this.config;
    if (lower !== undefined && mtu > lower.mtu - HEADROOM) throw new NetlinkError('EINVAL');
    super.setMtu(mtu);
  }
}

function unpacked(frame: Frame, outer: IpPacket): Frame {
  const { payload } = frame;
  if (payload.kind !== 'ip') return frame;
  const tos = decapsulatedTos(payload.tos, outer.tos);
  return tos === payload.tos ? frame : { ...frame, payload: { ...payload, tos } };
}

/** As `bridge fdb` prints it. */
function entryText({ mac, state }: VxlanEntry, { address }: VxlanRemote, device: string): string {
  const shown = state === 'dynamic' ? '' : ` ${state}`;
  return `${formatMac(mac)} dev ${device} dst ${formatIp(address)} self${shown}`;
}
