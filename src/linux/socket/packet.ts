import { Channel } from '../../simulation/channel.ts';
import type { Milliseconds } from '../../simulation/clock.ts';
import { linkType } from '../capture/link-type.ts';
import type { Device } from '../device/device.ts';
import { hardwareType } from '../device/hardware-type.ts';
import type { NetworkNamespace } from '../namespace.ts';
import { BROADCAST_MAC, type MacAddress } from '../packet/address.ts';
import { type EncodeOptions, encodeFrame, encodePacket } from '../packet/encode.ts';
import { ETHERTYPE_ARP, ETHERTYPE_IP } from '../packet/numbers.ts';
import type { Frame } from '../packet/packet.ts';
import type { Skb } from '../packet/skb.ts';
import { closeWith } from './owner.ts';
import type { SocketOwner } from './socket.ts';

/** One frame as a packet socket got it. */
export interface Captured {
  /** By the wall clock of the simulation. */
  readonly time: Milliseconds;
  /** From the link type's header on, cut to the socket's snapshot length. */
  readonly bytes: Uint8Array;
  /** How many bytes there were. */
  readonly length: number;
  readonly direction: 'in' | 'out';
}

export interface PacketSocketOptions {
  /** Absent: all devices of the namespace, each frame behind a cooked header (LINKTYPE_LINUX_SLL2). */
  readonly device?: Device | undefined;
  /** Which packets it takes, as a program in the kernel would say (SO_ATTACH_FILTER). */
  readonly filter?: ((packet: Captured) => boolean) | undefined;
  readonly snapLength?: number;
  /** Takes the device's promiscuous mode. */
  readonly promiscuous?: boolean;
  /** Lab checks' own packets too. */
  readonly probes?: boolean;
}

const COOKED_HEADER = 20;
const ETHERNET_HEADER = 14;
/** What the ring of 2 MiB that libpcap asks for holds of small packets. */
const RING = 8192;
/** PACKET_* of include/uapi/linux/if_packet.h. */
const PACKET = { host: 0, broadcast: 1, multicast: 2, otherHost: 3, outgoing: 4 } as const;

/** The link type of one device's frames. */
export function linkTypeOf(device: Device): number {
  const { linkType: kind } = device.traits;
  return kind === 'ether' || kind === 'loopback' ? linkType.ethernet : linkType.raw;
}

const sockets = new WeakMap<NetworkNamespace, Set<PacketSocket>>();

/** A packet socket as libpcap uses one (packet(7)): it sees frames, and takes none away. */
export class PacketSocket {
  readonly #options: PacketSocketOptions;
  readonly #clock: { wall(): Milliseconds };
  readonly #queue: Channel<Captured>;
  readonly #close: () => void;
  /** Packets that the filter let through. */
  received = 0;
  /** Those among them for which there was no room. */
  dropped = 0;

  private constructor(netns: NetworkNamespace, options: PacketSocketOptions, close: () => void) {
    const { clock } = netns.stack;
    this.#options = options;
    this.#clock = clock;
    this.#queue = new Channel(clock, RING);
    this.#close = close;
  }

  static open(netns: NetworkNamespace, owner: SocketOwner, options: PacketSocketOptions = {}): PacketSocket {
    const { device, promiscuous = false } = options;
    if (promiscuous && device !== undefined) device.promiscuity++;
    const others = sockets.get(netns) ?? new Set();
    sockets.set(netns, others);
    const socket = new PacketSocket(netns, options, () => {
      forget();
      others.delete(socket);
      if (promiscuous && device !== undefined) device.promiscuity--;
      if (others.size === 0) netns.listener = undefined;
    });
    const forget = closeWith(owner, () => socket.close());
    others.add(socket);
    netns.listener = {
      see: (at, frame, skb, direction) => {
        for (const each of others) each.#look(at, frame, skb, direction);
      },
      gone: (at) => {
        for (const each of others) if (each.#options.device === at) each.close();
      },
    };
    return socket;
  }

  get linkType(): number {
    const { device } = this.#options;
    return device === undefined ? linkType.cooked : linkTypeOf(device);
  }

  /** The next packet; `undefined` once it is closed, or its device is gone from the namespace. */
  receive(signal?: AbortSignal): Promise<Captured | undefined> {
    return this.#queue.receive(signal);
  }

  close(): void {
    if (this.#queue.closed) return;
    this.#queue.close();
    this.#close();
  }

  #look(device: Device, frame: Frame, skb: Skb, direction: 'in' | 'out'): void {
    const { device: only, probes = false, filter, snapLength = 262144 } = this.#options;
    if (only !== undefined && only !== device) return;
    if (skb.probe !== undefined && !probes) return;
    // libpcap's linux_check_direction: on loopback each packet comes in too, and is not to be seen twice.
    if (device.kind === 'loopback' && direction === 'out') return;
    const { partialChecksum } = skb;
    const whole =
      only === undefined
        ? cooked(device, frame, direction, { partialChecksum })
        : bare(device, frame, { partialChecksum });
    const bytes = whole.length > snapLength ? whole.subarray(0, snapLength) : whole;
    const captured = { time: this.#clock.wall(), bytes, length: whole.length, direction };
    if (filter !== undefined && !filter(captured)) return;
    this.received++;
    if (!this.#queue.offer(captured)) this.dropped++;
  }
}

/** As the device has it: with an Ethernet header, or without any. */
function bare(device: Device, frame: Frame, options: EncodeOptions): Uint8Array {
  if (linkTypeOf(device) === linkType.ethernet || frame.payload.kind === 'arp') return encodeFrame(frame, options);
  return encodePacket(frame.payload, options);
}

/** Behind the header that says which device it was, and how it came (LINKTYPE_LINUX_SLL2). */
function cooked(device: Device, frame: Frame, direction: 'in' | 'out', options: EncodeOptions): Uint8Array {
  const inner = encodeFrame(frame, options).subarray(ETHERNET_HEADER);
  const bytes = new Uint8Array(COOKED_HEADER + inner.length);
  const view = new DataView(bytes.buffer);
  const raw = linkTypeOf(device) === linkType.raw;
  view.setUint16(0, frame.payload.kind === 'arp' ? ETHERTYPE_ARP : ETHERTYPE_IP);
  view.setUint32(4, device.index);
  view.setUint16(8, hardwareType(device));
  view.setUint8(10, packetType(device, frame.destination, direction));
  view.setUint8(11, raw ? 0 : 6);
  if (!raw) {
    view.setUint16(12, Math.floor(frame.source / 0x100000000));
    view.setUint32(14, frame.source % 0x100000000);
  }
  bytes.set(inner, COOKED_HEADER);
  return bytes;
}

function packetType(device: Device, destination: MacAddress, direction: 'in' | 'out'): number {
  if (direction === 'out') return PACKET.outgoing;
  if (!device.ethernet) return PACKET.host;
  if (destination === BROADCAST_MAC) return PACKET.broadcast;
  if (Math.floor(destination / 0x10000000000) % 2 === 1) return PACKET.multicast;
  return destination === device.mac ? PACKET.host : PACKET.otherHost;
}
