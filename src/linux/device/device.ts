import { NetlinkError } from '../netlink-error.ts';
import type { IpAddress, MacAddress } from '../packet/address.ts';
import type { Frame } from '../packet/packet.ts';
import { segments } from '../packet/segmentation.ts';
import { frameLength } from '../packet/size.ts';
import type { Skb } from '../packet/skb.ts';
import { type InetSettings, inetDefaults, type NeighbourSettings, neighbourDefaults } from './inet-settings.ts';
import type { InterfaceAddress } from './interface-address.ts';
import type { Neighbour } from './neighbour.ts';

/** Sees each frame of a namespace's devices: coming in before anything else does, going out when all is done with it. */
export interface FrameListener {
  see(device: Device, frame: Frame, skb: Skb, direction: 'in' | 'out'): void;
  /** The device has left the namespace. */
  gone(device: Device): void;
}

/** What a device hands frames to: its namespace. */
export interface LinkHost {
  /** The namespace's full name. */
  readonly name: string;
  /** Its packet sockets (`socket/packet.ts`), while there are any. */
  listener: FrameListener | undefined;
  receive(device: Device, frame: Frame, skb: Skb): void;
  /** The carrier came or went. */
  carrierChanged(device: Device): void;
  /** The device is gone: its peer was deleted. */
  removed(device: Device): void;
}

/** Counters as `ip -s link` and `/sys/class/net/X/statistics` show them. */
export interface DeviceCounters {
  packets: number;
  bytes: number;
  errors: number;
  dropped: number;
}

export interface SentCounters extends DeviceCounters {
  /** A tunnel's outer packet had no way out (tx_carrier_errors). */
  carrier: number;
  /** A tunnel's outer packet would have gone into the tunnel again. */
  collisions: number;
}

/**
 * Who takes a device's frames before its namespace's own layers see them, and whose part the device is: the kernel's
 * rx_handler and master.
 */
export interface DevicePort {
  readonly master: Device;
  /** A frame has come in by the device. */
  receive(frame: Frame, skb: Skb): void;
  /** The device went up or down, or its carrier, MAC address or MTU is another. */
  changed(): void;
  /** The device leaves its master. */
  leave(): void;
}

/** What a device does of the stack's work (`ethtool -k`). */
export interface Offload {
  /** Writes the checksums of TCP and UDP. */
  readonly tx: boolean;
  /** Cuts long TCP packets (asked for; without `tx` it can't). */
  readonly tso: boolean;
}

export const ALL_OFFLOAD: Offload = { tx: true, tso: true };
/** Where a packet leaves for a link of another kind, it has to fit. */
export const NO_SEGMENTATION: Offload = { tx: true, tso: false };

/** Who decides when, and whether, a device's frames go out: `tc qdisc`. */
export interface QueueingDiscipline {
  readonly kind: string;
  /** Sends the frame with the device's `hardSend`, now or later, or drops it with a tap event. */
  enqueue(frame: Frame, skb: Skb): void;
}

/** What all devices of a kind have in common, as `ip -d link` shows it. */
export interface DeviceTraits {
  /** `link/TYPE`. */
  readonly linkType: 'ether' | 'loopback' | 'ipip' | 'none';
  /** Frames have MAC addresses. */
  readonly ethernet: boolean;
  /** The next hop's MAC address is asked for by ARP. */
  readonly arp: boolean;
  /** The flags that never change, in the order of `ip link`. */
  readonly flags: readonly string[];
  /** Does it tell when its carrier comes and goes? Else its state is UNKNOWN while it is up. */
  readonly tellsCarrier: boolean;
  readonly leastMtu: number;
  /** 0: no limit is told. */
  readonly mostMtu: number;
  readonly queues: number;
  /** tso_max_size. */
  readonly tsoMaxSize: number;
  /** It can't be moved to another namespace. */
  readonly immovable: boolean;
}

/** ether_setup, and what most Ethernet drivers have. */
export const ETHERNET: DeviceTraits = {
  linkType: 'ether',
  ethernet: true,
  arp: true,
  flags: ['BROADCAST', 'MULTICAST'],
  tellsCarrier: true,
  // ETH_MIN_MTU and ETH_MAX_MTU.
  leastMtu: 68,
  mostMtu: 65535,
  queues: 1,
  tsoMaxSize: 524280,
  immovable: false,
};

export interface DeviceSettings {
  readonly name: string;
  readonly mac: MacAddress;
  readonly mtu: number;
  /** By default 1000 packets, as the kernel's ether_setup has it. */
  readonly queueLength?: number;
}

/** A network device. The host gives it its index and tells it when it goes up or moves. */
export abstract class Device {
  /** As `ip link show type KIND` names it. */
  abstract readonly kind: string;
  /** Unique in its namespace, never given twice. */
  index = 0;
  name: string;
  mac: MacAddress;
  mtu: number;
  /** txqueuelen; 0 is not shown. */
  queueLength: number;
  up = false;
  /** Has it been up before? Until then its queueing discipline is `noop`. */
  wasUp = false;
  host: LinkHost | undefined;
  readonly rx: DeviceCounters = { packets: 0, bytes: 0, errors: 0, dropped: 0 };
  readonly tx: SentCounters = { packets: 0, bytes: 0, errors: 0, dropped: 0, carrier: 0, collisions: 0 };
  /** In the order in which `ip addr` shows them (the kernel's ifa_list). */
  readonly addresses: InterfaceAddress[] = [];
  readonly neighbours = new Map<IpAddress, Neighbour>();
  /** `ip link set DEV arp|multicast|allmulticast|promisc on|off`. */
  asksArp = true;
  multicast = true;
  allMulticast = false;
  promiscuous = false;
  /** `ip link set DEV group N`, `alias TEXT`. */
  group = 0;
  alias = '';
  /** How many want all frames that come by, for whomever they are: a bridge, a capture. */
  promiscuity = 0;
  /** What it does for the stack; `ethtool -K` changes it. */
  offload: Offload = ALL_OFFLOAD;
  /** Its root queueing discipline, where somebody has set one. */
  queue: QueueingDiscipline | undefined;
  /** Its place in a bridge. */
  port: DevicePort | undefined;
  /** What net.ipv4.conf and net.ipv4.neigh say for it; `Sysctl` writes them. */
  inet: InetSettings = inetDefaults;
  arp: NeighbourSettings = neighbourDefaults;

  constructor(settings: DeviceSettings) {
    this.name = settings.name;
    this.mac = settings.mac;
    this.mtu = settings.mtu;
    this.queueLength = settings.queueLength ?? 1000;
  }

  /** The index of the device at the other end, which may be another namespace's; 0: a tunnel that has none (`@NONE`). */
  abstract get linkIndex(): number | undefined;
  /** Where the other end is: a namespace, or the wire between machines; `undefined`: there is no other end. */
  abstract get linkNamespace(): { readonly name: string } | undefined;
  /** Is the other end up? */
  abstract get carrier(): boolean;

  /** A tunnel's ends, which stand where other devices have MAC addresses; 0: any. */
  get endpoints(): { readonly local: IpAddress; readonly remote: IpAddress } | undefined {
    return undefined;
  }

  /** How many frames it has dropped and told who sent them (NET_XMIT_DROP); most drivers tell nothing. */
  get toldDrops(): number {
    return 0;
  }

  /** What a bridge takes its link to cost: 2 from 10 Gbit/s on, 100 where it tells no speed (port_cost in br_if.c). */
  get linkCost(): number {
    return 2;
  }

  /** The device that it stands on and can't be without. */
  get lower(): Device | undefined {
    return undefined;
  }

  get traits(): DeviceTraits {
    return ETHERNET;
  }

  /** Frames have MAC addresses. */
  get ethernet(): boolean {
    return this.traits.ethernet;
  }

  /** ARP finds the next hop's MAC address. */
  get needsArp(): boolean {
    return this.traits.arp && this.asksArp;
  }

  /** Is a frame to this address for its namespace (PACKET_HOST)? */
  accepts(mac: MacAddress): boolean {
    return mac === this.mac;
  }

  /** Throws what `ip link set up` is refused with (ndo_open). */
  assertCanGoUp(): void {}

  /** Takes another device as its port (ndo_add_slave). Throws EOPNOTSUPP where it is no bridge, and what a bridge refuses. */
  enslave(_device: Device): void {
    throw new NetlinkError('EOPNOTSUPP');
  }

  /** Its MAC address was set by hand. Throws EOPNOTSUPP, EADDRNOTAVAIL. */
  setMac(mac: MacAddress): void {
    if (!this.ethernet) throw new NetlinkError('EOPNOTSUPP');
    if (mac === 0 || Math.floor(mac / 2 ** 40) % 2 === 1) throw new NetlinkError('EADDRNOTAVAIL');
    this.mac = mac;
  }

  /** Its MTU was set by hand. Throws EINVAL. */
  setMtu(mtu: number): void {
    const { leastMtu, mostMtu } = this.traits;
    if (mtu < leastMtu) throw new NetlinkError('EINVAL', 'mtu less than device minimum.');
    if (mostMtu > 0 && mtu > mostMtu) throw new NetlinkError('EINVAL', 'mtu greater than device maximum.');
    this.mtu = mtu;
  }

  /** Sends a frame (dev_queue_xmit). */
  send(frame: Frame, skb: Skb): void {
    if (this.queue !== undefined && this.carrier) this.queue.enqueue(frame, skb);
    else this.hardSend(frame, skb);
  }

  /**
   * dev_hard_start_xmit: packet sockets see the frame as the driver gets it. Without a carrier the queueing discipline is
   * noop, which drops before that.
   */
  hardSend(frame: Frame, skb: Skb): void {
    // validate_xmit_skb: what the device can't do is done for it.
    if (skb.segmentSize > 0 && !this.offload.tso) {
      this.cut(frame, skb, (piece, copy) => this.hardSend(piece, copy));
      return;
    }
    if (skb.partialChecksum && !this.offload.tx) skb.partialChecksum = false;
    if (this.carrier) this.host?.listener?.see(this, frame, skb, 'out');
    this.transmit(frame, skb);
  }

  /** Makes of a long TCP packet the frames that it stands for. */
  protected cut(frame: Frame, skb: Skb, send: (frame: Frame, skb: Skb) => void): void {
    const { payload } = frame;
    const size = skb.segmentSize;
    for (const piece of payload.kind === 'ip' ? segments(payload, size) : [payload]) {
      const copy = skb.copy();
      copy.segmentSize = 0;
      copy.nextHop = skb.nextHop;
      send({ ...frame, payload: piece }, copy);
    }
  }

  /** The driver's part: it arrives later, or is lost with a tap event that says why. */
  protected abstract transmit(frame: Frame, skb: Skb): void;
  /** Tells the other end that this one went up or down. */
  abstract stateChanged(): void;
  /** Unplugs the device for good; @returns devices that vanish with it (a veth's peer). */
  abstract destroy(): readonly Device[];

  /** The bytes of a frame that the counters count. */
  protected counted(frame: Frame): number {
    return frameLength(frame);
  }

  /** The same, of a frame that came in. */
  protected countedIn(frame: Frame): number {
    return this.counted(frame);
  }

  protected countSent(frame: Frame): void {
    this.tx.packets++;
    this.tx.bytes += this.counted(frame);
  }

  /** A frame has come in from the link. */
  protected receive(frame: Frame, skb: Skb): void {
    this.rx.packets++;
    this.rx.bytes += this.countedIn(frame);
    this.host?.listener?.see(this, frame, skb, 'in');
    if (this.port !== undefined) this.port.receive(frame, skb);
    else this.host?.receive(this, frame, skb);
  }
}
