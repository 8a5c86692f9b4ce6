import type { Timer } from '../../../simulation/clock.ts';
import { Deferred } from '../../../simulation/deferred.ts';
import { type Errno, LinuxError } from '../../errno.ts';
import type { Stack } from '../../ip/stack.ts';
import type { IcmpError, TcpSegment } from '../../packet/packet.ts';
import { Condition } from '../condition.ts';
import type { Descriptor } from '../descriptor.ts';
import type { SocketEntry, TcpState } from '../entry.ts';
import type { Endpoint, KeepAliveOptions, SocketOptions, SocketOwner, TcpConnection } from '../socket.ts';
import { connectionEntry } from './connection-entry.ts';
import { Handshake } from './handshake.ts';
import { KeepAlive } from './keep-alive.ts';
import { DEFAULT_SEGMENT } from './options.ts';
import type { Receiver } from './receiver.ts';
import { Segments } from './segments.ts';
import { Sender } from './sender.ts';
import { add, distance } from './sequence.ts';

/** What a connection needs of the namespace's table. */
export interface ConnectionHost {
  /** Sends a segment. `again`: it was sent before. */
  transmit(connection: Connection, segment: TcpSegment, again: boolean): Errno | undefined;
  /** The largest segment that the path takes. */
  segmentTo(connection: Connection): number;
  /** A handshake that came from outside is complete. @returns false when nobody has room for it. */
  established(connection: Connection): boolean;
  closed(connection: Connection): void;
  /** Where the peer wanted to get, if NAT led it here. */
  originalDestination(connection: Connection): Endpoint | undefined;
}

/** Linux's TCP_TIMEWAIT_LEN. */
const TIME_WAIT = 60_000;
/** tcp_orphan_retries: 0 stands for 8. */
const ORPHAN_RETRIES = 8;
/** One end of a TCP connection: the state machine (RFC 9293, 3.10); its halves are `Sender` and `Receiver`. */
export class Connection implements TcpConnection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  state: TcpState;
  segmentSize = 0;
  /** Marks a lab check's packets. */
  probe: string | undefined;
  /** Whose socket it is. */
  owner: SocketOwner | undefined;
  options: SocketOptions = {};
  /** Its number in the process; a handshake that nobody has accepted has none yet. */
  descriptor: Descriptor | undefined;
  /** The tap event of what came in last. */
  cause = 0;
  /** Resolves when the connection is there. */
  readonly ready: Deferred<void>;
  readonly #stack: Stack;
  readonly #host: ConnectionHost;
  readonly #active: boolean;
  readonly #initial: number;
  readonly #changed: Condition;
  readonly #segments: Segments;
  #sender: Sender | undefined;
  #receiver: Receiver | undefined;
  #keepAlive: KeepAlive | undefined;
  #error: Errno | undefined;
  /** An ICMP error that may pass: told when the peer is given up (sk_err_soft). */
  #softError: Errno | undefined;
  #timer: Timer | undefined;
  #expires = 0;
  readonly #handshake: Handshake;
  /** No process has it any more: what still comes is answered with RST. */
  #orphan = false;

  constructor(stack: Stack, host: ConnectionHost, local: Endpoint, remote: Endpoint, state: 'SYN_SENT' | 'SYN_RECV') {
    this.#stack = stack;
    this.#host = host;
    this.local = local;
    this.remote = remote;
    this.state = state;
    this.#active = state === 'SYN_SENT';
    this.#initial = stack.random.uint32();
    this.#segments = new Segments(stack, local, remote, this.#active, (segment, again) =>
      host.transmit(this, segment, again),
    );
    this.#handshake = new Handshake(stack);
    this.#changed = new Condition(stack.clock);
    this.ready = new Deferred(stack.clock);
  }

  /** Sends the SYN. @returns what connect(2) fails with at once. */
  open(): Errno | undefined {
    const errno = this.#sendSyn(false);
    if (errno !== undefined) this.#finish(errno);
    return errno;
  }

  /** Answers a SYN. */
  answer(syn: TcpSegment): void {
    this.#begin(syn);
    this.#sendSyn(false);
  }

  receive(segment: TcpSegment): void {
    this.#segments.counters.came(segment);
    if (this.state === 'SYN_SENT') {
      this.#receiveInSynSent(segment);
      return;
    }
    const receiver = this.#receiver;
    const sender = this.#sender;
    if (receiver === undefined || sender === undefined) return;
    const length = segment.data.length + (segment.fin ? 1 : 0);
    if (this.#segments.isOld(segment) || !receiver.acceptable(segment.sequence, length)) {
      if (this.state === 'SYN_RECV' && segment.syn) {
        // The other side of a simultaneous open has our SYN, too (RFC 9293, 3.5).
        if (!(segment.ack && this.#active && this.#completeHandshake(segment))) this.#sendSyn(true);
      } else if (!segment.rst) {
        if (this.state === 'TIME_WAIT' && segment.fin) this.#timeWait();
        this.#sendAck();
      }
      return;
    }
    if (segment.rst) {
      // RFC 5961: only the very next sequence number is believed.
      if (segment.sequence !== receiver.next) this.#sendAck();
      else this.#finish(this.state === 'CLOSE_WAIT' ? 'EPIPE' : 'ECONNRESET');
      return;
    }
    if (segment.syn) this.#sendAck();
    if (segment.syn || !segment.ack) return;
    this.#segments.remember(segment);
    if (this.state === 'SYN_RECV' && !this.#completeHandshake(segment)) return;
    const { agreed } = this.#segments;
    const accepted = sender.acknowledge({
      number: segment.acknowledgement,
      window: segment.window * 2 ** agreed.sendScale,
      bare: length === 0,
      sack: agreed.sack ? segment.sack : undefined,
      roundTrip: this.#segments.roundTrip(segment),
    });
    if (!accepted) {
      this.#sendAck();
      return;
    }
    this.#ourFinAcknowledged();
    if (length > 0) this.#receiveData(receiver, segment);
  }

  /** An ICMP error about a segment of this connection (tcp_v4_err). @returns whether it is believed. */
  failed({ code }: IcmpError, errno: Errno, sent: TcpSegment): boolean {
    const first = this.#sender?.una ?? this.#initial;
    const next = this.#sender?.next ?? add(this.#initial, 1);
    if (distance(first, sent.sequence) < 0 || distance(sent.sequence, next) < 0) return false;
    if (code === 'fragmentation-needed') this.#sender?.shrink();
    else if (this.state === 'SYN_SENT') this.#finish(errno);
    else if (this.state === 'SYN_RECV') {
      if (code === 'net' || code === 'host' || code === 'ttl') this.#finish(errno);
    } else this.#softError = errno;
    return true;
  }

  async read(signal?: AbortSignal): Promise<Uint8Array | undefined> {
    for (;;) {
      if (this.#orphan) throw new LinuxError('EBADF');
      const data = this.#receiver?.take();
      if (data !== undefined) {
        if (this.state !== 'CLOSED' && this.#receiver?.windowOpened(this.#host.segmentTo(this))) this.#sendAck();
        return data;
      }
      if (this.#receiver?.finished) return undefined;
      if (this.#error !== undefined) throw new LinuxError(this.#error === 'EPIPE' ? 'ECONNRESET' : this.#error);
      if (this.state === 'CLOSED') return undefined;
      await this.#changed.wait(signal);
    }
  }

  async write(data: Uint8Array): Promise<void> {
    let at = 0;
    do {
      if (this.#error !== undefined) throw new LinuxError(this.#error);
      const sender = this.#sender;
      if (sender === undefined || (this.state !== 'ESTABLISHED' && this.state !== 'CLOSE_WAIT')) {
        throw new LinuxError('EPIPE');
      }
      const room = Math.max(0, sender.room);
      if (room > 0) {
        sender.write(data.slice(at, at + room));
        at += room;
      } else await this.#changed.wait();
    } while (at < data.length);
  }

  keepAlive(options: KeepAliveOptions = {}): void {
    this.#keepAlive?.stop();
    if (this.state === 'CLOSED') return;
    this.#keepAlive = new KeepAlive(this.#stack, options, {
      heard: () => this.#segments.counters.heard,
      // A sequence number that the peer has acknowledged already makes it answer (tcp_xmit_probe_skb).
      probe: () => this.#segments.send({ sequence: add(this.#sender?.una ?? 0, -1) }, true),
      dead: () => {
        this.#segments.send({ sequence: this.#sender?.next ?? 0, rst: true });
        this.#finish(this.#softError ?? 'ETIMEDOUT');
      },
    });
  }

  originalDestination(): Endpoint | undefined {
    return this.#host.originalDestination(this);
  }

  shutdown(): void {
    if (this.state === 'ESTABLISHED') this.state = 'FIN_WAIT1';
    else if (this.state === 'CLOSE_WAIT') this.state = 'LAST_ACK';
    else if (this.state === 'SYN_SENT') this.#finish(undefined);
    else return;
    this.#sender?.finish();
  }

  close(): void {
    if (this.#orphan) return;
    this.#orphan = true;
    this.descriptor?.free();
    // RFC 2525, 2.17: what was sent to a program that never read it is not thrown away in silence.
    if ((this.#receiver?.queued ?? 0) > 0) this.abort();
    else if (this.state === 'FIN_WAIT2') this.#waitForFin();
    else this.shutdown();
    this.#changed.wake();
  }

  abort(): void {
    this.#orphan = true;
    this.descriptor?.free();
    if (this.state === 'CLOSED' || this.state === 'TIME_WAIT') return;
    const sequence = this.#sender?.next;
    if (sequence !== undefined && this.state !== 'SYN_SENT') this.#segments.send({ sequence, rst: true });
    this.#finish(undefined);
  }

  /** Nobody is told: the namespace is gone, the listener of a handshake, or a new SYN ends TIME_WAIT. */
  discard(): void {
    this.#finish('ENETDOWN');
  }

  entry(): SocketEntry {
    return connectionEntry(this, {
      now: this.#stack.clock.now(),
      orphan: this.#orphan,
      sender: this.#sender,
      receiver: this.#receiver,
      segments: this.#segments,
      keepAlive: this.#keepAlive,
      expires: this.#timer === undefined ? undefined : this.#expires,
      tries: this.#handshake.tries,
      path: this.#host.segmentTo(this),
    });
  }

  #receiveInSynSent(segment: TcpSegment): void {
    const expected = add(this.#initial, 1);
    if (segment.ack && segment.acknowledgement !== expected) {
      if (!segment.rst) this.#segments.send({ sequence: segment.acknowledgement, rst: true, ack: false });
      return;
    }
    if (segment.rst) {
      if (segment.ack) this.#finish('ECONNREFUSED');
      return;
    }
    if (!segment.syn) return;
    this.#begin(segment);
    if (!segment.ack) {
      this.state = 'SYN_RECV';
      this.#sendSyn(true);
      return;
    }
    this.#stopTimer();
    this.state = 'ESTABLISHED';
    this.#sender?.measured(this.#handshake.roundTrip);
    this.#sendAck();
    this.ready.resolve();
  }

  /** The peer's SYN is here: what both ends can do is known. */
  #begin(syn: TcpSegment): void {
    const { sysctl, clock } = this.#stack;
    this.#receiver = this.#segments.begin(syn, this.#host.segmentTo(this));
    // A SYN's own window is never shifted (RFC 7323, 2.2).
    this.#sender = new Sender(clock, add(this.#initial, 1), syn.window, {
      emit: (sequence, data, { psh, fin, again }) => this.#segments.send({ sequence, data, psh, fin }, again),
      gaveUp: () => this.#finish(this.#softError ?? 'ETIMEDOUT'),
      drained: () => this.#changed.wake(),
      retries: () => {
        if (!this.#orphan) return sysctl.number('net.ipv4.tcp_retries2');
        return sysctl.number('net.ipv4.tcp_orphan_retries') || ORPHAN_RETRIES;
      },
      segment: () =>
        (this.segmentSize = Math.min(syn.mss ?? DEFAULT_SEGMENT, this.#host.segmentTo(this)) - this.#segments.overhead),
    });
  }

  /** @returns false when the segment ends here: it is no answer to our SYN, or nobody has room for the connection. */
  #completeHandshake(segment: TcpSegment): boolean {
    if (segment.acknowledgement !== add(this.#initial, 1)) {
      this.#segments.send({ sequence: segment.acknowledgement, rst: true, ack: false });
      return false;
    }
    if (!this.#active && !this.#host.established(this)) return false;
    this.#stopTimer();
    this.state = 'ESTABLISHED';
    this.#sender?.measured(this.#handshake.roundTrip);
    this.ready.resolve();
    return true;
  }

  #receiveData(receiver: Receiver, segment: TcpSegment): void {
    if (this.#orphan && segment.data.length > 0) {
      this.abort();
      return;
    }
    const ended = receiver.finished;
    const news = receiver.accept(segment.sequence, segment.data, segment.fin);
    if (receiver.finished && !ended) this.#peerFinished();
    // tcp_fin() turns to delayed acknowledgements: a FIN that answers soon carries it.
    if (this.state === 'CLOSE_WAIT' && !ended) this.#segments.delayAck(() => this.#sendAck());
    else this.#sendAck();
    if (news) this.#changed.wake();
  }

  #peerFinished(): void {
    if (this.state === 'ESTABLISHED') this.state = 'CLOSE_WAIT';
    else if (this.state === 'FIN_WAIT1') this.state = 'CLOSING';
    else if (this.state === 'FIN_WAIT2') this.#timeWait();
  }

  #ourFinAcknowledged(): void {
    if (!this.#sender?.finished) return;
    if (this.state === 'FIN_WAIT1') {
      this.state = 'FIN_WAIT2';
      if (this.#orphan) this.#waitForFin();
    } else if (this.state === 'CLOSING') this.#timeWait();
    else if (this.state === 'LAST_ACK') this.#finish(undefined);
  }

  /** An orphan waits for the peer's FIN no longer than tcp_fin_timeout. */
  #waitForFin(): void {
    this.#startTimer(this.#stack.sysctl.number('net.ipv4.tcp_fin_timeout') * 1000, () => this.#finish(undefined));
  }

  #timeWait(): void {
    this.state = 'TIME_WAIT';
    this.#keepAlive?.stop();
    this.#startTimer(TIME_WAIT, () => this.#finish(undefined));
  }

  #sendSyn(again: boolean): Errno | undefined {
    const errno = this.#segments.sendSyn(this.#initial, this.#host.segmentTo(this), again);
    if (this.#timer === undefined) {
      const client = this.state === 'SYN_SENT';
      this.#startTimer(this.#handshake.timeout(client), () => {
        if (this.#handshake.again(client)) this.#sendSyn(true);
        else this.#finish('ETIMEDOUT');
      });
    }
    return errno;
  }

  #sendAck(): void {
    const sequence = this.#sender?.next;
    if (sequence !== undefined) this.#segments.send({ sequence });
  }

  /** Is a SYN from later than all that this end has seen (RFC 6191: it may then end TIME_WAIT)? */
  isNewer(syn: TcpSegment): boolean {
    return this.#segments.isNewer(syn);
  }

  #finish(errno: Errno | undefined): void {
    if (this.state === 'CLOSED') return;
    this.state = 'CLOSED';
    this.#error = errno;
    this.#stopTimer();
    this.#keepAlive?.stop();
    this.#sender?.stop();
    this.#segments.stop();
    this.#host.closed(this);
    this.ready.reject(new LinuxError(errno ?? 'ECONNABORTED'));
    this.#changed.wake();
  }

  #startTimer(delay: number, task: () => void): void {
    this.#stopTimer();
    this.#expires = this.#stack.clock.now() + delay;
    this.#timer = this.#stack.clock.after(delay, () => {
      this.#timer = undefined;
      task();
    });
  }

  #stopTimer(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
