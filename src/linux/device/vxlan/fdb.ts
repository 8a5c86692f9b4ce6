import type { Clock, Milliseconds } from '../../../simulation/clock.ts';
import { NetlinkError } from '../../netlink-error.ts';
import { BROADCAST_MAC, type IpAddress, type MacAddress } from '../../packet/address.ts';
import type { Device } from '../device.ts';

/** A tunnel's other end (vxlan_rdst). */
export interface VxlanRemote {
  /** 0: a frame to it is dropped. */
  readonly address: IpAddress;
  /** Absent: the device's own. */
  readonly port?: number | undefined;
  readonly vni?: number | undefined;
  readonly via?: Device | undefined;
}

/** What a VXLAN device knows about one MAC address; the all-zero one is where all others go. */
export interface VxlanEntry {
  readonly mac: MacAddress;
  remotes: readonly VxlanRemote[];
  /** Only what is dynamic is forgotten. */
  state: 'permanent' | 'static' | 'dynamic';
  used: Milliseconds;
  updated: Milliseconds;
}

/** A VXLAN device's forwarding table (drivers/net/vxlan/vxlan_core.c, vxlan_fdb_*). */
export class VxlanFdb {
  /** After so much time without use what was learned is forgotten; 0: never. */
  ageing: Milliseconds = 300_000;
  readonly #clock: Clock;
  readonly #entries = new Map<MacAddress, VxlanEntry>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  entries(): readonly VxlanEntry[] {
    return [...this.#entries.keys()].map((mac) => this.#alive(mac)).filter((entry) => entry !== undefined);
  }

  /** For a frame to `mac`: being asked for is use. */
  use(mac: MacAddress): VxlanEntry | undefined {
    const entry = this.#alive(mac);
    if (entry !== undefined) entry.used = this.#clock.now();
    return entry;
  }

  find(mac: MacAddress): VxlanEntry | undefined {
    return this.#alive(mac);
  }

  /** vxlan_snoop. @returns false: a static entry says otherwise, and the frame is dropped. */
  learn(mac: MacAddress, remote: VxlanRemote): boolean {
    const entry = this.use(mac);
    if (entry === undefined) {
      this.#insert(mac, [remote], 'dynamic');
      return true;
    }
    if (entry.remotes[0]?.address === remote.address) return true;
    if (entry.state !== 'dynamic') return false;
    entry.remotes = [remote];
    entry.updated = this.#clock.now();
    return true;
  }

  /** `bridge fdb add|append|replace`; only the all-zero entry may have several remotes. Throws EEXIST, EOPNOTSUPP. */
  set(mac: MacAddress, remote: VxlanRemote, state: VxlanEntry['state'], how: 'add' | 'append' | 'replace'): void {
    const entry = this.#alive(mac);
    if (entry === undefined) {
      this.#insert(mac, [remote], state);
      return;
    }
    if (how === 'add') throw new NetlinkError('EEXIST');
    const many = mac === 0 || mac === BROADCAST_MAC;
    if (how === 'replace' && many) {
      throw new NetlinkError('EOPNOTSUPP', 'Cannot replace non-unicast fdb entries.');
    }
    entry.state = state;
    entry.updated = this.#clock.now();
    if (how === 'replace') entry.remotes = [remote];
    else if (many && !entry.remotes.some((other) => same(other, remote))) entry.remotes = [...entry.remotes, remote];
  }

  /** Without a remote the whole entry goes. Throws ENOENT. */
  remove(mac: MacAddress, remote: VxlanRemote | undefined): void {
    const entry = this.#alive(mac);
    if (entry === undefined) throw new NetlinkError('ENOENT');
    if (remote !== undefined) {
      const rest = entry.remotes.filter((other) => !same(other, remote));
      // The kernel does not mind when the entry is there and the remote is not.
      if (rest.length === entry.remotes.length) return;
      entry.remotes = rest;
      if (rest.length > 0) return;
    }
    this.#entries.delete(mac);
  }

  #alive(mac: MacAddress): VxlanEntry | undefined {
    const entry = this.#entries.get(mac);
    if (entry === undefined || entry.state !== 'dynamic' || this.ageing === 0) return entry;
    if (entry.used + this.ageing > this.#clock.now()) return entry;
    this.#entries.delete(mac);
    return undefined;
  }

  #insert(mac: MacAddress, remotes: readonly VxlanRemote[], state: VxlanEntry['state']): void {
    const now = this.#clock.now();
    this.#entries.set(mac, { mac, remotes, state, used: now, updated: now });
  }
}

function same(a: VxlanRemote, b: VxlanRemote): boolean {
  return a.address === b.address && a.port === b.port && a.vni === b.vni && a.via === b.via;
}
