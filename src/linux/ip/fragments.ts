import type { Clock, Timer } from '../../simulation/clock.ts';
import type { IpPacket } from '../packet/packet.ts';
import { IP_HEADER, segmentLength } from '../packet/size.ts';

/** Cuts a packet, or a fragment, into pieces that fit the MTU (RFC 791, 3.2): all but the last a multiple of 8 bytes. */
export function fragment(packet: IpPacket, mtu: number): IpPacket[] {
  const whole = packet.fragment ?? { offset: 0, length: segmentLength(packet.payload), more: false };
  const room = mtu - IP_HEADER;
  const pieces: IpPacket[] = [];
  for (let at = 0, length: number; at < whole.length; at += length) {
    length = whole.length - at > room ? room & ~7 : whole.length - at;
    const more = whole.more || at + length < whole.length;
    pieces.push({ ...packet, dontFragment: false, fragment: { offset: whole.offset + at, length, more } });
  }
  return pieces;
}

interface Partial {
  /** offset -> length of what has come. */
  readonly pieces: Map<number, number>;
  readonly timer: Timer;
}

/** net.ipv4.ipfrag_time, in milliseconds. */
const PATIENCE = 30_000;

/** Puts fragments together again. */
export class Reassembly {
  readonly #clock: Clock;
  readonly #expired: (last: IpPacket) => void;
  readonly #partial = new Map<string, Partial>();

  /** `expired` is told of a packet of which something never came. */
  constructor(clock: Clock, expired: (last: IpPacket) => void) {
    this.#clock = clock;
    this.#expired = expired;
  }

  /** @returns the whole packet once its last piece is there. */
  add(packet: IpPacket): IpPacket | undefined {
    const { fragment: piece, ...rest } = packet;
    if (piece === undefined) return packet;
    const key = `${packet.source} ${packet.destination} ${packet.id} ${packet.payload.protocol}`;
    let partial = this.#partial.get(key);
    if (partial === undefined) {
      const timer = this.#clock.after(PATIENCE, () => {
        this.#partial.delete(key);
        this.#expired(packet);
      });
      this.#partial.set(key, (partial = { pieces: new Map(), timer }));
    }
    partial.pieces.set(piece.offset, Math.max(piece.length, partial.pieces.get(piece.offset) ?? 0));
    let reached = 0;
    for (let length = partial.pieces.get(0); length !== undefined; length = partial.pieces.get(reached))
      reached += length;
    if (reached < segmentLength(packet.payload)) return undefined;
    partial.timer.cancel();
    this.#partial.delete(key);
    return rest;
  }

  clear(): void {
    for (const { timer } of this.#partial.values()) timer.cancel();
    this.#partial.clear();
  }
}
