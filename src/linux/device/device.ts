import type { IpAddress, MacAddress } from '../packet/address.ts';
import type { Frame } from '../packet/packet.ts';
import { frameLength } from '../packet/size.ts';
import type { Skb } from '../packet/skb.ts';
import type { InterfaceAddress } from './interface-address.ts';
import type { Neighbour } from './neighbour.ts';

/** Sees each frame of a namespace's devices: coming in before anything else does, going out when all is done with it. */
export type FrameListener = (device: Device, frame: Frame, skb: Skb, direction: 'in' | 'out') => void;

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
  readonly tx: DeviceCounters = { packets: 0, bytes: 0, errors: 0, dropped: 0 };
  /** In the order in which `ip addr` shows them (the kernel's ifa_list). */
  readonly addresses: InterfaceAddress[] = [];
  readonly neighbours = new Map<IpAddress, Neighbour>();

  constructor(settings: DeviceSettings) {
    this.name = settings.name;
    this.mac = settings.mac;
    this.mtu = settings.mtu;
    this.queueLength = settings.queueLength ?? 1000;
  }

  /** The index of the device at the other end, which may be another namespace's. */
  abstract get linkIndex(): number | undefined;
  /** Where the other end is: a namespace, or the wire between machines; `undefined`: there is no other end. */
  abstract get linkNamespace(): { readonly name: string } | undefined;
  /** Is the other end up? */
  abstract get carrier(): boolean;
  /** IFF_BROADCAST, IFF_MULTICAST: it needs ARP. */
  get ethernet(): boolean {
    return this.kind !== 'loopback';
  }

  /** Sends a frame (dev_hard_start_xmit): packet sockets see it as the driver gets it. */
  send(frame: Frame, skb: Skb): void {
    this.host?.listener?.(this, frame, skb, 'out');
    this.transmit(frame, skb);
  }

  /** The driver's part: it arrives later, or is lost with a tap event that says why. */
  protected abstract transmit(frame: Frame, skb: Skb): void;
  /** Tells the other end that this one went up or down. */
  abstract stateChanged(): void;
  /** Unplugs the device for good; @returns devices that vanish with it (a veth's peer). */
  abstract destroy(): readonly Device[];

  protected countSent(frame: Frame): void {
    this.tx.packets++;
    this.tx.bytes += frameLength(frame);
  }

  /** A frame has come in from the link. */
  protected receive(frame: Frame, skb: Skb): void {
    this.rx.packets++;
    this.rx.bytes += frameLength(frame);
    this.host?.listener?.(this, frame, skb, 'in');
    this.host?.receive(this, frame, skb);
  }
}
