import type { Clock } from '../simulation/clock.ts';
import type { Random } from '../simulation/random.ts';
import type { Device, DeviceSettings, FrameListener, LinkHost } from './device/device.ts';
import type { InterfaceAddress } from './device/interface-address.ts';
import type { Neighbour, NeighbourState } from './device/neighbour.ts';
import type { Wire } from './device/wire.ts';
import type { Arp } from './ip/arp.ts';
import { type AddressOptions, addAddress, removeAddress } from './ip/configuration.ts';
import { Fib } from './ip/fib.ts';
import type { Route } from './ip/route.ts';
import { addRoute, deleteRoute, type RouteMode, type RouteSpec } from './ip/routing.ts';
import { Stack } from './ip/stack.ts';
import { type LinkChanges, Links, type NewLink, type VethEnd } from './namespace-links.ts';
import { NetlinkError } from './netlink-error.ts';
import type { IpAddress, MacAddress, Prefix } from './packet/address.ts';
import { BROADCAST_MAC } from './packet/address.ts';
import type { Frame } from './packet/packet.ts';
import type { Skb } from './packet/skb.ts';
import type { Sockets } from './socket/socket.ts';
import { SocketTable } from './socket/sockets.ts';
import { TapSource } from './tap/source.ts';

/** A network namespace, as programs see it. */
export interface Namespace {
  readonly name: string;
  readonly sockets: Sockets;
}

export interface NamespaceOptions {
  /** Full and unique: `hop-worker`, `hop-worker/cni-1a2b...`. */
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly tap?: TapSource;
}

/** An address with the device that has it. */
export interface DeviceAddress {
  readonly device: Device;
  readonly address: InterfaceAddress;
}

export interface DeviceNeighbour {
  readonly device: Device;
  readonly neighbour: Neighbour;
}

/**
 * A network namespace with its stack. The methods are what `ip` and CNI plugins ask for over netlink; they throw
 * `NetlinkError` with the kernel's errno and words.
 */
export class NetworkNamespace implements Namespace, LinkHost {
  readonly name: string;
  listener: FrameListener | undefined = undefined;
  readonly #stack: Stack;
  readonly #links: Links;
  readonly #sockets: SocketTable;

  constructor({ name, clock, random, tap = new TapSource() }: NamespaceOptions) {
    this.name = name;
    const own = random.fork(`netns ${name}`);
    this.#stack = new Stack({ name, clock, random: own, tap, fib: new Fib() });
    this.#sockets = new SocketTable(this.#stack);
    this.#links = new Links(this, this.#stack, this.#sockets.ip.arp);
  }

  /** What netfilter's tables, tunnels and the programs that set them up work on. */
  get stack(): Stack {
    return this.#stack;
  }

  get sockets(): Sockets {
    return this.#sockets;
  }

  /** Another namespace, new and empty, of the same clock, tap and random stream. */
  sibling(name: string): NetworkNamespace {
    const { clock, random, tap } = this.#stack;
    return new NetworkNamespace({ name, clock, random, tap });
  }

  // --- Links

  /** By index, as `ip link` lists them. */
  links(): readonly Device[] {
    return this.#links.list();
  }

  link(name: string | number): Device | undefined {
    return this.#links.find(name);
  }

  /** A veth pair: this end here, the other here or in `peer.namespace`. @returns both ends. Throws EEXIST, EINVAL. */
  addVeth(end: VethEnd, peer: VethEnd & { readonly namespace?: NetworkNamespace }): readonly [Device, Device] {
    return this.#links.addVeth(end, peer, (peer.namespace ?? this).#links);
  }

  /** A device that `make` makes; without a name it is called after its kind: `bridge0`. Throws EEXIST, EINVAL. */
  addLink<D extends Device>(link: NewLink, kind: string, make: (settings: DeviceSettings) => D): D {
    return this.#links.add(link, kind, make);
  }

  /** The first free name of the form `veth0`. */
  freeLinkName(kind: string, taken?: string): string {
    return this.#links.freeName(kind, taken);
  }

  /** A network card on the wire between machines. */
  attach(name: string, wire: Wire, options: { readonly mac?: MacAddress } = {}): Device {
    return this.#links.attach(name, wire, options.mac);
  }

  setLink(name: string, changes: LinkChanges & { readonly namespace?: NetworkNamespace }): void {
    const { namespace } = changes;
    this.#links.set(this.device(name), changes, namespace === undefined ? undefined : namespace.#links);
  }

  /** A veth takes its peer along. Throws ENODEV, and EOPNOTSUPP for `lo`. */
  deleteLink(name: string): void {
    this.#links.delete(this.device(name));
  }

  /** The number that this namespace has for the namespace or wire at the device's other end, where that is another. */
  peerNamespaceId(device: Device): number | undefined {
    return this.#links.peerId(device);
  }

  /** The number that this namespace has for another; `undefined` while no device of it has led there. */
  namespaceId(other: NetworkNamespace): number | undefined {
    return this.#links.idOf(other);
  }

  /** The numbers that it has for others, in their order. */
  namespaceIds(): readonly { readonly id: number; readonly namespace: { readonly name: string } }[] {
    return this.#links.ids();
  }

  // --- Addresses

  addAddress(device: string, prefix: Prefix, options: AddressOptions = {}): InterfaceAddress {
    return addAddress(this.#stack.fib, this.device(device), prefix, options);
  }

  removeAddress(device: string, prefix: Prefix): void {
    const where = this.device(device);
    const gone = removeAddress(this.#stack.fib, where, prefix);
    for (const { local } of gone) this.#stack.lost?.(where, local);
  }

  addresses(): readonly DeviceAddress[] {
    return this.links().flatMap((device) => device.addresses.map((address) => ({ device, address })));
  }

  // --- Routes

  addRoute(spec: RouteSpec, mode: RouteMode = 'add'): void {
    addRoute(this.#stack, spec, mode);
  }

  deleteRoute(spec: RouteSpec): void {
    deleteRoute(this.#stack.fib, spec);
  }

  /** One table's routes (`tableNumber`), or all tables'. */
  routes(table?: number): readonly Route[] {
    return this.#stack.fib.routes(table);
  }

  // --- Neighbours

  neighbours(): readonly DeviceNeighbour[] {
    const { arp } = this.#sockets.ip;
    return this.links().flatMap((device) =>
      [...device.neighbours.values()].map((neighbour) => {
        arp.neighbours.refresh(neighbour);
        return { device, neighbour };
      }),
    );
  }

  /** An entry by hand: PERMANENT unless `state` says otherwise. Throws EEXIST (add), ENOENT (change), EINVAL. */
  addNeighbour(
    device: string,
    address: IpAddress,
    mac: MacAddress | undefined,
    options: { readonly state?: NeighbourState; readonly mode?: 'add' | 'change' | 'replace' } = {},
  ): void {
    const { state = 'PERMANENT', mode = 'add' } = options;
    this.arp.neighbours.set(this.device(device), address, { mac, state }, mode);
  }

  /** Throws ENOENT where there is none. */
  deleteNeighbour(device: string, address: IpAddress): void {
    const where = this.device(device);
    const neighbour = where.neighbours.get(address);
    if (neighbour === undefined) throw new NetlinkError('ENOENT');
    this.arp.neighbours.forget(where, neighbour);
  }

  get arp(): Arp {
    return this.#sockets.ip.arp;
  }

  // --- Settings

  /** Dotted names, `net.ipv4.ip_forward`. Throws ENOENT for one that is not modelled. */
  getSysctl(name: string): string {
    return this.#stack.sysctl.get(name);
  }

  setSysctl(name: string, value: string | number): void {
    this.#stack.sysctl.set(name, String(value));
  }

  sysctlNames(): readonly string[] {
    return this.#stack.sysctl.names();
  }

  /** Its devices vanish (with their peers), its sockets die without a word. */
  destroy(): void {
    this.#sockets.destroy();
    this.#links.destroy();
  }

  // --- What devices tell

  receive(device: Device, frame: Frame, skb: Skb): void {
    const { tap } = this.#stack;
    if (tap.active) this.#stack.report('receive', frame, skb, { device });
    if (device.ethernet && frame.destination !== BROADCAST_MAC && !device.accepts(frame.destination)) {
      if (tap.active) {
        this.#stack.report('link', frame, skb, { device, verdict: 'drop', reason: 'for another MAC address' });
      }
      return;
    }
    skb.link = frame;
    const { payload } = frame;
    if (payload.kind === 'ip') this.#sockets.ip.receive(device, payload, skb);
    else this.#sockets.ip.arp.receive(device, frame, payload, skb);
  }

  carrierChanged(device: Device): void {
    if (!device.carrier) this.#links.forgetNeighbours(device, false);
    this.#stack.fib.forget();
    device.port?.changed();
  }

  removed(device: Device): void {
    this.#links.remove(device);
  }

  device(name: string): Device {
    const device = this.#links.find(name);
    if (device === undefined) throw new NetlinkError('ENODEV');
    return device;
  }
}
