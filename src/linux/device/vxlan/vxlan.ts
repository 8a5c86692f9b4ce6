import type { Stack } from '../../ip/stack.ts';
import { NetlinkError } from '../../netlink-error.ts';
import { formatIp, formatMac, type IpAddress } from '../../packet/address.ts';
import { flowHash, flowPort } from '../../packet/flow-hash.ts';
import type { Frame, IpPacket, UdpDatagram, VxlanPayload } from '../../packet/packet.ts';
import type { Skb } from '../../packet/skb.ts';
import { Device, type DeviceSettings, type DeviceTraits, ETHERNET } from '../device.ts';
import { decapsulatedTos, encapsulatedTos } from '../tunnel-tos.ts';
import { type VxlanEntry, VxlanFdb, type VxlanRemote } from './fdb.ts';
import { closeVxlan, openVxlan } from './port.ts';

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
const EMPTY = new Uint8Array();

/** VXLAN (RFC 7348), Linux's way: drivers/net/vxlan. */
export class Vxlan extends Device {
  readonly kind = 'vxlan';
  readonly fdb: VxlanFdb;
  readonly vni: number;
  readonly udpPort: number;
  config: VxlanConfig;
  readonly #stack: Stack;
  #sending = false;

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

  get linkIndex(): undefined {
    return undefined;
  }

  get linkNamespace(): undefined {
    return undefined;
  }

  get carrier(): boolean {
    return this.up;
  }

  /** vxlan_xmit: to every remote of the entry for the frame's address, or of the all-zero entry. */
  protected transmit(frame: Frame, skb: Skb): void {
    if (skb.segmentSize > 0) {
      this.cut(frame, skb, (piece, copy) => this.transmit(piece, copy));
      return;
    }
    const entry = this.fdb.use(frame.destination) ?? this.fdb.use(0);
    if (entry === undefined) {
      this.#drop(frame, skb, `no entry for ${formatMac(frame.destination)} (bridge fdb), and none for all others`);
      return;
    }
    if (this.#sending) {
      this.#drop(frame, skb, `the way to its other end leads through ${this.name} itself`);
      return;
    }
    const last = entry.remotes.length - 1;
    for (const [i, remote] of entry.remotes.entries()) {
      this.#encapsulate(entry, remote, frame, i === last ? skb : skb.copy());
    }
  }

  /** vxlan_xmit_one */
  #encapsulate(entry: VxlanEntry, remote: VxlanRemote, frame: Frame, skb: Skb): void {
    if (remote.address === 0) {
      this.#drop(frame, skb, 'its entry has no address');
      return;
    }
    const { config } = this;
    const inner = frame.payload.kind === 'ip' ? frame.payload : undefined;
    const range = config.sourcePorts[1] === 0 ? this.#stack.sysctl.localPorts : config.sourcePorts;
    const payload: UdpDatagram = {
      protocol: 'udp',
      sourcePort: flowPort(inner === undefined ? arpHash(frame) : flowHash(inner), range),
      destinationPort: remote.port ?? this.udpPort,
      data: EMPTY,
      tunnel: { kind: 'vxlan', vni: remote.vni ?? this.vni, frame },
    };
    this.countSent(frame);
    skb.scrub(this.host?.name !== this.#stack.name);
    // Where the frame's packet has no checksum to leave to the device, the datagram's own is left to it (udp_set_csum).
    const ports = inner?.payload.protocol === 'tcp' || inner?.payload.protocol === 'udp';
    if (!ports) skb.partialChecksum = true;
    this.#sending = true;
    const errno = this.#stack.ip.send(
      {
        source: config.local,
        destination: remote.address,
        payload,
        ttl: config.ttl === 'inherit' ? inner?.ttl : config.ttl === 0 ? undefined : config.ttl,
        tos: encapsulatedTos(config.tos, inner?.tos ?? 0),
        dontFragment: config.df === 'set' || (config.df === 'inherit' && inner?.dontFragment === true),
        device: remote.via ?? config.lower,
        reason: this.#stack.tap.active ? entryText(entry, remote, this.name) : undefined,
        inner: { device: this, packet: frame },
      },
      skb,
    );
    this.#sending = false;
    if (errno !== undefined) this.tx.errors++;
  }

  /** vxlan_rcv: a packet for this VNI has come to the UDP port. */
  arrive(outer: IpPacket, { frame }: VxlanPayload, skb: Skb): void {
    const { tap } = this.#stack;
    let refused: string | undefined;
    if (frame.source === this.mac) refused = `its sender's MAC address is ${this.name}'s own: it has gone in a circle`;
    else if (this.config.learning && !this.fdb.learn(frame.source, { address: outer.source })) {
      refused = `${formatMac(frame.source)} is known to be behind another address for good`;
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

  #drop(frame: Frame, skb: Skb, reason: string): void {
    this.tx.dropped++;
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

function arpHash({ payload }: Frame): number {
  if (payload.kind !== 'arp') return 0;
  return Math.imul(Number(payload.senderIp) ^ Number(payload.targetIp), 0x85ebca6b) >>> 0;
}

/** As `bridge fdb` prints it. */
function entryText({ mac, state }: VxlanEntry, { address }: VxlanRemote, device: string): string {
  const shown = state === 'dynamic' ? '' : ` ${state}`;
  return `${formatMac(mac)} dev ${device} dst ${formatIp(address)} self${shown}`;
}
