import { Deferred } from '../../../simulation/deferred.ts';
import { type Errno, LinuxError } from '../../errno.ts';
import type { Stack } from '../../ip/stack.ts';
import type { TcpSegment } from '../../packet/packet.ts';
import { Condition } from '../condition.ts';
import type { TcpState } from '../entry.ts';
import type { Endpoint, KeepAliveOptions } from '../socket.ts';
import { Handshake } from './handshake.ts';
import { KeepAlive } from './keep-alive.ts';
import { DEFAULT_SEGMENT } from './options.ts';
import type { Receiver } from './receiver.ts';
import { Segments } from './segments.ts';
import { Sender } from './sender.ts';
import { add } from './sequence.ts';
import { stateAfter } from './state.ts';
import { StateTimer } from './state-timer.ts';

/** What a control block asks of the connection that it belongs to. */
interface ControlBlockActions {
  /** `again`: it was sent before. @returns what sending fails with */
  transmit(segment: TcpSegment, again: boolean): Errno | undefined;
  /** The largest segment that the path takes. */
  largestSegment(): number;
  /** A handshake that came from outside is complete. @returns false when nobody has room for it */
  established(): boolean;
  closed(): void;
}

/** Linux's TCP_TIMEWAIT_LEN. */
const TIME_WAIT = 60_000;
/** tcp_orphan_retries: 0 stands for 8. */
const ORPHAN_RETRIES = 8;

/**
 * All that one end of a connection knows (RFC 9293, 3.3.1: the transmission control block), and what it does of its own
 * accord: the handshake, acknowledgements, the states and their timers. What comes in is judged by `input.ts`; the data
 * goes through `Sender` and `Receiver`; `Connection` is what a program has of it.
 */
export class ControlBlock {
  state: TcpState;
  /** Whether this end has sent the first SYN. */
  readonly active: boolean;
  /** The sequence number of our SYN (ISS). */
  readonly initial: number;
  readonly segments: Segments;
  readonly handshake: Handshake;
  readonly timer: StateTimer;
  /** Wakes who waits for data, for room, or for the end. */
  readonly changed: Condition;
  /** Resolves when the connection is there. */
  readonly ready: Deferred<void>;
  sender: Sender | undefined;
  receiver: Receiver | undefined;
  /** How much data one segment carries; 0 before the handshake. */
  segmentSize = 0;
  /** What the connection has ended with. */
  error: Errno | undefined;
  /** An ICMP error that may pass: told when the peer is given up (sk_err_soft). */
  softError: Errno | undefined;
  /** No process has it any more: what still comes is answered with RST. */
  orphan = false;
  readonly #stack: Stack;
  readonly #actions: ControlBlockActions;
  #keepAlive: KeepAlive | undefined;

  constructor(
    stack: Stack,
    local: Endpoint,
    remote: Endpoint,
    state: 'SYN_SENT' | 'SYN_RECV',
    actions: ControlBlockActions,
  ) {
    this.#stack = stack;
    this.#actions = actions;
    this.state = state;
    this.active = state === 'SYN_SENT';
    this.initial = stack.random.uint32();
    this.segments = new Segments(stack, local, remote, this.active, (segment, again) =>
      actions.transmit(segment, again),
    );
    this.handshake = new Handshake(stack);
    this.timer = new StateTimer(stack.clock);
    this.changed = new Condition(stack.clock);
    this.ready = new Deferred(stack.clock);
  }

  get largestSegment(): number {
    return this.#actions.largestSegment();
  }

  get keepAlive(): KeepAlive | undefined {
    return this.#keepAlive;
  }

  /** The peer's SYN is here: what both ends can do is known. */
  begin(syn: TcpSegment): void {
    const { sysctl, clock } = this.#stack;
    this.receiver = this.segments.begin(syn, this.largestSegment);
    // A SYN's own window is never shifted (RFC 7323, 2.2).
    this.sender = new Sender(clock, add(this.initial, 1), syn.window, {
      emit: (sequence, data, { psh, fin, again }) => this.segments.send({ sequence, data, psh, fin }, again),
      gaveUp: () => this.finish(this.softError ?? 'ETIMEDOUT'),
      drained: () => this.changed.wake(),
      retries: () => {
        if (!this.orphan) return sysctl.number('net.ipv4.tcp_retries2');
        return sysctl.number('net.ipv4.tcp_orphan_retries') || ORPHAN_RETRIES;
      },
      segment: () =>
        (this.segmentSize = Math.min(syn.mss ?? DEFAULT_SEGMENT, this.largestSegment) - this.segments.overhead),
    });
  }

  /** Sends the SYN, or SYN+ACK, and goes on until it is answered. @returns what sending fails with */
  sendSyn(again: boolean): Errno | undefined {
    const errno = this.segments.sendSyn(this.initial, this.largestSegment, again);
    if (this.timer.expires === undefined) {
      const client = this.state === 'SYN_SENT';
      this.timer.start(this.handshake.timeout(client), () => {
        if (this.handshake.again(client)) this.sendSyn(true);
        else this.finish('ETIMEDOUT');
      });
    }
    return errno;
  }

  sendAck(): void {
    const sequence = this.sender?.next;
    if (sequence !== undefined) this.segments.send({ sequence });
  }

  /** The handshake is complete. @returns false when nobody has room for the connection */
  establish(): boolean {
    if (!this.active && !this.#actions.established()) return false;
    this.timer.stop();
    this.state = 'ESTABLISHED';
    this.sender?.measured(this.handshake.roundTrip);
    return true;
  }

  /** Goes on to what `event` leads to. @returns whether it leads anywhere */
  step(event: Parameters<typeof stateAfter>[1]): boolean {
    const state = stateAfter(this.state, event);
    if (state === undefined) return false;
    if (state === 'TIME_WAIT') this.timeWait();
    else if (state === 'CLOSED') this.finish(undefined);
    else this.state = state;
    if (state === 'FIN_WAIT2' && this.orphan) this.waitForFin();
    return true;
  }

  timeWait(): void {
    this.state = 'TIME_WAIT';
    this.#keepAlive?.stop();
    this.timer.start(TIME_WAIT, () => this.finish(undefined));
  }

  /** An orphan waits for the peer's FIN no longer than tcp_fin_timeout. */
  waitForFin(): void {
    this.timer.start(this.#stack.sysctl.number('net.ipv4.tcp_fin_timeout') * 1000, () => this.finish(undefined));
  }

  keepAsking(options: KeepAliveOptions): void {
    this.#keepAlive?.stop();
    if (this.state === 'CLOSED') return;
    this.#keepAlive = new KeepAlive(this.#stack, options, {
      heard: () => this.segments.counters.heard,
      // A sequence number that the peer has acknowledged already makes it answer (tcp_xmit_probe_skb).
      probe: () => this.segments.send({ sequence: add(this.sender?.una ?? 0, -1) }, true),
      dead: () => {
        this.segments.send({ sequence: this.sender?.next ?? 0, rst: true });
        this.finish(this.softError ?? 'ETIMEDOUT');
      },
    });
  }

  /** It is over. `errno`: what a program that still has it is told. */
  finish(errno: Errno | undefined): void {
    if (this.state === 'CLOSED') return;
    this.state = 'CLOSED';
    this.error = errno;
    this.timer.stop();
    this.#keepAlive?.stop();
    this.sender?.stop();
    this.segments.stop();
    this.#actions.closed();
    this.ready.reject(new LinuxError(errno ?? 'ECONNABORTED'));
    this.changed.wake();
  }

  /** Ends it with RST, if there is anybody to tell (tcp_send_active_reset). */
  abort(): void {
    if (this.state === 'CLOSED' || this.state === 'TIME_WAIT') return;
    const sequence = this.sender?.next;
    if (sequence !== undefined && this.state !== 'SYN_SENT') this.segments.send({ sequence, rst: true });
    this.finish(undefined);
  }
}
