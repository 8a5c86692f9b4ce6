import type { Device } from '../../device/device.ts';
import type { Stack } from '../../ip/stack.ts';
import { formatIp, type IpAddress } from '../../packet/address.ts';
import type { IpPacket } from '../../packet/packet.ts';
import type { Connection } from '../conntrack/connection.ts';
import { type Conntrack, conntrackOf } from '../conntrack/conntrack.ts';
import { type Tracked, UNTRACKED } from '../conntrack/tracked.ts';
import { emptyTuple, invertInto, sameTuple } from '../conntrack/tuple.ts';
import { type HookVerdict, priority } from '../hook-table.ts';
import type { Hook, Passage } from '../passage.ts';
import { BySource } from './by-source.ts';
import { type Manipulation, mangleError, manglePacket } from './mangle.ts';
import { masqueradeAddress } from './masquerade.ts';
import type { NatPorts, NatRange } from './range.ts';
import { redirectAddress } from './redirect.ts';
import { UniqueTuple } from './unique-tuple.ts';

/** A table's NAT chain at a hook: asked once for each new connection, in the order of priorities. */
export interface NatChain {
  /** For people: `iptables nat`. */
  readonly name: string;
  readonly priority: number;
  run(passage: Passage): HookVerdict;
}

/** Where chains of type nat may stand (net/netfilter/nf_nat_core.c). */
export type NatHook = Exclude<Hook, 'forward'>;

/** HOOK2MANIP: destinations change before routing, sources behind it. */
const MANIPULATIONS: Readonly<Record<NatHook, Manipulation>> = {
  prerouting: 'destination',
  output: 'destination',
  postrouting: 'source',
  input: 'source',
};

/** Network address translation in one namespace (net/netfilter/nf_nat_core.c, nf_nat_proto.c). */
export class Nat {
  readonly conntrack: Conntrack;
  readonly #stack: Stack;
  readonly #chains: Readonly<Record<NatHook, NatChain[]>> = { prerouting: [], input: [], output: [], postrouting: [] };
  readonly #unique: UniqueTuple;
  readonly #current = emptyTuple();

  constructor(stack: Stack) {
    this.#stack = stack;
    this.conntrack = conntrackOf(stack);
    const bySource = new BySource();
    this.conntrack.follow(
      (connection) => connection.sourceNatDone && bySource.add(connection),
      (connection) => connection.sourceNatDone && bySource.remove(connection),
    );
    stack.lost = (device, address) => this.#forget(device, address);
    this.#unique = new UniqueTuple(this.conntrack, bySource, stack.random.fork('nat'));
    for (const hook of ['prerouting', 'input', 'output', 'postrouting'] as const) {
      const at = MANIPULATIONS[hook] === 'destination' ? priority.dnat : priority.snat;
      stack.hooks.register(hook, { name: 'nat', priority: at, run: (passage) => this.#run(hook, passage) });
    }
  }

  /** Of equal priorities the last comes first (nf_hook_entries_grow). @returns what takes it away again. */
  register(hook: NatHook, chain: NatChain): () => void {
    const list = this.#chains[hook];
    const at = list.findIndex((other) => other.priority >= chain.priority);
    list.splice(at < 0 ? list.length : at, 0, chain);
    return () => {
      const index = list.indexOf(chain);
      if (index >= 0) list.splice(index, 1);
    };
  }

  /** nf_nat_setup_info: binds the passage's new connection. Where no port is left, its packet is dropped at its end. */
  setup(passage: Passage, range: NatRange): HookVerdict {
    const connection = translatable(passage.skb.connection);
    if (connection !== undefined) this.#bind(connection, range);
    return 'accept';
  }

  /** nf_nat_masquerade_ipv4: to the address of the device that the packet leaves by. */
  masquerade(passage: Passage, ports: NatPorts = {}): HookVerdict {
    const connection = translatable(passage.skb.connection);
    if (connection === undefined || connection.original.source === 0) return 'accept';
    const address = masqueradeAddress(this.#stack, passage);
    if (address === undefined) {
      const name = passage.out?.name ?? '';
      if (this.#stack.tap.active) {
        this.conntrack.report(passage, { verdict: 'drop', reason: `${name} ate my IP address: it has none` });
      }
      return 'drop';
    }
    connection.masqueradeDevice = passage.out?.index;
    this.#bind(connection, { ...ports, manipulate: 'source', minAddress: address, maxAddress: address });
    return 'accept';
  }

  /** nf_nat_redirect_ipv4: to this namespace itself. */
  redirect(passage: Passage, ports: NatPorts = {}): HookVerdict {
    const address = redirectAddress(passage);
    if (address === undefined) {
      const reason = 'the device that it came in by has no address to redirect to';
      if (this.#stack.tap.active) this.conntrack.report(passage, { verdict: 'drop', reason });
      return 'drop';
    }
    return this.setup(passage, { ...ports, manipulate: 'destination', minAddress: address, maxAddress: address });
  }

  /** masq_device_event, masq_inet_event: what was masqueraded to an address that is gone is over. */
  #forget({ index }: Device, address: IpAddress | undefined): void {
    for (const connection of this.conntrack.connections()) {
      if (connection.masqueradeDevice !== index) continue;
      if (address === undefined || connection.reply.destination === address) this.conntrack.kill(connection);
    }
  }

  #bind(connection: Connection, range: NatRange): void {
    const source = range.manipulate === 'source';
    if (connection.confirmed || (source ? connection.sourceNatDone : connection.destinationNatDone)) return;
    const current = this.#current;
    // How its packets look by now: the inverse of the answers that are waited for.
    invertInto(connection.reply, current);
    const wanted = this.#unique.find(current, range, connection);
    if (!sameTuple(wanted, current)) {
      invertInto(wanted, connection.reply);
      if (source) connection.sourceNat = true;
      else connection.destinationNat = true;
    }
    if (source) connection.sourceNatDone = true;
    else connection.destinationNatDone = true;
  }

  /** nf_nat_ipv4_fn */
  #run(hook: NatHook, passage: Passage): HookVerdict {
    const { connection: tracked } = passage.skb;
    if (tracked === undefined || tracked === UNTRACKED) return 'accept';
    const connection = tracked.entry as Connection;
    const manipulate = MANIPULATIONS[hook];
    if (tracked.state !== 'established') {
      const { payload } = passage.packet;
      if (tracked.state === 'related' && payload.protocol === 'icmp' && 'original' in payload) {
        // nf_nat_icmp_reply_translation: past NAT, who is told would go another way than the translation.
        const { sourceNatDone, destinationNatDone, sourceNat, destinationNat } = connection;
        if (payload.type === 'redirect' && (!(sourceNatDone && destinationNatDone) || sourceNat || destinationNat)) {
          if (this.#stack.tap.active) {
            const reason = 'a redirect about a translated connection would lead its sender past the translation';
            this.conntrack.report(passage, { verdict: 'drop', reason });
          }
          return 'drop';
        }
        if (translates(connection, tracked, manipulate)) {
          this.#replace(
            passage,
            mangleError(passage.packet, payload, otherTuple(connection, tracked), manipulate),
            manipulate,
          );
        }
        if (hook === 'output') goElsewhere(passage, connection, tracked);
        return 'accept';
      }
      const done = manipulate === 'source' ? connection.sourceNatDone : connection.destinationNatDone;
      if (!done) {
        const verdict = this.#ask(hook, passage, connection, manipulate);
        if (verdict !== 'accept') return verdict;
      } else if (hook === 'postrouting' && this.#leftElsewhere(passage, tracked, connection)) return 'drop';
    } else if (hook === 'postrouting' && this.#leftElsewhere(passage, tracked, connection)) return 'drop';
    if (translates(connection, tracked, manipulate)) {
      this.#replace(passage, manglePacket(passage.packet, otherTuple(connection, tracked), manipulate), manipulate);
    }
    if (hook === 'output') goElsewhere(passage, connection, tracked);
    return 'accept';
  }

  /** The chains' rules decide; what they say nothing about is bound to stay as it is (nf_nat_alloc_null_binding). */
  #ask(hook: NatHook, passage: Passage, connection: Connection, manipulate: Manipulation): HookVerdict {
    const source = manipulate === 'source';
    for (const chain of this.#chains[hook]) {
      const verdict = chain.run(passage);
      if (verdict !== 'accept') return verdict;
      if (source ? connection.sourceNatDone : connection.destinationNatDone) return 'accept';
    }
    const { reply } = connection;
    const address = source ? reply.destination : reply.source;
    this.#bind(connection, { manipulate, minAddress: address, maxAddress: address });
    return 'accept';
  }

  /** nf_nat_oif_changed: the address that it was masqueraded to isn't the one of the device that it leaves by now. */
  #leftElsewhere(passage: Passage, { direction }: Tracked, connection: Connection): boolean {
    const { masqueradeDevice } = connection;
    if (masqueradeDevice === undefined || direction !== 'original' || masqueradeDevice === passage.out?.index) {
      return false;
    }
    if (this.#stack.tap.active) {
      this.conntrack.report(passage, {
        verdict: 'drop',
        reason: `masqueraded for another device than ${passage.out?.name}: the connection is forgotten`,
      });
    }
    this.conntrack.kill(connection);
    return true;
  }

  #replace(passage: Passage, after: IpPacket, manipulate: Manipulation): void {
    const { packet: before } = passage;
    if (this.#stack.tap.active) {
      const reason = `${manipulate} translated: ${ends(before)} becomes ${ends(after)}`;
      this.conntrack.report(passage, { reason, after });
    }
    passage.packet = after;
  }
}

/** Of a confirmed connection nothing can be changed any more, of an untracked packet nothing at all. */
function translatable(tracked: Tracked | undefined): Connection | undefined {
  if (tracked === undefined || tracked === UNTRACKED || tracked.entry.confirmed) return undefined;
  return tracked.entry as Connection;
}

/** nf_nat_packet: in the direction of answers, what was done to sources is undone on destinations. */
function translates(connection: Connection, { direction }: Tracked, manipulate: Manipulation): boolean {
  return (direction === 'original') === (manipulate === 'source') ? connection.sourceNat : connection.destinationNat;
}

function otherTuple(connection: Connection, { direction }: Tracked) {
  return direction === 'original' ? connection.reply : connection.original;
}

function ends({ source, destination, payload }: IpPacket): string {
  const ported = 'sourcePort' in payload;
  const from = ported ? `${formatIp(source)}:${payload.sourcePort}` : formatIp(source);
  return `${from} > ${ported ? `${formatIp(destination)}:${payload.destinationPort}` : formatIp(destination)}`;
}

const known = new WeakMap<Stack, Nat>();

/** The namespace's NAT; the first call switches it on, and connection tracking with it. */
export function natOf(stack: Stack): Nat {
  let nat = known.get(stack);
  if (nat === undefined) known.set(stack, (nat = new Nat(stack)));
  return nat;
}

/** nf_nat_ipv4_local_fn: what goes elsewhere now needs another route, an error about it too. */
function goElsewhere(passage: Passage, { original, reply }: Connection, { direction }: Tracked): void {
  const [own, other] = direction === 'original' ? [original, reply] : [reply, original];
  if (own.destination !== other.source) passage.reroute = true;
}
