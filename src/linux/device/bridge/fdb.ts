import type { Clock, Milliseconds } from '../../../simulation/clock.ts';
import { NetlinkError } from '../../netlink-error.ts';
import type { MacAddress } from '../../packet/address.ts';
import type { BridgePort } from './port.ts';

/** Where a bridge knows a MAC address to be. */
export interface FdbEntry {
  readonly mac: MacAddress;
  /** Absent: the bridge itself. */
  port: BridgePort | undefined;
  /** permanent: the bridge's own, frames to it go up; static: never forgotten; dynamic: forgotten after the ageing time. */
  state: 'permanent' | 'static' | 'dynamic';
  /** Somebody typed it; it stays when addresses of ports change. */
  byUser: boolean;
  used: Milliseconds;
  updated: Milliseconds;
}

/** A bridge's forwarding database (net/bridge/br_fdb.c). */
export class Fdb {
  /** How long what was learned holds; 0: nothing is learned. */
  ageing: Milliseconds = 300_000;
  readonly #clock: Clock;
  readonly #entries = new Map<MacAddress, FdbEntry>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The newest first, as the kernel dumps them. */
  entries(): readonly FdbEntry[] {
    return [...this.#entries.keys()]
      .map((mac) => this.find(mac))
      .filter((entry) => entry !== undefined)
      .reverse();
  }

  find(mac: MacAddress): FdbEntry | undefined {
    const entry = this.#entries.get(mac);
    if (entry === undefined || entry.state !== 'dynamic') return entry;
    if (entry.updated + this.ageing > this.#clock.now()) return entry;
    this.#entries.delete(mac);
    return undefined;
  }

  /** br_fdb_update: a frame from `mac` came in by `port`. A static entry moves too. @returns true: it was not there before. */
  learn(mac: MacAddress, port: BridgePort): boolean {
    if (this.ageing === 0) return false;
    const known = this.find(mac);
    if (known === undefined) {
      this.#insert(mac, port, 'dynamic', false);
      return true;
    }
    if (known.state === 'permanent') return false;
    const moved = known.port !== port;
    known.port = port;
    known.updated = this.#clock.now();
    return moved;
  }

  /** fdb_add_local: an address of a port, or of the bridge itself. */
  addLocal(mac: MacAddress, port: BridgePort | undefined): void {
    if (mac === 0) return;
    const known = this.find(mac);
    if (known?.state === 'permanent') return;
    this.#entries.delete(mac);
    this.#insert(mac, port, 'permanent', false);
  }

  /** fdb_delete_local: the address may be another port's too, or the bridge's: it takes the entry over. */
  deleteLocal(mac: MacAddress, port: BridgePort | undefined, others: readonly BridgePort[], bridge: MacAddress): void {
    const entry = this.#entries.get(mac);
    if (entry === undefined || entry.state !== 'permanent' || entry.byUser || entry.port !== port) return;
    const heir = others.find((other) => other !== port && other.device.mac === mac);
    if (heir !== undefined) entry.port = heir;
    else if (port !== undefined && mac === bridge) entry.port = undefined;
    else this.#entries.delete(mac);
  }

  /** br_fdb_delete_by_port. `all`: static entries and the user's too. */
  forget(port: BridgePort, all: boolean): void {
    for (const [mac, entry] of this.#entries) {
      if (entry.port !== port) continue;
      if (entry.state === 'dynamic' || (all && (entry.state === 'static' || entry.byUser))) this.#entries.delete(mac);
    }
  }

  /** `bridge fdb add|append|replace`. Throws EEXIST for `add`. */
  set(mac: MacAddress, port: BridgePort | undefined, state: FdbEntry['state'], how: 'add' | 'replace'): void {
    const known = this.find(mac);
    if (known === undefined) {
      this.#insert(mac, port, state, true);
      return;
    }
    if (how === 'add') throw new NetlinkError('EEXIST');
    known.port = port;
    known.state = state;
    known.byUser = true;
    known.updated = known.used = this.#clock.now();
  }

  /** Throws ENOENT. */
  remove(mac: MacAddress, port: BridgePort | undefined): void {
    const known = this.find(mac);
    if (known === undefined || known.port !== port) throw new NetlinkError('ENOENT');
    this.#entries.delete(mac);
  }

  #insert(mac: MacAddress, port: BridgePort | undefined, state: FdbEntry['state'], byUser: boolean): void {
    const now = this.#clock.now();
    this.#entries.set(mac, { mac, port, state, byUser, used: now, updated: now });
  }
}
