import type { Random } from '../../../simulation/random.ts';
import type { IpAddress } from '../../packet/address.ts';
import type { Connection } from '../conntrack/connection.ts';
import type { Conntrack } from '../conntrack/conntrack.ts';
import { after } from '../conntrack/tcp-state.ts';
import type { Tuple } from '../conntrack/tracked.ts';
import { trackers } from '../conntrack/trackers.ts';
import { emptyTuple, invertInto, sameTuple, type TupleFields } from '../conntrack/tuple.ts';
import type { BySource } from './by-source.ts';
import { jhash } from './jhash.ts';
import type { NatRange } from './range.ts';

/** NF_NAT_MAX_ATTEMPTS: a search of all ports would take too long. */
const MOST_ATTEMPTS = 128;
/** NF_NAT_HARDER_THRESH: towards the end of a search connections that are over give way. */
const HARDER = MOST_ATTEMPTS / 4;

const reply = emptyTuple();

/** Finds the addresses and ports that a connection is translated to (nf_nat_core.c, get_unique_tuple). */
export class UniqueTuple {
  readonly #conntrack: Conntrack;
  readonly #bySource: BySource;
  readonly #random: Random;

  constructor(conntrack: Conntrack, bySource: BySource, random: Random) {
    this.#conntrack = conntrack;
    this.#bySource = bySource;
    this.#random = random;
  }

  /**
   * What `wanted`, which is how the connection's packets look so far, becomes. Where nothing is free it is what was tried
   * last: the connection then clashes when it is confirmed.
   */
  find(wanted: Tuple, range: NatRange, connection: Connection): TupleFields {
    const result = { ...wanted };
    const drawn = range.random === true || range.fullyRandom === true;
    const source = range.manipulate === 'source';
    if (source && !drawn) {
      if (inRange(wanted, range)) {
        if (!this.#usedNew(wanted, connection)) return result;
      } else {
        const before = this.#bySource.find(wanted, (mapped) => inRange(mapped, range));
        if (before !== undefined && !this.#used(before, connection)) return before;
      }
    }
    chooseAddress(result, range);
    if (!drawn) {
      const { minPort, maxPort, basePort } = range;
      if (minPort === undefined) {
        if (!this.#used(result, connection)) return result;
      } else if (basePort === undefined && portInRange(result, range)) {
        if (minPort === maxPort || maxPort === undefined || !this.#used(result, connection)) return result;
      }
    }
    this.#choosePort(result, range, drawn, connection);
    return result;
  }

  /** nf_nat_l4proto_unique_tuple */
  #choosePort(tuple: TupleFields, range: NatRange, drawn: boolean, connection: Connection): void {
    if (tuple.protocol === 'ipip') return;
    const source = range.manipulate === 'source' || tuple.protocol === 'icmp';
    const field = source ? 'sourcePort' : 'destinationPort';
    const ports = portRange(tuple, tuple[field], range);
    if (ports === undefined) return;
    const [least, size] = ports;
    const start = () => this.#random.below(65536);
    let offset = 0;
    if (range.basePort !== undefined) offset = (tuple[field] - range.basePort) & 0xffff;
    else if (drawn || range.manipulate === 'source') offset = start();
    for (let attempts = Math.min(size, MOST_ATTEMPTS); ; attempts >>= 1, offset = start()) {
      for (let i = 0; i < attempts; i++, offset = (offset + 1) & 0xffff) {
        tuple[field] = (least + (offset % size)) & 0xffff;
        if (!this.#usedHarder(tuple, connection, attempts - i)) return;
      }
      if (attempts >= size || attempts < 16) return;
    }
  }

  /** nf_nat_used_tuple: would answers to this be taken for another connection's? */
  #used(tuple: Tuple, connection: Connection): boolean {
    invertInto(tuple, reply);
    const found = this.#conntrack.find(reply);
    return found !== undefined && found.connection !== connection && !this.#sameFlow(found.connection, connection);
  }

  /** nf_conntrack_tuple_taken: two packets of one flow may both be new; that is settled when they are confirmed. */
  #sameFlow(a: Connection, b: Connection): boolean {
    return sameTuple(a.original, b.original);
  }

  /** nf_nat_used_tuple_new: the same, where nothing has to be translated. */
  #usedNew(tuple: Tuple, connection: Connection): boolean {
    if (!this.#used(tuple, connection)) return false;
    if (!trackers[tuple.protocol].allowsClash || connection.sourceNat || connection.destinationNat) return true;
    invertInto(tuple, reply);
    const found = this.#conntrack.find(tuple) ?? this.#conntrack.find(reply);
    if (found === undefined) return false;
    const { connection: other } = found;
    return other.sourceNat || other.destinationNat || !sameTuple(other.original, connection.reply);
  }

  /** nf_nat_used_tuple_harder: a TCP connection in TIME_WAIT gives way to one with higher sequence numbers. */
  #usedHarder(tuple: Tuple, connection: Connection, left: number): boolean {
    if (!this.#used(tuple, connection)) return false;
    const { tcp } = connection;
    if (left > HARDER || tcp === undefined || tcp.state !== 'SYN_SENT') return true;
    invertInto(tuple, reply);
    const found = this.#conntrack.find(reply);
    if (found === undefined) return false;
    const old = found.connection;
    if (found.direction === 'original' || !old.sourceNat || old.clashed || old.tcp === undefined) return true;
    const over = old.tcp.state === 'TIME_WAIT' || old.tcp.state === 'CLOSE' || old.tcp.state === 'SYN_SENT2';
    if (!over || !after(tcp.original.end, old.tcp.original.end)) return true;
    return !this.#conntrack.kill(old);
  }
}

/** in_range: may the source stay as it is? */
function inRange(tuple: Tuple, range: NatRange): boolean {
  const { minAddress, maxAddress = minAddress } = range;
  if (minAddress !== undefined && maxAddress !== undefined) {
    if (tuple.source < minAddress || tuple.source > maxAddress) return false;
  }
  return range.minPort === undefined || portInRange(tuple, { ...range, manipulate: 'source' });
}

/** l4proto_in_range */
function portInRange(tuple: Tuple, { manipulate, minPort = 0, maxPort = minPort }: NatRange): boolean {
  if (tuple.protocol === 'ipip') return true;
  const source = manipulate === 'source' || tuple.protocol === 'icmp';
  const port = source ? tuple.sourcePort : tuple.destinationPort;
  return port >= minPort && port <= maxPort;
}

/** Where a port is looked for: the least and how many; `undefined`: it stays. */
function portRange(tuple: Tuple, port: number, range: NatRange): readonly [number, number] | undefined {
  const { minPort, maxPort = minPort, manipulate } = range;
  if (minPort !== undefined && maxPort !== undefined) {
    return minPort <= maxPort ? [minPort, maxPort - minPort + 1] : [maxPort, minPort - maxPort + 1];
  }
  if (tuple.protocol === 'icmp') return [0, 65536];
  if (manipulate === 'destination') return undefined;
  // Ports that only root may have stay such ports.
  if (port < 512) return [1, 511];
  if (port < 1024) return [600, 424];
  return [1024, 64512];
}

/** find_best_ips_proto: the same client and server get the same address each time. */
function chooseAddress(tuple: TupleFields, range: NatRange): void {
  const { minAddress, maxAddress = minAddress, persistent, manipulate } = range;
  if (minAddress === undefined || maxAddress === undefined) return;
  const field = manipulate;
  if (minAddress === maxAddress) {
    tuple[field] = minAddress;
    return;
  }
  const seed = persistent === true ? 0 : networkOrder(tuple.destination);
  const hash = jhash([networkOrder(tuple.source), 0, 0, 0], seed);
  const least = Number(minAddress);
  const many = Number(maxAddress) - least + 1;
  tuple[field] = least + Math.floor((hash * many) / 2 ** 32);
}

/** An IPv4 address as a little-endian machine has it in memory. */
function networkOrder(address: IpAddress): number {
  const n = Number(address);
  return ((n >>> 24) | ((n >>> 8) & 0xff00) | ((n & 0xff00) << 8) | (n << 24)) >>> 0;
}
