import type { Clock } from '../../simulation/clock.ts';
import type { Random } from '../../simulation/random.ts';
import type { Device } from '../device/device.ts';
import type { Errno } from '../errno.ts';
import { HookTable } from '../netfilter/hook-table.ts';
import type { Passage, Path } from '../netfilter/passage.ts';
import type { IpAddress } from '../packet/address.ts';
import type { Frame, IcmpError, IpPacket, Segment } from '../packet/packet.ts';
import type { Skb } from '../packet/skb.ts';
import type { Endpoint, SctpSockets, SocketOwner } from '../socket/socket.ts';
import type { Evidence, TapSource } from '../tap/source.ts';
import type { Stage } from '../tap/tap.ts';
import type { Exceptions } from './exceptions.ts';
import type { Fib } from './fib.ts';
import type { OwnFlow } from './flow.ts';
import { Sysctl } from './sysctl.ts';

/** The way down that netfilter and tunnels use. `IpLayer` is it. */
export interface IpOutput {
  /** Sends a packet of this namespace's own. @returns what the system call would fail with. */
  send(outgoing: Outgoing, skb: Skb): Errno | undefined;
  /** Looks the way of a packet at OUTPUT up again. @returns what sending it fails with where there is none. */
  reroute(passage: Passage): Errno | undefined;
  /** Answers `cause` with an ICMP error, where RFC 1122 allows one. */
  sendError(code: IcmpError['code'], cause: IpPacket, skb: Skb, mtu?: number): void;
  /** The largest packet that the path of such packets is known to take. */
  mtuTo(flow: OwnFlow): number;
  /** The way of such packets; `undefined`: there is none. */
  pathOf(flow: OwnFlow): Path | undefined;
  /** The source address that such packets would get; `undefined`: there is no route. */
  sourceFor(flow: OwnFlow): IpAddress | undefined;
  /**
   * Who sent the packet that an ICMP error is about believes what it says of the path: an MTU, or another router.
   * `flow`: how that sender's packets are routed, without ports, as the kernel asks here.
   */
  believe(heard: Heard, flow: OwnFlow): void;
  /** What is known of single destinations: path MTUs and redirects. */
  readonly exceptions: Exceptions;
  /** Sends a packet to a neighbour of a device, past routing and netfilter; its MAC address is asked for. */
  toNeighbour(device: Device, nextHop: IpAddress, packet: IpPacket, skb: Skb): void;
  /** A packet comes in from a device, as if from its link: what a tunnel has unpacked. */
  receive(device: Device, packet: IpPacket, skb: Skb): void;
}

/** A tunnel's end: takes a packet to its port or protocol. @returns false when it is not for it. */
export type TunnelReceiver = (packet: IpPacket, skb: Skb) => boolean;

/** Where the namespace's tunnels listen in the kernel, before any socket. */
export interface Tunnels {
  /** By UDP port. */
  readonly udp: Map<number, TunnelReceiver>;
  /** Protocol 4. */
  ipip: TunnelReceiver | undefined;
}

/** What the parts of one namespace's stack share. */
export class Stack {
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly tap: TapSource;
  readonly fib: Fib;
  readonly sysctl: Sysctl;
  /** By index. */
  readonly devices = new Map<number, Device>();
  readonly hooks: HookTable;
  readonly tunnels: Tunnels = { udp: new Map(), ipip: undefined };
  /** Set once, by the IP layer itself. */
  ip!: IpOutput;
  /**
   * Where a connection that NAT led to `local` wanted to get (SO_ORIGINAL_DST); set by connection tracking when it is
   * switched on. @returns undefined for a connection that it doesn't know.
   */
  originalDestination?: (protocol: 'tcp' | 'sctp', local: Endpoint, remote: Endpoint) => Endpoint | undefined;

  /** Raw sockets, where there was ever one. */
  raw?: Set<ErrorListener>;

  /** Files below /proc/net that parts add when they are first used, by path. */
  readonly files = new Map<string, { readonly read: () => string; readonly write?: (text: string) => void }>();

  /** Set by `sctpOf`; absent: nobody here speaks SCTP. */
  sctp?: SctpSockets;

  /** Told when a device goes down, or has lost an address; set by NAT, which forgets what it has masqueraded to it. */
  lost?: (device: Device, address: IpAddress | undefined) => void;

  constructor(parts: Pick<Stack, 'name' | 'clock' | 'random' | 'tap' | 'fib'>) {
    this.name = parts.name;
    this.clock = parts.clock;
    this.random = parts.random;
    this.tap = parts.tap;
    this.fib = parts.fib;
    const { fib, random } = parts;
    const sysctl = new Sysctl(this.devices, () => fib.forget());
    this.sysctl = sysctl;
    let seed: number | undefined;
    fib.hash = {
      get policy() {
        return sysctl.number('net.ipv4.fib_multipath_hash_policy');
      },
      get seed() {
        return (seed ??= random.fork('fib_multipath_hash').uint32());
      },
    };
    const lost = (passage: Passage, reason: string): void => {
      if (!this.tap.active) return;
      const device = passage.in ?? passage.out;
      this.report(passage.hook, passage.packet, passage.skb, { device, verdict: 'drop', reason });
    };
    this.hooks = new HookTable(lost, (passage) => this.ip.reroute(passage));
  }

  deviceNamed(name: string): Device | undefined {
    for (const device of this.devices.values()) if (device.name === name) return device;
    return undefined;
  }

  /** Tells the tap; callers ask `tap.active` first, so that nothing is built for nobody. */
  report(stage: Stage, packet: Frame | IpPacket, skb: Skb, evidence: Evidence): void {
    this.tap.report(this.clock.now(), this.name, stage, packet, skb, evidence);
  }
}

/** An ICMP error about a packet that this namespace sent. */
export interface Heard {
  readonly error: IcmpError;
  /** What it came in, and by which device. */
  readonly packet: IpPacket;
  readonly device: Device;
  readonly skb: Skb;
}

/** A raw socket. @returns whether the error may be about a packet of its own. */
export interface ErrorListener {
  failed(heard: Heard): boolean;
}

/** What stands above IP. */
export interface Transport {
  /** `device`: where it came in. @returns false when no socket wants it: the stack then answers with port unreachable. */
  deliver(packet: IpPacket, skb: Skb, device: Device): boolean;
  /** An ICMP error has come in. */
  failed(heard: Heard): void;
}

/** A packet as a socket hands it down. */
export interface Outgoing {
  readonly source?: IpAddress | undefined;
  readonly destination: IpAddress;
  readonly payload: Segment;
  readonly ttl?: number | undefined;
  readonly tos?: number | undefined;
  /** false: may be cut into fragments; `true`: never, not even here (ping -M do). Absent: cut here, but not on the way. */
  readonly dontFragment?: boolean | undefined;
  /** SO_MARK. */
  readonly mark?: number | undefined;
  /** Whose socket it is, where it is one's. */
  readonly owner?: SocketOwner | undefined;
  /** A raw socket's: routing looks at no ports of it (raw_sendmsg), but rules do. */
  readonly raw?: boolean | undefined;
  /** SO_BINDTODEVICE. */
  readonly device?: Device | undefined;
  /** For the tap, where there is something to say about why it is sent. */
  readonly reason?: string | undefined;
  /** What a tunnel device has put into it, for the tap. */
  readonly inner?: { readonly device: Device; readonly packet: Frame | IpPacket } | undefined;
}
