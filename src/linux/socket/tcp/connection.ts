import { type Errno, LinuxError } from '../../errno.ts';
import type { Stack } from '../../ip/stack.ts';
import type { IcmpError, TcpSegment } from '../../packet/packet.ts';
import type { Descriptor } from '../descriptor.ts';
import type { SocketEntry, TcpState } from '../entry.ts';
import type { Endpoint, KeepAliveOptions, SocketOptions, SocketOwner, TcpConnection } from '../socket.ts';
import { connectionEntry } from './connection-entry.ts';
import { ControlBlock } from './control-block.ts';
import { receiveSegment } from './input.ts';
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

/** One end of a TCP connection, as its socket: connect(2), read(2), write(2), shutdown(2), close(2). */
export class Connection implements TcpConnection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** Marks a lab check's packets. */
  probe: string | undefined;
  /** Whose socket it is. */
  owner: SocketOwner | undefined;
  options: SocketOptions = {};
  /** Its number in the process; a handshake that nobody has accepted has none yet. */
  descriptor: Descriptor | undefined;
  /** The tap event of what came in last. */
  cause = 0;
  readonly #stack: Stack;
  readonly #host: ConnectionHost;
  readonly #block: ControlBlock;

  constructor(stack: Stack, host: ConnectionHost, local: Endpoint, remote: Endpoint, state: 'SYN_SENT' | 'SYN_RECV') {
    this.#stack = stack;
    this.#host = host;
    this.local = local;
    this.remote = remote;
    this.#block = new ControlBlock(stack, local, remote, state, {
      transmit: (segment, again) => host.transmit(this, segment, again),
      largestSegment: () => host.segmentTo(this),
      established: () => host.established(this),
      closed: () => host.closed(this),
    });
  }

  get state(): TcpState {
    return this.#block.state;
  }

  /** How much data one segment carries. */
  get segmentSize(): number {
    return this.#block.segmentSize;
  }

  /** Resolves when the connection is there. */
  get ready() {
    return this.#block.ready;
  }

  /** Sends the SYN. @returns what connect(2) fails with at once. */
  open(): Errno | undefined {
    const errno = this.#block.sendSyn(false);
    if (errno !== undefined) this.#block.finish(errno);
    return errno;
  }

  /** Answers a SYN. */
  answer(syn: TcpSegment): void {
    this.#block.begin(syn);
    this.#block.sendSyn(false);
  }

  receive(segment: TcpSegment): void {
    receiveSegment(this.#block, segment);
  }

  /** Is it a segment that is on its way? Nothing else that ICMP tells of is believed (tcp_v4_err). */
  concerns(sent: TcpSegment): boolean {
    const block = this.#block;
    const first = block.sender?.una ?? block.initial;
    const next = block.sender?.next ?? add(block.initial, 1);
    return distance(first, sent.sequence) >= 0 && distance(sent.sequence, next) >= 0;
  }

  /** An ICMP error about a segment of this connection (tcp_v4_err). */
  failed({ code }: IcmpError, errno: Errno): void {
    const block = this.#block;
    if (code === 'fragmentation-needed') block.sender?.shrink();
    else if (block.state === 'SYN_SENT') block.finish(errno);
    else if (block.state === 'SYN_RECV') {
      if (code === 'net' || code === 'host' || code === 'ttl') block.finish(errno);
    } else block.softError = errno;
  }

  async read(signal?: AbortSignal): Promise<Uint8Array | undefined> {
    const block = this.#block;
    for (;;) {
      if (block.orphan) throw new LinuxError('EBADF');
      const data = block.receiver?.take();
      if (data !== undefined) {
        if (block.state !== 'CLOSED' && block.receiver?.windowOpened(block.largestSegment)) block.sendAck();
        return data;
      }
      if (block.receiver?.finished) return undefined;
      if (block.error !== undefined) throw new LinuxError(block.error === 'EPIPE' ? 'ECONNRESET' : block.error);
      if (block.state === 'CLOSED') return undefined;
      await block.changed.wait(signal);
    }
  }

  async write(data: Uint8Array): Promise<void> {
    const block = this.#block;
    let at = 0;
    do {
      const { sender, state, error } = block;
      if (error !== undefined) throw new LinuxError(error);
      if (sender === undefined || (state !== 'ESTABLISHED' && state !== 'CLOSE_WAIT')) throw new LinuxError('EPIPE');
      const room = Math.max(0, sender.room);
      if (room > 0) {
        sender.write(data.slice(at, at + room));
        at += room;
      } else await block.changed.wait();
    } while (at < data.length);
  }

  keepAlive(options: KeepAliveOptions = {}): void {
    this.#block.keepAsking(options);
  }

  originalDestination(): Endpoint | undefined {
    return this.#host.originalDestination(this);
  }

  shutdown(): void {
    if (this.#block.step('close')) this.#block.sender?.finish();
  }

  close(): void {
    const block = this.#block;
    if (block.orphan) return;
    block.orphan = true;
    this.descriptor?.free();
    // RFC 2525, 2.17: what was sent to a program that never read it is not thrown away in silence.
    if ((block.receiver?.queued ?? 0) > 0) block.abort();
    else if (block.state === 'FIN_WAIT2') block.waitForFin();
    else this.shutdown();
    block.changed.wake();
  }

  abort(): void {
    this.#block.orphan = true;
    this.descriptor?.free();
    this.#block.abort();
  }

  /** Nobody is told: the namespace is gone, the listener of a handshake, or a new SYN ends TIME_WAIT. */
  discard(): void {
    this.#block.finish('ENETDOWN');
  }

  /** Is a SYN from later than all that this end has seen (RFC 6191: it may then end TIME_WAIT)? */
  isNewer(syn: TcpSegment): boolean {
    return this.#block.segments.isNewer(syn);
  }

  entry(): SocketEntry {
    return connectionEntry(this, this.#block, this.#stack.clock.now());
  }
}
