import type { Milliseconds, Timer } from '../../../simulation/clock.ts';
import type { Errno } from '../../errno.ts';
import type { Stack } from '../../ip/stack.ts';
import type { TcpSegment } from '../../packet/packet.ts';
import type { Endpoint } from '../socket.ts';
import { Counters } from './counters.ts';
import { type Agreed, agree, synOptions, TIMESTAMP_BYTES } from './options.ts';
import { Receiver } from './receiver.ts';
import { distance } from './sequence.ts';

type SegmentParts = Partial<Pick<TcpSegment, 'ack' | 'fin' | 'rst' | 'psh' | 'data'>> & { readonly sequence: number };

const DELAYED_ACK: Milliseconds = 40;
const NOTHING = new Uint8Array(0);

/** tcp_select_initial_window: as many whole segments as fit into the half of tcp_rmem[1] that is for data. */
function initialWindow(segment: number): number {
  const space = 65536;
  return space - (space % segment);
}

/** Writes a connection's segments: acknowledgement, window and options, as both ends have agreed on them. */
export class Segments {
  agreed: Agreed = { sendScale: 0, receiveScale: 0, timestamps: false, sack: false };
  readonly counters: Counters;
  readonly #stack: Stack;
  readonly #local: Endpoint;
  readonly #remote: Endpoint;
  /** Whether this end has sent the first SYN. */
  readonly #active: boolean;
  readonly #transmit: (segment: TcpSegment, again: boolean) => Errno | undefined;
  /** What is added to the clock for TSval (RFC 7323, 7.1: not the same for all). */
  readonly #offset: number;
  /** TS.Recent: what the peer's last segment in order said. */
  #recent = 0;
  #peerSyn: TcpSegment | undefined;
  #receiver: Receiver | undefined;
  #delayed: Timer | undefined;

  constructor(
    stack: Stack,
    local: Endpoint,
    remote: Endpoint,
    active: boolean,
    transmit: (segment: TcpSegment, again: boolean) => Errno | undefined,
  ) {
    this.#stack = stack;
    this.#local = local;
    this.#remote = remote;
    this.#active = active;
    this.#transmit = transmit;
    this.#offset = stack.random.uint32();
    this.counters = new Counters(stack.clock);
  }

  /** The peer's SYN is here: what both ends can do is known. `mss`: the largest segment that the path takes. */
  begin(syn: TcpSegment, mss: number): Receiver {
    this.#peerSyn = syn;
    this.#recent = syn.timestamps?.value ?? 0;
    this.agreed = agree(this.#stack.sysctl, syn);
    const segment = mss - this.overhead;
    this.#receiver = new Receiver(syn.sequence, this.#window(mss), this.agreed.receiveScale, segment);
    return this.#receiver;
  }

  /** Bytes of options in each segment with data. */
  get overhead(): number {
    return this.agreed.timestamps ? TIMESTAMP_BYTES : 0;
  }

  /** A SYN, or SYN+ACK where the peer's SYN is here. What it says of the window is never shifted (RFC 7323, 2.2). */
  sendSyn(sequence: number, mss: number, again: boolean): Errno | undefined {
    const timestamps = { value: this.#now(), echo: this.#recent };
    const options = synOptions(this.#stack.sysctl, mss, timestamps, this.#peerSyn);
    return this.#send({ sequence }, Math.min(this.#window(mss), 65535), again, options);
  }

  /** Who asks does not know yet that each segment will carry timestamps. */
  #window(mss: number): number {
    return initialWindow(this.#active ? mss : mss - this.overhead);
  }

  /** @returns what sending fails with. `again`: it was sent before. */
  send(parts: SegmentParts, again = false): Errno | undefined {
    const { data = NOTHING } = parts;
    const window = this.#receiver?.advertise() ?? 0;
    const sack = this.agreed.sack && data.length === 0 ? this.#receiver?.blocks() : undefined;
    return this.#send(parts, window, again, {
      ...(this.agreed.timestamps && { timestamps: { value: this.#now(), echo: this.#recent } }),
      ...(sack !== undefined && { sack }),
    });
  }

  /** Acknowledges with what is sent next, at the latest after TCP_ATO_MIN (RFC 9293, 3.8.6.3): `ack` then sends it. */
  delayAck(ack: () => void): void {
    this.#delayed ??= this.#stack.clock.after(DELAYED_ACK, ack);
  }

  stop(): void {
    this.#delayed?.cancel();
    this.#delayed = undefined;
  }

  #send(
    parts: SegmentParts,
    window: number,
    again: boolean,
    options: Pick<TcpSegment, 'mss' | 'sackPermitted' | 'timestamps' | 'windowScale' | 'sack'>,
  ): Errno | undefined {
    this.stop();
    const receiver = this.#receiver;
    const { sequence, fin = false, rst = false, psh = false, data = NOTHING } = parts;
    const ack = parts.ack ?? receiver !== undefined;
    const segment: TcpSegment = {
      protocol: 'tcp',
      sourcePort: this.#local.port,
      destinationPort: this.#remote.port,
      sequence,
      acknowledgement: ack && receiver !== undefined ? receiver.next : 0,
      syn: options.mss !== undefined,
      ack,
      fin,
      rst,
      psh,
      window: rst && !ack ? 0 : window,
      ...options,
      data,
    };
    this.counters.went(segment);
    return this.#transmit(segment, again);
  }

  /** A segment in the window: its time is echoed from now on. */
  remember({ timestamps, sequence }: TcpSegment): void {
    if (timestamps === undefined || this.#receiver === undefined) return;
    if (distance(sequence, this.#receiver.next) >= 0) this.#recent = timestamps.value;
  }

  /** PAWS (RFC 7323, 5): a segment that says an earlier time than the last is from an earlier life. */
  isOld({ timestamps, rst }: TcpSegment): boolean {
    return this.agreed.timestamps && timestamps !== undefined && !rst && distance(this.#recent, timestamps.value) < 0;
  }

  /** Is a SYN beyond all that this end has seen (RFC 6191: it may then end TIME_WAIT)? */
  isNewer({ sequence, timestamps }: TcpSegment): boolean {
    const later = timestamps !== undefined && distance(this.#recent, timestamps.value) > 0;
    if (this.agreed.timestamps && later) return true;
    return this.#receiver !== undefined && distance(this.#receiver.next, sequence) >= 0;
  }

  /** How long ago the peer's echo was sent (RFC 7323, 4.3). */
  roundTrip({ timestamps }: TcpSegment): number | undefined {
    if (!this.agreed.timestamps || timestamps === undefined || timestamps.echo === 0) return undefined;
    return Math.max(0, distance(timestamps.echo, this.#now()));
  }

  #now(): number {
    return (Math.floor(this.#stack.clock.now()) + this.#offset) >>> 0;
  }
}
