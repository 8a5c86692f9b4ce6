import type { Timer } from '../../simulation/clock.ts';
import type { Device } from '../device/device.ts';
import type { IpPacket } from '../packet/packet.ts';
import { IP_HEADER, segmentLength } from '../packet/size.ts';
import type { Skb } from '../packet/skb.ts';
import type { Stack } from './stack.ts';

/** A fragment as it came. */
interface Arrived {
  readonly packet: IpPacket;
  readonly skb: Skb;
  readonly device: Device | undefined;
}

interface Piece extends Arrived {
  readonly offset: number;
  readonly length: number;
}

/** Fragments that came one after the other, each where the one before it ended. */
interface Run {
  readonly start: number;
  end: number;
}

/** struct ipq. */
interface Queue {
  readonly timer: Timer;
  readonly pieces: Piece[];
  readonly runs: Run[];
  /** The end of the last piece, once that is there; until then the furthest that came. */
  length: number;
  last: boolean;
  /** The largest that came, and the largest with DF, header included. */
  largest: number;
  largestWithDf: number;
}

/** What becomes of a fragment that doesn't complete its packet. */
export interface Kept {
  readonly verdict: 'queue' | 'drop';
  readonly reason: string;
}

const WAITS: Kept = { verdict: 'queue', reason: 'waits for the other fragments of its packet' };
const DUPLICATE: Kept = { verdict: 'drop', reason: 'this part of its packet has come already' };
const OVERLAPS: Kept = { verdict: 'drop', reason: 'overlaps another fragment: its packet is given up (RFC 5722)' };
const CONTRADICTS: Kept = { verdict: 'drop', reason: 'another fragment says that the packet ends elsewhere' };

/** Puts fragments together again: net/ipv4/ip_fragment.c. */
export class Reassembly {
  readonly #stack: Stack;
  readonly #expired: (one: Arrived, first: Arrived | undefined) => void;
  readonly #queues = new Map<string, Queue>();

  /** `expired` is told of a packet of which something never came: one fragment, and the first where it came. */
  constructor(stack: Stack, expired: (one: Arrived, first: Arrived | undefined) => void) {
    this.#stack = stack;
    this.#expired = expired;
  }

  /** @returns the whole packet once its last piece is there; `skb` then knows what it was put together from. */
  add(packet: IpPacket, skb: Skb, device: Device | undefined): IpPacket | Kept {
    const { fragment } = packet;
    if (fragment === undefined) return packet;
    const key = `${packet.source} ${packet.destination} ${packet.id} ${packet.payload.protocol}`;
    const queue = this.#queues.get(key) ?? this.#open(key);
    const { offset, more } = fragment;
    let end = offset + fragment.length;
    if (!more) {
      if (end < queue.length || (queue.last && end !== queue.length)) return this.#discard(key, queue, CONTRADICTS);
      queue.last = true;
      queue.length = end;
    } else {
      end &= ~7;
      if (end > queue.length) {
        if (queue.last) return this.#discard(key, queue, CONTRADICTS);
        queue.length = end;
      }
    }
    if (end === offset) return this.#discard(key, queue, CONTRADICTS);
    const refused = insert(queue, offset, end);
    if (refused === DUPLICATE) return refused;
    if (refused !== undefined) return this.#discard(key, queue, refused);
    queue.pieces.push({ packet, skb, device, offset, length: end - offset });
    queue.largest = Math.max(queue.largest, end - offset + IP_HEADER);
    if (packet.dontFragment) queue.largestWithDf = Math.max(queue.largestWithDf, end - offset + IP_HEADER);
    const there = queue.pieces.reduce((sum, { length }) => sum + length, 0);
    if (!queue.last || there !== queue.length) return WAITS;
    this.#close(key, queue);
    return whole(queue, skb) ?? CONTRADICTS;
  }

  clear(): void {
    for (const { timer } of this.#queues.values()) timer.cancel();
    this.#queues.clear();
  }

  #open(key: string): Queue {
    const { clock, sysctl } = this.#stack;
    const timer = clock.after(sysctl.number('net.ipv4.ipfrag_time') * 1000, () => {
      this.#queues.delete(key);
      const [one] = queue.pieces;
      if (one !== undefined)
        this.#expired(
          one,
          queue.pieces.find(({ offset }) => offset === 0),
        );
    });
    const queue = { timer, pieces: [], runs: [], length: 0, last: false, largest: 0, largestWithDf: 0 };
    this.#queues.set(key, queue);
    return queue;
  }

  #close(key: string, { timer }: Queue): void {
    timer.cancel();
    this.#queues.delete(key);
  }

  #discard(key: string, queue: Queue, why: Kept): Kept {
    this.#close(key, queue);
    return why;
  }
}

/** inet_frag_queue_insert. @returns why it can't be taken. */
function insert({ runs }: Queue, offset: number, end: number): Kept | undefined {
  const last = runs.at(-1);
  if (last === undefined || last.end < end) {
    if (last !== undefined && offset < last.end) return OVERLAPS;
    if (last?.end === offset) last.end = end;
    else runs.push({ start: offset, end });
    return undefined;
  }
  for (const [i, run] of runs.entries()) {
    if (offset >= run.end) continue;
    if (end > run.start) return offset >= run.start && end <= run.end ? DUPLICATE : OVERLAPS;
    runs.splice(i, 0, { start: offset, end });
    break;
  }
  return undefined;
}

/** ip_frag_reasm: the first fragment's header, without what made it a fragment. */
function whole({ pieces, length, largest, largestWithDf }: Queue, skb: Skb): IpPacket | undefined {
  const sorted = [...pieces].sort((a, b) => a.offset - b.offset);
  const [first] = sorted;
  if (first === undefined) return undefined;
  // Fragments that are not of one datagram can make none here.
  if (length !== segmentLength(first.packet.payload)) return undefined;
  const path = largestWithDf === largest;
  skb.fragments = { lengths: sorted.map((piece) => piece.length), largest, path };
  const { fragment: _, ...header } = first.packet;
  return { ...header, dontFragment: path };
}
