import type { Timer } from '../../simulation/clock.ts';
import type { IpPacket } from '../packet/packet.ts';
import { IP_HEADER, segmentLength } from '../packet/size.ts';
import type { Stack } from './stack.ts';

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
  /** The one that starts the packet, once it has come. */
  first: IpPacket | undefined;
}

/** Puts fragments together again. */
export class Reassembly {
  readonly #stack: Stack;
  readonly #expired: (one: IpPacket, first: IpPacket | undefined) => void;
  readonly #partial = new Map<string, Partial>();

  /** `expired` is told of a packet of which something never came: one fragment, and the first where it came. */
  constructor(stack: Stack, expired: (one: IpPacket, first: IpPacket | undefined) => void) {
    this.#stack = stack;
    this.#expired = expired;
  }

  /** @returns the whole packet once its last piece is there. */
  add(packet: IpPacket): IpPacket | undefined {
    const { fragment: piece } = packet;
    if (piece === undefined) return packet;
    const key = `${packet.source} ${packet.destination} ${packet.id} ${packet.payload.protocol}`;
    let partial = this.#partial.get(key);
    if (partial === undefined) {
      const { clock, sysctl } = this.#stack;
      const timer = clock.after(sysctl.number('net.ipv4.ipfrag_time') * 1000, () => {
        const { first } = this.#partial.get(key) ?? {};
        this.#partial.delete(key);
        this.#expired(packet, first);
      });
      this.#partial.set(key, (partial = { pieces: new Map(), timer, first: undefined }));
    }
    if (piece.offset === 0) partial.first = packet;
    partial.pieces.set(piece.offset, Math.max(piece.length, partial.pieces.get(piece.offset) ?? 0));
    let reached = 0;
    for (let length = partial.pieces.get(0); length !== undefined; length = partial.pieces.get(reached))
      reached += length;
    if (reached < segmentLength(packet.payload)) return undefined;
    partial.timer.cancel();
    this.#partial.delete(key);
    const { fragment: _piece, ...whole } = packet;
    return whole;
  }

  clear(): void {
    for (const { timer } of this.#partial.values()) timer.cancel();
    this.#partial.clear();
  }
}
