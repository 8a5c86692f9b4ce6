import type { Timer } from '../../../simulation/clock.ts';
import { Deferred } from '../../../simulation/deferred.ts';
import { type Errno, LinuxError } from '../../errno.ts';
import type { Stack } from '../../ip/stack.ts';
import type { TcpSegment } from '../../packet/packet.ts';
import { Condition } from '../condition.ts';
import type { Endpoint, SocketOwner, TcpConnection } from '../socket.ts';
import { Receiver } from './receiver.ts';
import { INITIAL_TIMEOUT } from './round-trip.ts';
import { Sender } from './sender.ts';
import { add, distance } from './sequence.ts';

/** RFC 9293, 3.3.2, in the words of `ss` and /proc/net/tcp. */
export type TcpState =
  | 'SYN_SENT'
  | 'SYN_RECV'
  | 'ESTABLISHED'
  | 'FIN_WAIT1'
  | 'FIN_WAIT2'
  | 'CLOSE_WAIT'
  | 'CLOSING'
  | 'LAST_ACK'
  | 'TIME_WAIT'
  | 'CLOSED';

/** What a connection needs of the namespace's table. */
export interface ConnectionHost {
  /** Sends a segment. `event`: the tap event of what it answers; `again`: it was sent before. */
  transmit(connection: Connection, segment: SegmentParts, again: boolean): Errno | undefined;
  /** The largest segment that the path takes. */
  segmentTo(connection: Connection): number;
  /** A handshake that came from outside is complete. @returns false when nobody has room for it. */
  established(connection: Connection): boolean;
  closed(connection: Connection): void;
}

export type SegmentParts = Partial<Pick<TcpSegment, 'syn' | 'ack' | 'fin' | 'rst' | 'psh' | 'mss' | 'data'>> & {
  readonly sequence: number;
};

/** Linux's TCP_TIMEWAIT_LEN, which is tcp_fin_timeout too. */
const TIME_WAIT = 60_000;
/** RFC 9293, 3.7.1: of a peer that doesn't say. */
const DEFAULT_SEGMENT = 536;
const NOTHING = new Uint8Array(0);

/** One end of a TCP connection: the state machine; its halves are `Sender` and `Receiver`. */
export class Connection implements TcpConnection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  state: TcpState;
  /** Marks a lab check's packets. */
  probe: string | undefined;
  /** Whose socket it is. */
  owner: SocketOwner | undefined;
  /** The tap event of what came in last. */
  cause = 0;
  /** Resolves when the connection is there. */
  readonly ready: Deferred<void>;
  readonly #stack: Stack;
  readonly #host: ConnectionHost;
  readonly #initial: number;
  readonly #changed: Condition;
  #sender: Sender | undefined;
  #receiver: Receiver | undefined;
  #error: Errno | undefined;
  #timer: Timer | undefined;
  #tries = 0;
  #handshakeStarted = 0;
  /** The process is gone: what still comes is answered with RST. */
  #orphan = false;

  constructor(stack: Stack, host: ConnectionHost, local: Endpoint, remote: Endpoint, state: 'SYN_SENT' | 'SYN_RECV') {
    this.#stack = stack;
    this.#host = host;
    this.local = local;
    this.remote = remote;
    this.state = state;
    this.#initial = stack.random.uint32();
    this.#changed = new Condition(stack.clock);
    this.ready = new Deferred(stack.clock);
  }

  /** Sends the SYN. @returns what connect(2) fails with at once. */
  open(): Errno | undefined {
    this.#handshakeStarted = this.#stack.clock.now();
    const errno = this.#sendSyn(false);
    if (errno !== undefined) this.#finish(errno);
    return errno;
  }

  /** Answers a SYN. */
  answer(syn: TcpSegment): void {
    this.#receiver = new Receiver(syn.sequence);
    this.#makeSender(syn);
    this.#handshakeStarted = this.#stack.clock.now();
    this.#sendSyn(false);
  }

  receive(segment: TcpSegment): void {
    if (this.state === 'SYN_SENT') {
      this.#receiveInSynSent(segment);
      return;
    }
    const receiver = this.#receiver;
    const sender = this.#sender;
    if (receiver === undefined || sender === undefined) return;
    const length = segment.data.length + (segment.fin ? 1 : 0);
    if (!receiver.acceptable(segment.sequence, length)) {
      if (this.state === 'SYN_RECV' && segment.syn) this.#sendSyn(true);
      else if (!segment.rst) this.#sendAck();
      return;
    }
    if (segment.rst) {
      if (this.state === 'TIME_WAIT') return;
      this.#finish(this.state === 'CLOSE_WAIT' ? 'EPIPE' : 'ECONNRESET');
      return;
    }
    if (segment.syn) {
      this.#sendAck();
      return;
    }
    if (!segment.ack) return;
    if (this.state === 'SYN_RECV' && !this.#completeHandshake(segment)) return;
    const bare = length === 0;
    if (!sender.acknowledge(segment.acknowledgement, segment.window, bare)) {
      this.#sendAck();
      return;
    }
    this.#ourFinAcknowledged();
    if (length > 0) this.#receiveData(receiver, segment);
  }

  /** An ICMP error about this connection. */
  failed(errno: Errno): void {
    if (errno === 'EMSGSIZE') this.#sender?.shrink(this.#host.segmentTo(this));
    // Once connected it is a hint at most; the retransmissions decide (RFC 1122, 4.2.3.9).
    else if (this.state === 'SYN_SENT') this.#finish(errno);
  }

  async read(signal?: AbortSignal): Promise<Uint8Array | undefined> {
    for (;;) {
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

  close(): void {
    if (this.state === 'ESTABLISHED') this.state = 'FIN_WAIT1';
    else if (this.state === 'CLOSE_WAIT') this.state = 'LAST_ACK';
    else if (this.state === 'SYN_SENT') this.#finish(undefined);
    else return;
    this.#sender?.finish();
  }

  abort(): void {
    if (this.state === 'CLOSED' || this.state === 'TIME_WAIT') return;
    const sequence = this.#sender?.next;
    if (sequence !== undefined && this.state !== 'SYN_SENT') this.#send({ sequence, rst: true });
    this.#finish(undefined);
  }

  /** What the kernel does with the connection of a process that ended: RST where something is unread (RFC 2525, 2.17). */
  release(): void {
    this.#orphan = true;
    if ((this.#receiver?.queued ?? 0) > 0) this.abort();
    else this.close();
  }

  /** The namespace is gone. */
  discard(): void {
    this.#finish('ENETDOWN');
  }

  #receiveInSynSent(segment: TcpSegment): void {
    const expected = add(this.#initial, 1);
    if (segment.ack && segment.acknowledgement !== expected) {
      if (!segment.rst) this.#send({ sequence: segment.acknowledgement, rst: true, ack: false });
      return;
    }
    if (segment.rst) {
      if (segment.ack) this.#finish('ECONNREFUSED');
      return;
    }
    if (!segment.syn || !segment.ack) return;
    this.#stopTimer();
    this.#receiver = new Receiver(segment.sequence);
    const sender = this.#makeSender(segment);
    this.state = 'ESTABLISHED';
    if (this.#tries === 0) sender.measured(this.#stack.clock.now() - this.#handshakeStarted);
    this.#sendAck();
    this.ready.resolve();
  }

  /** @returns false when the segment ends here: it is no answer to our SYN, or nobody has room for the connection. */
  #completeHandshake(segment: TcpSegment): boolean {
    if (segment.acknowledgement !== add(this.#initial, 1)) {
      this.#send({ sequence: segment.acknowledgement, rst: true, ack: false });
      return false;
    }
    if (!this.#host.established(this)) return false;
    this.#stopTimer();
    this.state = 'ESTABLISHED';
    if (this.#tries === 0) this.#sender?.measured(this.#stack.clock.now() - this.#handshakeStarted);
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
    this.#sendAck();
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
      // An orphan waits for the peer's FIN no longer than tcp_fin_timeout.
      if (this.#orphan) this.#startTimer(TIME_WAIT, () => this.#finish(undefined));
    } else if (this.state === 'CLOSING') this.#timeWait();
    else if (this.state === 'LAST_ACK') this.#finish(undefined);
  }

  #timeWait(): void {
    this.state = 'TIME_WAIT';
    this.#startTimer(TIME_WAIT, () => this.#finish(undefined));
  }

  #makeSender(syn: TcpSegment): Sender {
    const { clock, sysctl } = this.#stack;
    const segment = Math.min(syn.mss ?? DEFAULT_SEGMENT, this.#host.segmentTo(this));
    const retries = sysctl.number('net.ipv4.tcp_retries2');
    this.#sender = new Sender(clock, add(this.#initial, 1), segment, syn.window, retries, {
      emit: (sequence, data, { psh, fin, again }) => this.#send({ sequence, data, psh, fin }, again),
      gaveUp: () => this.#finish('ETIMEDOUT'),
      drained: () => this.#changed.wake(),
    });
    return this.#sender;
  }

  #sendSyn(again: boolean): Errno | undefined {
    const mss = this.#host.segmentTo(this);
    const errno = this.#send({ sequence: this.#initial, syn: true, mss }, again);
    if (this.#timer === undefined) this.#startTimer(this.#synTimeout(), () => this.#synUnanswered());
    return errno;
  }

  #synUnanswered(): void {
    const { sysctl } = this.#stack;
    const client = this.state === 'SYN_SENT';
    const linear = client ? sysctl.number('net.ipv4.tcp_syn_linear_timeouts') : 0;
    const most = linear + sysctl.number(client ? 'net.ipv4.tcp_syn_retries' : 'net.ipv4.tcp_synack_retries');
    if (this.#tries >= most) {
      this.#finish('ETIMEDOUT');
      return;
    }
    this.#tries++;
    this.#sendSyn(true);
  }

  /** Since Linux 6.5 the first SYNs go out a second apart, and only then ever less often. */
  #synTimeout(): number {
    const linear = this.state === 'SYN_SENT' ? this.#stack.sysctl.number('net.ipv4.tcp_syn_linear_timeouts') : 0;
    return INITIAL_TIMEOUT * 2 ** Math.max(0, this.#tries - linear);
  }

  #sendAck(): void {
    const sequence = this.#sender?.next;
    if (sequence !== undefined) this.#send({ sequence });
  }

  #send(parts: SegmentParts, again = false): Errno | undefined {
    const ack = this.#receiver !== undefined;
    return this.#host.transmit(this, { ack, data: NOTHING, ...parts }, again);
  }

  /** The acknowledgement and window that each segment carries. */
  acknowledgement(): { readonly acknowledgement: number; readonly window: number } {
    const receiver = this.#receiver;
    if (receiver === undefined) return { acknowledgement: 0, window: 65535 };
    return { acknowledgement: receiver.next, window: receiver.advertise() };
  }

  /** Is `sequence` beyond all that this end has seen (RFC 6191: a new SYN may end TIME_WAIT)? */
  isNewer(sequence: number): boolean {
    return this.#receiver !== undefined && distance(this.#receiver.next, sequence) >= 0;
  }

  /** Ends TIME_WAIT early. */
  reuse(): void {
    this.#finish(undefined);
  }

  #finish(errno: Errno | undefined): void {
    if (this.state === 'CLOSED') return;
    this.state = 'CLOSED';
    this.#error = errno;
    this.#stopTimer();
    this.#sender?.stop();
    this.#host.closed(this);
    this.ready.reject(new LinuxError(errno ?? 'ECONNABORTED'));
    this.#changed.wake();
  }

  #startTimer(delay: number, task: () => void): void {
    this.#stopTimer();
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
