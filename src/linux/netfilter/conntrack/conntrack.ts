import type { Milliseconds } from '../../../simulation/clock.ts';
import type { Random } from '../../../simulation/random.ts';
import type { Stack } from '../../ip/stack.ts';
import type { IpPacket } from '../../packet/packet.ts';
import { packetLength } from '../../packet/size.ts';
import type { Skb } from '../../packet/skb.ts';
import type { Endpoint } from '../../socket/socket.ts';
import { type HookVerdict, priority } from '../hook-table.ts';
import type { Passage } from '../passage.ts';
import { confirm } from './confirm.ts';
import { CHANGED, Connection, type TupleNode } from './connection.ts';
import { registerDefragmentation } from './defragment.ts';
import { type ConntrackListeners, listenersOf } from './events.ts';
import { Expiry } from './expiry.ts';
import { relatedTo } from './related.ts';
import { countConnections, type Settings, settingsOf } from './settings.ts';
import { type ConntrackStatistics, statisticsOf } from './statistics.ts';
import { ConnectionTable } from './table.ts';
import { connectionText } from './text.ts';
import { type ConnectionEntry, type Tracked, type Tuple, UNTRACKED } from './tracked.ts';
import type { Tracking } from './tracker.ts';
import { trackers } from './trackers.ts';
import { emptyTuple, readTuple } from './tuple.ts';

/** IPS_NAT_CLASH: what has lost against another with its tuple lives so long (milliseconds). */
const CLASH_TIME = 1000;

/** Connection tracking in one namespace (net/netfilter/nf_conntrack_core.c). */
export class Conntrack implements Tracking {
  readonly stack: Stack;
  readonly settings: Settings;
  readonly table = new ConnectionTable();
  readonly #expiry: Expiry;
  readonly #random: Random;
  readonly #listeners: ConntrackListeners;
  readonly #statistics: ConntrackStatistics;
  /** Told of each connection that goes into the table, and of each that goes out of it. */
  readonly #confirmed: ((connection: Connection) => void)[] = [];
  readonly #gone: ((connection: Connection) => void)[] = [];
  readonly #tuple = emptyTuple();

  constructor(stack: Stack) {
    this.stack = stack;
    this.settings = settingsOf(stack);
    countConnections(stack, () => this.count);
    this.#statistics = statisticsOf(stack);
    this.#listeners = listenersOf(stack);
    this.#listeners.came = () => this.#watch();
    this.#random = stack.random.fork('conntrack');
    this.#expiry = new Expiry(stack.clock, this.table, (connection) => this.#remove(connection));
    stack.originalDestination = (protocol, local, remote) => this.originalDestination(protocol, local, remote);
    registerDefragmentation(stack);
    const track = { name: 'conntrack', priority: priority.conntrack, run: (passage: Passage) => this.#track(passage) };
    stack.hooks.register('prerouting', track);
    stack.hooks.register('output', track);
    const last = { name: 'conntrack', priority: priority.confirm, run: (passage: Passage) => this.#confirm(passage) };
    stack.hooks.register('input', last);
    stack.hooks.register('postrouting', last);
  }

  now(): Milliseconds {
    return this.stack.clock.now();
  }

  /** How many connections there are (net.netfilter.nf_conntrack_count). */
  get count(): number {
    this.#expiry.sweep();
    return this.table.size;
  }

  /** All confirmed ones, the oldest first. */
  connections(): readonly Connection[] {
    this.#expiry.sweep();
    return [...this.table.values()];
  }

  /** The connection of which this is one direction's tuple. */
  find(tuple: Tuple): TupleNode | undefined {
    const found = this.table.find(tuple);
    if (found === undefined || found.connection.expires > this.now()) return found;
    this.#remove(found.connection);
    return undefined;
  }

  /** One line about it, as `conntrack -L` prints it. */
  text(entry: ConnectionEntry): string {
    return connectionText(entry as Connection, this.now());
  }

  /** `by`: the process that deletes it. @returns false when it is gone already. */
  delete(entry: ConnectionEntry, by?: number): boolean {
    return this.#remove(entry as Connection, by);
  }

  kill(connection: Connection): boolean {
    return this.#remove(connection);
  }

  /** For NAT, which has a table of its own. */
  follow(confirmed: (connection: Connection) => void, gone: (connection: Connection) => void): void {
    this.#confirmed.push(confirmed);
    this.#gone.push(gone);
  }

  /** `-j NOTRACK`, `-j CT --notrack`, nft's `notrack`: nobody tracks this packet. */
  untrack(skb: Skb): void {
    skb.connection ??= UNTRACKED;
  }

  /** nf_ct_set_closing: a rule resets the packet's connection. */
  setClosing({ connection: tracked }: Skb): void {
    if (tracked === undefined || tracked === UNTRACKED) return;
    const connection = tracked.entry as Connection;
    trackers[connection.original.protocol].close?.(connection, this);
  }

  /** Sets `ct mark`. */
  setMark(entry: ConnectionEntry, mark: number): void {
    if (entry.mark === mark || entry === UNTRACKED.entry) return;
    entry.mark = mark;
    (entry as Connection).changed |= CHANGED.mark;
  }

  /** SO_ORIGINAL_DST (getorigdst): where a connection went before DNAT; `undefined` (ENOENT): it is not tracked. */
  originalDestination(protocol: 'tcp' | 'sctp', local: Endpoint, remote: Endpoint): Endpoint | undefined {
    const found = this.find({
      protocol,
      source: local.address,
      sourcePort: local.port,
      destination: remote.address,
      destinationPort: remote.port,
    });
    if (found === undefined) return undefined;
    const { destination, destinationPort } = found.connection.original;
    return { address: destination, port: destinationPort };
  }

  /** Says what happened to a packet's connection. */
  report(passage: Passage, evidence: { reason: string; verdict?: 'drop'; after?: IpPacket; packet?: IpPacket }): void {
    const { skb, packet } = passage;
    const entry = skb.connection === undefined || skb.connection === UNTRACKED ? undefined : skb.connection.entry;
    this.stack.report('conntrack', evidence.packet ?? packet, skb, {
      device: passage.in ?? passage.out,
      verdict: evidence.verdict,
      reason: evidence.reason,
      after: evidence.after,
      connection: entry === undefined ? undefined : this.text(entry),
    });
  }

  /** nf_conntrack_in */
  #track(passage: Passage): HookVerdict {
    const { skb, packet } = passage;
    // It has been here before, on its way through loopback, or a rule has exempted it.
    if (skb.connection !== undefined) return 'accept';
    const { payload } = packet;
    if (payload.protocol === 'icmp' && 'original' in payload) {
      const found = relatedTo(this.table, packet, payload);
      if (typeof found === 'string') {
        this.#statistics.error++;
        this.#invalid(passage, found);
      } else {
        skb.connection = { entry: found.connection, direction: found.direction, state: 'related' };
        if (this.stack.tap.active) this.report(passage, { reason: 'an error about this connection: RELATED' });
      }
      return 'accept';
    }
    if (!readTuple(packet, this.#tuple)) return 'accept';
    let node = this.find(this.#tuple);
    if (node === undefined) {
      const made = this.#begin(passage);
      if (made === undefined) {
        this.#statistics.drop++;
        return 'drop';
      }
      node = made.original;
    }
    return this.#handle(passage, node);
  }

  #handle(passage: Passage, { connection, direction }: TupleNode): HookVerdict {
    const { skb, packet } = passage;
    const tracked = connection.tracked(direction);
    const reply = direction === 'reply';
    const outcome = trackers[connection.original.protocol].packet(connection, reply, packet.payload, this, packet);
    if (outcome === 'repeat') return this.#track(passage);
    if (outcome !== undefined) {
      this.#statistics.invalid++;
      this.#invalid(passage, outcome.invalid);
      return 'accept';
    }
    skb.connection = tracked;
    const { counters } = connection;
    if (counters !== undefined) {
      const counter = counters[reply ? 1 : 0];
      counter.packets++;
      counter.bytes += packetLength(packet);
    }
    if (reply && !connection.seenReply) {
      connection.seenReply = true;
      connection.changed |= CHANGED.reply;
    }
    if (this.stack.tap.active) {
      if (!connection.confirmed) this.report(passage, { reason: 'a new connection: NEW' });
      else if (connection.changed !== 0) this.report(passage, { reason: 'its connection has changed' });
      else this.report(passage, { reason: `a packet of a connection that is known: ${tracked.state.toUpperCase()}` });
    }
    return 'accept';
  }

  /** init_conntrack. @returns undefined when the table is full and nothing may go. */
  #begin(passage: Passage): Connection | undefined {
    const { settings } = this;
    if (settings.max > 0 && this.table.size >= settings.max && !this.#makeRoom()) {
      if (this.stack.tap.active) {
        this.report(passage, { verdict: 'drop', reason: 'nf_conntrack: table full, dropping packet' });
      }
      return undefined;
    }
    const connection = new Connection(this.#random.uint32(), this.#tuple);
    if (settings.acct === 1) {
      connection.counters = [
        { packets: 0, bytes: 0 },
        { packets: 0, bytes: 0 },
      ];
    }
    return connection;
  }

  /** early_drop; what gc_worker drops beside it when the table was full before. */
  #makeRoom(): boolean {
    this.#expiry.sweep();
    if (this.table.size < this.settings.max) return true;
    const victims = this.table.near(this.#tuple, (connection) => {
      return !connection.assured || trackers[connection.original.protocol].mayDropEarly?.(connection) === true;
    });
    for (const victim of victims) if (this.#remove(victim)) this.#statistics.early_drop++;
    return victims.length > 0;
  }

  #invalid(passage: Passage, why: string): void {
    passage.skb.connection = undefined;
    if (this.stack.tap.active) this.report(passage, { reason: `it belongs to no connection (INVALID): ${why}` });
  }

  /** nf_confirm: the packet goes on, so its connection is one. */
  #confirm(passage: Passage): HookVerdict {
    const { skb } = passage;
    const { connection: tracked } = skb;
    if (tracked === undefined || tracked === UNTRACKED) return 'accept';
    const connection = tracked.entry as Connection;
    if (!connection.confirmed && tracked.direction === 'original') {
      const verdict = this.#insert(passage, tracked, connection);
      if (verdict !== 'accept') return verdict;
    }
    if (connection.changed !== 0) this.#tell(connection);
    return 'accept';
  }

  #insert(passage: Passage, tracked: Tracked, connection: Connection): HookVerdict {
    if (connection.dying) return 'accept';
    const outcome = confirm(this.table, connection, (tuple) => this.find(tuple));
    if (outcome !== 'confirmed' && outcome !== 'clash') this.#statistics.clash_resolve++;
    const { tap } = this.stack;
    if (outcome === 'clash') {
      this.#statistics.drop++;
      this.#statistics.insert_failed++;
      if (tap.active) {
        this.report(passage, { verdict: 'drop', reason: 'another connection has the same addresses and ports by now' });
      }
      return 'drop';
    }
    if (typeof outcome === 'object') {
      const { connection: entry, direction } = outcome.instead;
      passage.skb.connection = { entry, direction, state: tracked.state };
      if (tap.active) this.report(passage, { reason: 'the same connection was made meanwhile: the packet is its' });
      return 'accept';
    }
    const now = this.now();
    connection.since = now;
    connection.expires = now + (outcome === 'hidden' ? CLASH_TIME : connection.expires);
    connection.clashed = outcome === 'hidden';
    connection.confirmed = true;
    connection.changed |= CHANGED.new;
    for (const tell of this.#confirmed) tell(connection);
    this.#expiry.added();
    return 'accept';
  }

  /** nf_ct_deliver_cached_events */
  #tell(connection: Connection): void {
    const { changed } = connection;
    connection.changed = 0;
    const { all } = this.#listeners;
    if (all.size === 0 || connection.dying) return;
    const type = (changed & CHANGED.new) !== 0 ? 'NEW' : 'UPDATE';
    for (const listener of all) listener({ type, connection });
    this.#watch();
  }

  /** Who listens hears of ends when they come. */
  #watch(): void {
    this.#expiry.watch(() => this.#listeners.all.size > 0);
  }

  #remove(connection: Connection, deletedBy?: number): boolean {
    connection.dying = true;
    if (!this.table.remove(connection)) return false;
    for (const tell of this.#gone) tell(connection);
    for (const listener of this.#listeners.all) listener({ type: 'DESTROY', connection, deletedBy });
    return true;
  }
}

const known = new WeakMap<Stack, Conntrack>();

/** The namespace's connection tracking; the first call switches it on, as the first rule that needs it does. */
export function conntrackOf(stack: Stack): Conntrack {
  let conntrack = known.get(stack);
  if (conntrack === undefined) known.set(stack, (conntrack = new Conntrack(stack)));
  return conntrack;
}

/** For who looks only: `undefined` while nothing in the namespace needs connection tracking. */
export function trackingOf(stack: Stack): Conntrack | undefined {
  return known.get(stack);
}
