import type { Device, DeviceSettings, LinkHost } from './device/device.ts';
import { Loopback } from './device/loopback.ts';
import { Veth } from './device/veth/veth.ts';
import type { Wire } from './device/wire.ts';
import type { Arp } from './ip/arp.ts';
import { addAddress, addAddressRoutes, removeDeviceRoutes } from './ip/configuration.ts';
import type { Stack } from './ip/stack.ts';
import { NetlinkError } from './netlink-error.ts';
import type { MacAddress } from './packet/address.ts';

/** How a new device is to be called and set. */
export interface NewLink {
  /** The kind's name with the first free number where absent: `bridge0`. */
  readonly name?: string | undefined;
  readonly mac?: MacAddress | undefined;
  readonly mtu?: number | undefined;
  readonly queueLength?: number | undefined;
}

export interface VethEnd {
  readonly name: string;
  /** A random one where absent. */
  readonly mac?: MacAddress;
  readonly mtu?: number;
  /** txqueuelen: 1000 unless it says otherwise; CNI plugins make veths with 0. */
  readonly queueLength?: number;
}

export interface LinkChanges {
  readonly up?: boolean;
  readonly mtu?: number;
  readonly name?: string;
  readonly mac?: MacAddress;
  readonly queueLength?: number;
  /** The bridge whose port it becomes; `null`: it leaves its bridge. */
  readonly master?: Device | null;
}

const ETHERNET_MTU = 1500;
/** IFNAMSIZ, less the ending zero byte. */
const NAME_LIMIT = 15;
const LOOPBACK_PREFIX = { address: 0x7f000001, length: 8 };

/** The devices of one namespace, with the kernel's way to number them. */
export class Links {
  readonly #host: LinkHost;
  readonly #stack: Stack;
  readonly #arp: Arp;
  readonly #peers = new Map<{ readonly name: string }, number>();
  #nextIndex = 1;

  constructor(host: LinkHost, stack: Stack, arp: Arp) {
    this.#host = host;
    this.#stack = stack;
    this.#arp = arp;
    this.#insert(new Loopback(stack.clock, stack.random.fork('lo'), stack.tap));
  }

  list(): readonly Device[] {
    return [...this.#stack.devices.values()].sort((a, b) => a.index - b.index);
  }

  find(name: string | number): Device | undefined {
    if (typeof name === 'number') return this.#stack.devices.get(name);
    for (const device of this.#stack.devices.values()) if (device.name === name) return device;
    return undefined;
  }

  /** The peer is made first, as rtnl_newlink and veth_newlink do: in one namespace it has the lower number. */
  addVeth(end: VethEnd, peer: VethEnd, there: Links): readonly [Device, Device] {
    this.#checkFree(end.name);
    there.#checkFree(peer.name);
    if (there === this && end.name === peer.name) throw new NetlinkError('EEXIST');
    const { clock, tap, random } = this.#stack;
    const [here, other] = Veth.pair(this.#settings(end), there.#settings(peer), {
      clock,
      tap,
      random: random.fork(`veth ${end.name} ${this.#nextIndex}`),
    });
    there.#insert(other);
    this.#insert(here);
    there.peerId(other);
    this.peerId(here);
    return [here, other];
  }

  /** A device that `make` makes; `kind` names it where `link` does not. */
  add<D extends Device>(link: NewLink, kind: string, make: (settings: DeviceSettings) => D): D {
    const name = link.name ?? this.freeName(kind);
    this.#checkFree(name);
    const device = make(this.#settings({ ...link, name }));
    this.#insert(device);
    return device;
  }

  /** The kernel's `veth%d`. */
  freeName(kind: string, taken?: string): string {
    for (let i = 0; ; i++) {
      const name = `${kind}${i}`;
      if (name !== taken && this.find(name) === undefined) return name;
    }
  }

  attach(name: string, wire: Wire, mac: MacAddress | undefined): Device {
    this.#checkFree(name);
    const device = wire.plug({ name, mac: mac ?? this.#randomMac() });
    this.#insert(device);
    this.peerId(device);
    return device;
  }

  set(device: Device, changes: LinkChanges, target: Links | undefined): void {
    const { up, mtu, name, mac, queueLength, master } = changes;
    if (target !== undefined && target !== this) {
      if (device.traits.immovable) throw new NetlinkError('EINVAL', 'The interface netns is immutable.');
      this.#move(device, target);
      target.set(device, changes, undefined);
      return;
    }
    if (mac !== undefined && mac !== device.mac) {
      device.setMac(mac);
      this.forgetNeighbours(device);
      this.#arp.announce(device);
    }
    if (mtu !== undefined) device.setMtu(mtu);
    if (mac !== undefined || mtu !== undefined) device.port?.changed();
    if (queueLength !== undefined) device.queueLength = queueLength;
    if (name !== undefined && name !== device.name) this.#rename(device, name);
    if (master !== undefined) {
      device.port?.leave();
      master?.enslave(device);
    }
    if (up !== undefined && up !== device.up) {
      if (up) this.#setUp(device);
      else this.#setDown(device);
    }
  }

  delete(device: Device): void {
    if (device.kind === 'loopback') throw new NetlinkError('EOPNOTSUPP');
    for (const other of this.list()) if (other.lower === device) this.delete(other);
    this.remove(device);
    for (const other of device.destroy()) other.host?.removed(other);
  }

  /** A device is no longer here: what hung on it goes. */
  remove(device: Device): void {
    device.port?.leave();
    if (device.up) this.#setDown(device);
    device.addresses.splice(0);
    removeDeviceRoutes(this.#stack.fib, device, true);
    this.#stack.devices.delete(device.index);
    device.host?.listener?.gone(device);
    device.host = undefined;
  }

  /** neigh_flush_dev; without carrier what was set by hand stays. */
  forgetNeighbours(device: Device, permanent = true): void {
    for (const neighbour of [...device.neighbours.values()]) {
      if (permanent || neighbour.state !== 'PERMANENT') this.#arp.neighbours.forget(device, neighbour);
    }
  }

  /** The id that `there` has here; `undefined` while nothing here has led there. */
  idOf(there: { readonly name: string }): number | undefined {
    return this.#peers.get(there);
  }

  /** All ids given here so far. */
  ids(): readonly { readonly id: number; readonly namespace: { readonly name: string } }[] {
    return [...this.#peers].map(([namespace, id]) => ({ id, namespace }));
  }

  /** netns ids are given in the order in which namespaces are first seen (peernet2id_alloc). */
  peerId(device: Device): number | undefined {
    const there = device.linkNamespace;
    if (there === undefined || there === this.#host) return undefined;
    return this.#idFor(there);
  }

  #idFor(there: { readonly name: string }): number {
    let id = this.#peers.get(there);
    if (id === undefined) this.#peers.set(there, (id = this.#peers.size));
    return id;
  }

  destroy(): void {
    for (const device of this.list()) {
      this.remove(device);
      for (const other of device.destroy()) other.host?.removed(other);
    }
  }

  #insert(device: Device): void {
    const taken = device.index === 0 || this.#stack.devices.has(device.index);
    if (taken) {
      while (this.#stack.devices.has(this.#nextIndex)) this.#nextIndex++;
      device.index = this.#nextIndex++;
    }
    this.#stack.devices.set(device.index, device);
    device.host = this.#host;
    this.#stack.sysctl.deviceAdded(device);
  }

  /** dev_change_net_namespace: it arrives down and bare, with its old number where that is free. */
  #move(device: Device, target: Links): void {
    if (target.find(device.name) !== undefined) {
      throw new NetlinkError('EEXIST', 'An interface with the same name exists in the target netns.');
    }
    this.remove(device);
    this.#idFor(target.#host);
    device.wasUp = false;
    target.#insert(device);
    target.peerId(device);
  }

  #setUp(device: Device): void {
    const { fib } = this.#stack;
    device.assertCanGoUp();
    device.up = true;
    device.wasUp = true;
    if (device.kind === 'loopback' && device.addresses.length === 0) addAddress(fib, device, LOOPBACK_PREFIX, {});
    for (const address of device.addresses) addAddressRoutes(fib, device, address);
    fib.forget();
    device.stateChanged();
    device.port?.changed();
    this.#arp.announce(device);
  }

  #setDown(device: Device): void {
    device.up = false;
    removeDeviceRoutes(this.#stack.fib, device, false);
    this.forgetNeighbours(device);
    this.#stack.lost?.(device, undefined);
    device.stateChanged();
    device.port?.changed();
  }

  #rename(device: Device, name: string): void {
    this.#checkFree(name);
    const old = device.name;
    device.name = name;
    for (const [i, address] of device.addresses.entries()) {
      if (address.label.startsWith(old)) {
        device.addresses[i] = { ...address, label: name + address.label.slice(old.length) };
      }
    }
  }

  #checkFree(name: string): void {
    if (!isDeviceName(name)) throw new NetlinkError('EINVAL');
    if (this.find(name) !== undefined) throw new NetlinkError('EEXIST');
  }

  #settings({ name, mac, mtu, queueLength }: NewLink & { readonly name: string }): DeviceSettings {
    return {
      name,
      mac: mac ?? this.#randomMac(),
      mtu: mtu ?? ETHERNET_MTU,
      ...(queueLength !== undefined && { queueLength }),
    };
  }

  /** eth_random_addr: unicast and locally administered. */
  #randomMac(): MacAddress {
    const { random } = this.#stack;
    const first = (random.below(256) & 0xfe) | 0x02;
    return first * 2 ** 40 + random.below(256) * 2 ** 32 + random.uint32();
  }
}

/** dev_valid_name. */
export function isDeviceName(name: string): boolean {
  return name.length > 0 && name.length <= NAME_LIMIT && name !== '.' && name !== '..' && !/[/:\s]/.test(name);
}
