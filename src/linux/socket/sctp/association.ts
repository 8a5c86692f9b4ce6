import type { Timer } from '../../../simulation/clock.ts';
import { Deferred } from '../../../simulation/deferred.ts';
import { type Errno, LinuxError } from '../../errno.ts';
import type { Stack } from '../../ip/stack.ts';
import type { SctpChunk, SctpPacket } from '../../packet/packet.ts';
import { Condition } from '../condition.ts';
import type { Endpoint, SocketOwner } from '../socket.ts';

/** RFC 9260, 4, in the kernel's words (include/net/sctp/constants.h). */
export type SctpState =
  | 'COOKIE_WAIT'
  | 'COOKIE_ECHOED'
  | 'ESTABLISHED'
  | 'SHUTDOWN_PENDING'
  | 'SHUTDOWN_SENT'
  | 'SHUTDOWN_RECEIVED'
  | 'SHUTDOWN_ACK_SENT'
  | 'CLOSED';

/** What both ends know once the handshake's first half is over. */
export interface Handshake {
  readonly localTag: number;
  readonly remoteTag: number;
  /** The next TSN of each side. */
  readonly localSequence: number;
  readonly remoteSequence: number;
}

/** RFC 9260, 16: RTO.Initial and RTO.Max (milliseconds), Max.Init.Retransmits, Association.Max.Retrans. */
const FIRST_TIMEOUT = 3000;
const LONGEST_TIMEOUT = 60_000;
const INIT_RETRIES = 8;
const RETRIES = 10;
/** IP, SCTP and the DATA chunk's header within 1500 bytes; messages are not fragmented here. */
const LONGEST_MESSAGE = 1500 - 20 - 12 - 16;

/** One end of an SCTP association: one path, one stream, one DATA chunk at a time; no heartbeats of its own. */
export class Association {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly owner: SocketOwner;
  state: SctpState;
  /** The tap event of what came in last. */
  cause = 0;
  readonly ready: Deferred<void>;
  readonly #stack: Stack;
  readonly #transmit: (association: Association, packet: SctpPacket, again: boolean) => Errno | undefined;
  readonly #closed: (association: Association) => void;
  readonly #changed: Condition;
  #localTag: number;
  #remoteTag: number;
  #localSequence: number;
  #remoteSequence: number;
  readonly #received: Uint8Array[] = [];
  readonly #waiting: Uint8Array[] = [];
  /** Sent and not acknowledged. */
  #flying: SctpChunk | undefined;
  #timer: Timer | undefined;
  #tries = 0;
  #error: Errno | undefined;
  #ended = false;

  /** `handshake` absent: this end asks. */
  constructor(
    stack: Stack,
    local: Endpoint,
    remote: Endpoint,
    owner: SocketOwner,
    transmit: (association: Association, packet: SctpPacket, again: boolean) => Errno | undefined,
    closed: (association: Association) => void,
    handshake?: Handshake,
  ) {
    this.#stack = stack;
    this.local = local;
    this.remote = remote;
    this.owner = owner;
    this.#transmit = transmit;
    this.#closed = closed;
    this.state = handshake === undefined ? 'COOKIE_WAIT' : 'ESTABLISHED';
    this.#localTag = handshake?.localTag ?? newTag(stack);
    this.#localSequence = handshake?.localSequence ?? stack.random.uint32();
    this.#remoteTag = handshake?.remoteTag ?? 0;
    this.#remoteSequence = handshake?.remoteSequence ?? 0;
    this.#changed = new Condition(stack.clock);
    this.ready = new Deferred(stack.clock);
  }

  /** Bytes that the program has not read, and that are not acknowledged. */
  get queues(): readonly [received: number, sent: number] {
    const sum = (list: readonly Uint8Array[]) => list.reduce((total, { length }) => total + length, 0);
    return [sum(this.#received), sum(this.#waiting) + (this.#flying?.data?.length ?? 0)];
  }

  /** Sends INIT. @returns what connect(2) fails with at once. */
  open(): Errno | undefined {
    const errno = this.#sendInit(false);
    if (errno !== undefined) this.#finish(errno);
    return errno;
  }

  /** Answers COOKIE ECHO, the first as well as one that was sent again. */
  confirm(): void {
    this.#send({ type: 'cookie-ack' });
  }

  /** @returns false where the packet does not have this association's tag (RFC 9260, 8.5). */
  receive(packet: SctpPacket): boolean {
    const reflected = packet.verificationTag === this.#remoteTag && packet.chunks.some(({ type }) => type === 'abort');
    if (packet.verificationTag !== this.#localTag && !reflected) return false;
    for (const chunk of packet.chunks) this.#take(chunk);
    return true;
  }

  /** An ICMP error: there is no SCTP, or no way, at the other end. */
  failed(errno: Errno): void {
    if (this.state === 'COOKIE_WAIT') this.#finish(errno === 'ENOPROTOOPT' ? 'ECONNREFUSED' : errno);
  }

  /** The next message; `undefined` when the peer has shut the association down. Rejects with ECONNRESET, ETIMEDOUT. */
  async read(signal?: AbortSignal): Promise<Uint8Array | undefined> {
    for (;;) {
      const message = this.#received.shift();
      if (message !== undefined) return message;
      if (this.#error !== undefined) throw new LinuxError(this.#error);
      if (this.#ended || this.state === 'CLOSED') return undefined;
      await this.#changed.wait(signal);
    }
  }

  /** Throws EPIPE, EMSGSIZE, and what the association has failed with. */
  write(message: Uint8Array): void {
    if (this.#error !== undefined) throw new LinuxError(this.#error);
    if (this.state !== 'ESTABLISHED') throw new LinuxError('EPIPE');
    if (message.length > LONGEST_MESSAGE) throw new LinuxError('EMSGSIZE');
    if (message.length === 0) throw new LinuxError('EINVAL');
    this.#waiting.push(message.slice());
    this.#push();
  }

  /** Shuts the association down once everything is acknowledged. */
  close(): void {
    if (this.state === 'COOKIE_WAIT' || this.state === 'COOKIE_ECHOED') this.#finish(undefined);
    if (this.state !== 'ESTABLISHED') return;
    this.state = 'SHUTDOWN_PENDING';
    this.#push();
  }

  abort(): void {
    if (this.state === 'CLOSED') return;
    if (this.#remoteTag !== 0) this.#send({ type: 'abort' });
    this.#finish(undefined);
  }

  #take(chunk: SctpChunk): void {
    switch (chunk.type) {
      case 'init-ack':
        if (this.state !== 'COOKIE_WAIT' || chunk.initiateTag === undefined) return;
        this.#remoteTag = chunk.initiateTag;
        this.#remoteSequence = chunk.sequence ?? 0;
        this.state = 'COOKIE_ECHOED';
        this.#tries = 0;
        this.#repeat({ type: 'cookie-echo' }, INIT_RETRIES);
        return;
      case 'cookie-ack':
        if (this.state !== 'COOKIE_ECHOED') return;
        this.#stop();
        this.state = 'ESTABLISHED';
        this.ready.resolve();
        return;
      case 'data':
        this.#takeData(chunk);
        return;
      case 'sack':
        this.#takeSack(chunk.sequence ?? 0);
        return;
      case 'heartbeat':
        this.#send({ type: 'heartbeat-ack' });
        return;
      case 'shutdown':
        if (this.state === 'CLOSED') return;
        this.#ended = true;
        this.#changed.wake();
        if (this.state === 'ESTABLISHED') this.state = 'SHUTDOWN_RECEIVED';
        this.#push();
        return;
      case 'shutdown-ack':
        if (this.state !== 'SHUTDOWN_SENT' && this.state !== 'SHUTDOWN_ACK_SENT') return;
        this.#send({ type: 'shutdown-complete' });
        this.#finish(undefined);
        return;
      case 'shutdown-complete':
        if (this.state === 'SHUTDOWN_ACK_SENT') this.#finish(undefined);
        return;
      case 'abort':
        this.#finish(this.state === 'COOKIE_WAIT' || this.state === 'COOKIE_ECHOED' ? 'ECONNREFUSED' : 'ECONNRESET');
        return;
      default:
        return;
    }
  }

  #takeData({ sequence = 0, data }: SctpChunk): void {
    if (this.state !== 'ESTABLISHED' && this.state !== 'SHUTDOWN_PENDING' && this.state !== 'SHUTDOWN_SENT') return;
    if (sequence === this.#remoteSequence && data !== undefined) {
      this.#remoteSequence = (sequence + 1) >>> 0;
      this.#received.push(data);
      this.#changed.wake();
    }
    this.#send({ type: 'sack', sequence: (this.#remoteSequence - 1) >>> 0 });
  }

  #takeSack(sequence: number): void {
    if (this.#flying === undefined || this.#flying.sequence !== sequence) return;
    this.#flying = undefined;
    this.#stop();
    this.#push();
  }

  /** Sends what is next: a message, or the end of the association when all are through. */
  #push(): void {
    if (this.#flying !== undefined) return;
    const data = this.#waiting.shift();
    if (data !== undefined) {
      this.#flying = { type: 'data', sequence: this.#localSequence, data };
      this.#localSequence = (this.#localSequence + 1) >>> 0;
      this.#repeat(this.#flying, RETRIES);
    } else if (this.state === 'SHUTDOWN_PENDING') {
      this.state = this.#ended ? 'SHUTDOWN_ACK_SENT' : 'SHUTDOWN_SENT';
      this.#repeat(this.#ended ? { type: 'shutdown-ack' } : this.#shutdown(), RETRIES);
    } else if (this.state === 'SHUTDOWN_RECEIVED' || (this.state === 'SHUTDOWN_SENT' && this.#ended)) {
      this.state = 'SHUTDOWN_ACK_SENT';
      this.#stop();
      this.#repeat({ type: 'shutdown-ack' }, RETRIES);
    }
  }

  #shutdown(): SctpChunk {
    return { type: 'shutdown', sequence: (this.#remoteSequence - 1) >>> 0 };
  }

  #sendInit(again: boolean): Errno | undefined {
    const init: SctpChunk = { type: 'init', initiateTag: this.#localTag, sequence: this.#localSequence };
    const errno = this.#send(init, again);
    this.#again(INIT_RETRIES, () => this.#sendInit(true));
    return errno;
  }

  /** Sends a chunk now, and again until something stops it. */
  #repeat(chunk: SctpChunk, retries: number, again = false): void {
    this.#send(chunk, again);
    this.#again(retries, () => this.#repeat(chunk, retries, true));
  }

  /** RFC 9260, 6.3.3: each time twice as long. */
  #again(retries: number, task: () => void): void {
    const timeout = Math.min(FIRST_TIMEOUT * 2 ** this.#tries, LONGEST_TIMEOUT);
    this.#timer?.cancel();
    this.#timer = this.#stack.clock.after(timeout, () => {
      if (++this.#tries > retries) this.#finish('ETIMEDOUT');
      else task();
    });
  }

  #stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#tries = 0;
  }

  #send(chunk: SctpChunk, again = false): Errno | undefined {
    const verificationTag = chunk.type === 'init' ? 0 : this.#remoteTag;
    const packet: SctpPacket = {
      protocol: 'sctp',
      sourcePort: this.local.port,
      destinationPort: this.remote.port,
      verificationTag,
      chunks: [chunk],
    };
    return this.#transmit(this, packet, again);
  }

  #finish(errno: Errno | undefined): void {
    if (this.state === 'CLOSED') return;
    this.state = 'CLOSED';
    this.#error = errno;
    this.#stop();
    this.#closed(this);
    this.ready.reject(new LinuxError(errno ?? 'ECONNABORTED'));
    this.#changed.wake();
  }
}

/** A verification tag is never 0 (RFC 9260, 5.3.1). */
export function newTag({ random }: Stack): number {
  return 1 + random.below(0xffffffff);
}
